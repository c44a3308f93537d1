// User namespaces and id mappings (config-linux.md "User namespace mappings").

#include <sys/stat.h>
#include <unistd.h>

#include "support/fixture.h"

namespace myrt::test {
namespace {

class UserNamespace : public RuntimeTest {
 protected:
  UserNamespace() {
    bundle_.set_namespace("user")
        .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
        .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 200000, "size": 65536}])");
  }

  std::string output_of(const std::string& script) {
    bundle_.shell(script);
    const Outcome outcome = Container(bundle_).run();
    EXPECT_TRUE(succeeded(outcome));
    return outcome.out;
  }
};

TEST_F(UserNamespace, HasTheMapsOfTheConfig) {
  EXPECT_EQ(output_of("cat /proc/self/uid_map /proc/self/gid_map | tr -s ' '"),
            " 0 100000 65536\n 0 200000 65536\n");
}

TEST_F(UserNamespace, MayHaveSeveralRanges) {
  bundle_.set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 1},
                                        {"containerID": 10, "hostID": 0, "size": 1},
                                        {"containerID": 1000, "hostID": 300000, "size": 5}])");
  EXPECT_EQ(output_of("tr -s ' ' < /proc/self/uid_map"), " 0 100000 1\n 10 0 1\n 1000 300000 5\n");
}

TEST_F(UserNamespace, MakesRootAnOrdinaryUserOutside) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const std::string status = read_file("/proc/" + std::to_string(container.pid()) + "/status");
  EXPECT_EQ(field_of(status, "Uid"), "100000\t100000\t100000\t100000");
  EXPECT_EQ(field_of(status, "Gid"), "200000\t200000\t200000\t200000");
}

TEST_F(UserNamespace, HasItsOwnRoot) { EXPECT_EQ(output_of("id -u; id -g"), "0\n0\n"); }

TEST_F(UserNamespace, OwnsTheFilesItMakesByItsOutsideIds) {
  bundle_.directory("open", 0777).set("/process/user", R"({"uid": 5, "gid": 6})");
  output_of("echo x > /open/file");
  struct stat status{};
  ASSERT_EQ(::stat((bundle_.rootfs() / "open/file").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 100005U);
  EXPECT_EQ(status.st_gid, 200006U);
}

TEST_F(UserNamespace, HasTheUsualDevices) {
  EXPECT_EQ(output_of("echo x > /dev/null; head -c 3 /dev/zero | wc -c; stat -c '%t:%T' /dev/null"),
            "3\n1:3\n");
}

TEST_F(UserNamespace, OwnsItsMessageQueues) {
  EXPECT_EQ(output_of("stat -c '%u:%g %a' /dev/mqueue"), "0:0 1777\n");
}

// Where devices cannot be made they are bound, over files that stay in the root.
TEST_F(UserNamespace, HasTheUsualDevicesAgainInARootThatHadThemBefore) {
  bundle_.set("/mounts", R"([{"destination": "/proc", "type": "proc", "source": "proc"}])");
  bundle_.erase("/linux/maskedPaths").erase("/linux/readonlyPaths");
  ASSERT_EQ(::chown((bundle_.rootfs() / "dev").c_str(), 100000, 200000), 0);
  const std::string script = "echo x > /dev/null; stat -c '%t:%T' /dev/null";
  EXPECT_EQ(output_of(script), "1:3\n");
  EXPECT_EQ(output_of(script), "1:3\n");
}

TEST_F(UserNamespace, OwnsTheOtherNamespaces) {
  bundle_.capabilities({"CAP_SYS_ADMIN", "CAP_NET_ADMIN"});
  EXPECT_EQ(output_of("hostname changed && hostname; ip link set lo down && echo down"),
            "changed\ndown\n");
}

TEST_F(UserNamespace, GivesNoPowerOverTheHost) {
  bundle_.capabilities({"CAP_DAC_OVERRIDE", "CAP_CHOWN", "CAP_SYS_ADMIN"})
      .file("of-host-root", "secret\n", 0600)
      .shell("cat /of-host-root; chown 1 /of-host-root || echo refused");
  EXPECT_EQ(Container(bundle_).run().out, "refused\n");
}

TEST_F(UserNamespace, WorksBelowADirectoryThatItsRootCannotSearch) {
  std::filesystem::create_directories(workspace() / "closed");
  ::chmod((workspace() / "closed").c_str(), 0700);
  Bundle closed(workspace() / "closed");
  std::filesystem::create_directories(workspace() / "closed/state");
  std::filesystem::create_directories(workspace() / "closed/tmp");
  closed.raw_config(bundle_.config()).shell("id -u");
  EXPECT_EQ(Container(closed).run().out, "0\n");
}

TEST_F(UserNamespace, NeedsMappings) {
  bundle_.erase("/linux/uidMappings");
  EXPECT_TRUE(failed(Container(bundle_).run()));
  bundle_.erase("/linux/gidMappings");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

TEST_F(UserNamespace, IsNeededForMappings) {
  bundle_.remove_namespace("user");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

TEST_F(UserNamespace, MustMapTheIdsOfTheProcess) {
  bundle_.set("/process/user", R"({"uid": 70000, "gid": 0})");
  EXPECT_TRUE(failed(Container(bundle_).run()));
  bundle_.set("/process/user", R"({"uid": 0, "gid": 70001})");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

TEST_F(UserNamespace, CanBeAnotherContainersByPath) {
  Bundle other(workspace(), "other");
  other.raw_config(bundle_.config()).args({"/bin/sleep", "100"});
  Container owner(other);
  ASSERT_TRUE(succeeded(owner.run_detached()));
  const std::string path = "/proc/" + std::to_string(owner.pid()) + "/ns/user";

  bundle_.set_namespace("user", path);
  EXPECT_EQ(output_of("readlink /proc/self/ns/user; tr -s ' ' < /proc/self/uid_map"),
            "user:[" + std::to_string(inode_of(path)) + "]\n 0 100000 65536\n");
}

}  // namespace
}  // namespace myrt::test
