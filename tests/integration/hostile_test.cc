// What a hostile container or image tries, where no other file has it: each was once possible.
#include <sys/stat.h>

#include <filesystem>

#include "support/fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class MyrtHostile : public RuntimeTest {};

// A mount that lands on the root is taken away with the host's: a volume would be missing without a
// word.
TEST_F(MyrtHostile, MountOnALinkToTheRootIsRefused) {
  fs::create_symlink("/", bundle_.rootfs() / "volume");
  bundle_.mount("/volume", "tmpfs", "tmpfs", {});
  EXPECT_TRUE(failed(Container(bundle_).run(), "/volume leads to the root"));
}

TEST_F(MyrtHostile, MaskedPathThatLinksToTheRootIsRefused) {
  fs::create_symlink("..", bundle_.rootfs() / "masked");
  bundle_.set("/linux/maskedPaths", R"(["/masked"])");
  EXPECT_TRUE(failed(Container(bundle_).run(), "/masked leads to the root"));
}

TEST_F(MyrtHostile, ReadOnlyPathThatLinksToTheRootIsRefused) {
  fs::create_symlink("/", bundle_.rootfs() / "kept");
  bundle_.set("/linux/readonlyPaths", R"(["/kept"])");
  EXPECT_TRUE(failed(Container(bundle_).run(), "/kept leads to the root"));
}

TEST_F(MyrtHostile, WorkingDirectoryIsNotAMagicLink) {
  bundle_.set("/process/cwd", R"("/proc/self/fd/3")").args({"pwd"});
  EXPECT_TRUE(failed(Container(bundle_).run(), "/proc/self/fd/3"));
}

// Settings of the host's own namespaces, reached by path.
TEST_F(MyrtHostile, HostnameOfTheHostIsNotSetThroughItsNamespacesPath) {
  bundle_.set_namespace("uts", "/proc/self/ns/uts").set("/hostname", R"("taken")");
  EXPECT_TRUE(failed(Container(bundle_).run(), "/hostname would change the host's namespace"));
}

TEST_F(MyrtHostile, SysctlOfTheHostIsNotSetThroughItsNamespacesPath) {
  bundle_.set_namespace("ipc", "/proc/self/ns/ipc")
      .set("/linux/sysctl", R"({"kernel.msgmax": "8192"})");
  EXPECT_TRUE(failed(Container(bundle_).run(), "kernel.msgmax would change the host's namespace"));
}

// A hook in the container's namespaces still writes files of the host.
TEST_F(MyrtHostile, CreateContainerHookHasTheCallersUmask) {
  const fs::path file = workspace() / "written";
  bundle_
      .set("/hooks", R"({"createContainer": [{"path": "/bin/sh", "args": ["sh", "-c", "umask >)" +
                         file.string() + R"("]}]})")
      .args({"true"});
  const mode_t before = ::umask(027);
  const Outcome outcome = Container(bundle_).run();
  ::umask(before);
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(read_file(file), "0027\n");
}

TEST_F(MyrtHostile, DamagedRecordDoesNotKeepTheContainerAlive) {
  bundle_.args({"sleep", "1000"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  ASSERT_TRUE(succeeded(container.start()));
  const pid_t pid = container.pid();
  write_file(workspace() / "state" / container.id() / "state.json", "{\"format\":1,");
  EXPECT_TRUE(succeeded(container.remove({"--force"})));
  EXPECT_FALSE(alive(pid));
}

class MyrtStrict : public RuntimeTest {};

TEST_F(MyrtStrict, ReadOnlyPathOfTheRootMakesItReadOnly) {
  bundle_.set("/linux/readonlyPaths", R"(["/"])")
      .shell("touch /written 2>/dev/null && echo written; true");
  EXPECT_EQ(Container(bundle_).run().out, "");
}

TEST_F(MyrtStrict, MaskedPathOfTheRootIsRefused) {
  bundle_.set("/linux/maskedPaths", R"(["/"])");
  EXPECT_TRUE(failed(Container(bundle_).run(), "masked path /"));
}

TEST_F(MyrtStrict, MountTakesThePlaceOfADefaultDevice) {
  bundle_.mount("/dev/random", "bind", "/dev/urandom", {"bind"}).shell("stat -c %t:%T /dev/random");
  EXPECT_EQ(Container(bundle_).run().out, "1:9\n");
}

TEST_F(MyrtStrict, WarningIsGivenOnce) {
  bundle_.set("/process/capabilities/bounding", R"(["CAP_NOPE"])").args({"true"});
  const std::string err = Container(bundle_).run().err;
  const std::size_t first = err.find("CAP_NOPE");
  ASSERT_NE(first, std::string::npos);
  EXPECT_EQ(err.find("CAP_NOPE", first + 1), std::string::npos) << err;
}

TEST_F(MyrtStrict, EmptyOverlayIsRefused) {
  EXPECT_TRUE(failed(Container(bundle_).run({"--overlay", ""}), "--overlay"));
}

}  // namespace
}  // namespace myrt::test
