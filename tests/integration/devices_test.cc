// /dev: the devices and links of every container, and linux.devices (config-linux.md "Devices").

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <filesystem>

#include "support/fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class DefaultDevices : public RuntimeTest {
 protected:
  std::string output_of(const std::string& script) {
    bundle_.shell(script);
    const Outcome outcome = Container(bundle_).run();
    EXPECT_TRUE(succeeded(outcome));
    return outcome.out;
  }
};

TEST_F(DefaultDevices, AreThoseOfTheSpecification) {
  EXPECT_EQ(output_of("cd /dev; stat -c '%n %F %t:%T %a %u:%g' null zero full random urandom tty"),
            "null character special file 1:3 666 0:0\n"
            "zero character special file 1:5 666 0:0\n"
            "full character special file 1:7 666 0:0\n"
            "random character special file 1:8 666 0:0\n"
            "urandom character special file 1:9 666 0:0\n"
            "tty character special file 5:0 666 0:0\n");
}

TEST_F(DefaultDevices, Work) {
  EXPECT_EQ(
      output_of("echo x > /dev/null; head -c 4 /dev/zero | wc -c; head -c 4 /dev/urandom | wc -c;"
                "echo x 2>/dev/null > /dev/full || echo full"),
      "4\n4\nfull\n");
}

TEST_F(DefaultDevices, HaveTheUsualLinks) {
  EXPECT_EQ(output_of("cd /dev; for l in fd stdin stdout stderr ptmx; do readlink $l; done"),
            "/proc/self/fd\n/proc/self/fd/0\n/proc/self/fd/1\n/proc/self/fd/2\npts/ptmx\n");
}

TEST_F(DefaultDevices, AreNotMadeInABoundDirectory) {
  const fs::path directory = workspace() / "dev";
  for (const char* name : {"pts", "shm", "mqueue"}) {
    fs::create_directories(directory / name);
  }
  // The runtime needs one: it must not open anything else in its place.
  ASSERT_EQ(::mknod((directory / "null").c_str(), S_IFCHR | 0666, makedev(1, 3)), 0);
  bundle_.set("/mounts/1", R"({"destination": "/dev", "type": "bind", "source": )" +
                               json_quote(directory) + R"(, "options": ["bind"]})");
  EXPECT_TRUE(succeeded(Container(bundle_).run()));
  EXPECT_EQ(list_directory(directory), (std::vector<std::string>{"mqueue", "null", "pts", "shm"}));
}

TEST_F(DefaultDevices, AreMadeBeforeAReadOnlyDevIsClosed) {
  bundle_.set("/mounts/1/options", R"(["nosuid", "mode=755", "ro"])");
  EXPECT_EQ(output_of("echo x > /dev/null && echo ok; touch /dev/new 2>&1 || true"),
            "ok\ntouch: /dev/new: Read-only file system\n");
}

class Devices : public DefaultDevices {
 protected:
  Bundle& device(const std::string& members) {
    return bundle_.set("/linux/devices", "[{" + members + "}]");
  }
};

TEST_F(Devices, HaveTypeNumberModeAndOwner) {
  // 416 is 0640
  device(
      R"("path": "/dev/one", "type": "c", "major": 10, "minor": 229, "fileMode": 416, "uid": 7, "gid": 8)");
  EXPECT_EQ(output_of("stat -c '%F %t:%T %a %u:%g' /dev/one"),
            "character special file a:e5 640 7:8\n");
}

TEST_F(Devices, MayBeBlockDevicesAndFifos) {
  bundle_.set("/linux/devices", R"([{"path": "/dev/b", "type": "b", "major": 7, "minor": 9},
                                    {"path": "/dev/p", "type": "p"},
                                    {"path": "/dev/u", "type": "u", "major": 1, "minor": 3}])");
  EXPECT_EQ(output_of("cd /dev; stat -c '%n %F %t:%T' b p u"),
            "b block special file 7:9\np fifo 0:0\nu character special file 1:3\n");
}

TEST_F(Devices, HaveMode0666WhenNotGivenWhateverTheUmask) {
  device(R"("path": "/dev/one", "type": "c", "major": 1, "minor": 3)");
  bundle_.shell("stat -c %a /dev/one");
  Container container(bundle_);
  Command command = container.run_command();
  command.argv.insert(command.argv.begin(), {"sh", "-c", "umask 0077; exec \"$@\"", "sh"});
  EXPECT_EQ(container.run(command).out, "666\n");
}

TEST_F(Devices, IgnoreFileTypeBitsInTheMode) {
  // 8630 is 020666: S_IFCHR and 0666
  device(R"("path": "/dev/one", "type": "c", "major": 1, "minor": 3, "fileMode": 8630)");
  EXPECT_EQ(output_of("stat -c %a /dev/one"), "666\n");
}

TEST_F(Devices, MayBeAnywhereAndTheirDirectoriesAreMade) {
  device(R"("path": "/opt/deep/node", "type": "c", "major": 1, "minor": 3)");
  EXPECT_EQ(output_of("stat -c '%t:%T' /opt/deep/node; stat -c %a /opt/deep"), "1:3\n755\n");
}

TEST_F(Devices, ReplaceADefaultAtTheSamePath) {
  device(R"("path": "/dev/full", "type": "c", "major": 1, "minor": 7, "fileMode": 384)");  // 0600
  EXPECT_EQ(output_of("stat -c '%t:%T %a' /dev/full"), "1:7 600\n");
}

TEST_F(Devices, OfAnUnknownTypeAreRefused) {
  device(R"("path": "/dev/one", "type": "x", "major": 1, "minor": 3)");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

TEST_F(Devices, CannotReplaceAFile) {
  bundle_.file("opt/node", "a file\n");
  device(R"("path": "/opt/node", "type": "c", "major": 1, "minor": 3)");
  EXPECT_TRUE(failed(Container(bundle_).run(), "/opt/node"));
  EXPECT_EQ(read_file(bundle_.rootfs() / "opt/node"), "a file\n");
}

TEST_F(Devices, MayExistAlready) {
  fs::create_directories(bundle_.rootfs() / "opt");
  ASSERT_EQ(::mknod((bundle_.rootfs() / "opt/node").c_str(), S_IFCHR | 0600, makedev(1, 3)), 0);
  device(R"("path": "/opt/node", "type": "c", "major": 1, "minor": 3)");
  EXPECT_EQ(output_of("stat -c '%t:%T' /opt/node"), "1:3\n");
}

TEST_F(Devices, StayInsideTheRootThroughLinks) {
  fs::create_directories(workspace() / "outside");
  bundle_.symlink(workspace() / "outside", "link");
  device(R"("path": "/link/node", "type": "c", "major": 1, "minor": 3)");
  EXPECT_EQ(output_of("stat -c '%t:%T' /link/node"), "1:3\n");
  EXPECT_TRUE(list_directory(workspace() / "outside").empty());
}

}  // namespace
}  // namespace myrt::test
