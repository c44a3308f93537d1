// A runtime that is root in a user namespace alone, as under rootless podman: it has every
// capability there, and no rights over the host.

#include <sys/stat.h>

#include "support/ordinary_user.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class RootlessInside : public RuntimeTest {
 protected:
  RootlessInside() { give_to_user(workspace()); }

  Bundle& sleeper() { return bundle_.args({"/bin/sleep", "100"}); }
  std::string output_of(const std::string& script) {
    bundle_.shell(script);
    const Outcome outcome = Container(bundle_).run();
    EXPECT_TRUE(succeeded(outcome));
    return outcome.out;
  }

 private:
  const PrivateNamespaces namespaces_{PrivateNamespaces::Ids::kWithSubordinates};
  const RuntimeIdentity identity_{namespaces_.identity()};
};

TEST_F(RootlessInside, NeedsNoFurtherUserNamespace) {
  EXPECT_EQ(output_of("id -u; cat /proc/self/uid_map | tr -s ' '"),
            "0\n 0 54321 1\n 1 700000 65535\n");
}

TEST_F(RootlessInside, GoesThroughTheLifeCycle) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  ASSERT_TRUE(succeeded(container.call({"exec", container.id(), "/bin/true"})));
  ASSERT_TRUE(succeeded(container.start()));
  const Outcome outcome = container.call({"exec", container.id(), "/bin/sh", "-c", "id -u"});
  EXPECT_EQ(outcome.out, "0\n");
  ASSERT_TRUE(succeeded(container.kill("KILL")));
  container.wait_exit();
  EXPECT_TRUE(succeeded(container.remove()));
}

TEST_F(RootlessInside, HasTheUsualDevices) {
  EXPECT_EQ(output_of("echo x > /dev/null; head -c 3 /dev/zero | wc -c; stat -c '%t:%T' /dev/null; "
                      "test -c /dev/ptmx && echo terminals"),
            "3\n1:3\nterminals\n");
}

TEST_F(RootlessInside, GivesOtherUsersAndGroups) {
  bundle_.directory("open", 0777)
      .set("/process/user", R"({"uid": 1000, "gid": 1000, "additionalGids": [5]})");
  EXPECT_EQ(output_of("id -u; id -G; touch /open/file"), "1000\n1000 5\n");
  struct stat status{};
  ASSERT_EQ(::stat((bundle_.rootfs() / "open/file").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, kFirstSubordinate + 999);
}

TEST_F(RootlessInside, CanMakeAUserNamespaceBelow) {
  const std::string maps = R"([{"containerID": 0, "hostID": 1, "size": 1000}])";
  bundle_.set_namespace("user").set("/linux/uidMappings", maps).set("/linux/gidMappings", maps);
  EXPECT_EQ(output_of("id -u; cat /proc/self/uid_map | tr -s ' '"), "0\n 0 1 1000\n");
}

class RootlessInsideAlone : public RuntimeTest {
 protected:
  RootlessInsideAlone() {
    give_to_user(workspace());
    bundle_.set("/mounts/2/options",
                R"(["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620"])");
  }

 private:
  const PrivateNamespaces namespaces_{PrivateNamespaces::Ids::kAlone};
  const RuntimeIdentity identity_{namespaces_.identity()};
};

TEST_F(RootlessInsideAlone, RunsThoughGroupsCannotBeSet) {
  const Outcome outcome = Container(bundle_.shell("id -u; id -g")).run();
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "0\n0\n");
}

using MyrtRootlessInside = RootlessInside;

TEST_F(MyrtRootlessInside, ShowsTheCallersSysfsWithoutANetworkNamespace) {
  bundle_.remove_namespace("network");
  EXPECT_EQ(output_of("test -d /sys/class/net && echo there; touch /sys/x 2>/dev/null || echo "
                      "read-only"),
            "there\nread-only\n");
}

TEST_F(MyrtRootlessInside, SaysThatFileSystemsOfTheHostCannotBeIdMapped) {
  if (!can_be_id_mapped(workspace())) {
    GTEST_SKIP() << "needs a file system that can be id-mapped";
  }
  const std::string source = workspace() / "source";
  fs::create_directories(source);
  bundle_.set("/mounts/-", R"({"destination": "/data", "source": ")" + source + R"(",
      "options": ["bind", "idmap"],
      "uidMappings": [{"containerID": 0, "hostID": 1, "size": 10}],
      "gidMappings": [{"containerID": 0, "hostID": 1, "size": 10}]})");
  Container container(bundle_);
  expect_message(container.run(),
                 "run " + container.id() + ": mount " + source +
                     " on /data: the source is id-mapped already, or belongs to another user "
                     "namespace: mount_setattr (id mapping): Operation not permitted");
}

using MyrtRootlessInsideAlone = RootlessInsideAlone;

TEST_F(MyrtRootlessInsideAlone, SaysThatGroupsCannotBeSet) {
  bundle_.set("/process/user/additionalGids", "[0]");
  Container container(bundle_);
  const Outcome outcome = container.run();
  EXPECT_TRUE(failed(outcome,
                     "/process/user/additionalGids: cannot be set, setgroups(2) is denied in the "
                     "container's user namespace (user_namespaces(7))"));
}

}  // namespace
}  // namespace myrt::test
