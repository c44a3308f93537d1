// Containers of a user without privileges: user namespaces with his own id, or with those that
// newuidmap(1) and newgidmap(1) may map for him.

#include <sys/mount.h>
#include <sys/stat.h>

#include "support/ordinary_user.h"
#include "support/probe.h"
#include "support/spy.h"
#include "support/terminal.h"
#include "support/unix_socket.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

using Rootless = OrdinaryUserTest;

TEST_F(Rootless, RootIsTheUserHimself) {
  EXPECT_EQ(output_of("id -u; id -g; cat /proc/self/uid_map /proc/self/gid_map | tr -s ' '"),
            "0\n0\n 0 54321 1\n 0 54322 1\n");
}

TEST_F(Rootless, GoesThroughTheLifeCycle) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_EQ(container.status(), "created");
  ASSERT_TRUE(succeeded(container.start()));
  EXPECT_EQ(container.status(), "running");
  const std::string status = read_file("/proc/" + std::to_string(container.pid()) + "/status");
  EXPECT_EQ(field_of(status, "Uid"), "54321\t54321\t54321\t54321");
  ASSERT_TRUE(succeeded(container.kill("KILL")));
  container.wait_exit();
  EXPECT_EQ(container.status(), "stopped");
  EXPECT_TRUE(succeeded(container.remove()));
}

TEST_F(Rootless, CanBeDeletedByForce) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_TRUE(succeeded(container.remove({"--force"})));
}

TEST_F(Rootless, ExecIsInItsNamespaces) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const std::string proc = "/proc/" + std::to_string(container.pid()) + "/ns/";

  const Outcome outcome =
      container.call({"exec", container.id(), "/bin/sh", "-c",
                      "id -u; readlink /proc/self/ns/user; readlink /proc/self/ns/mnt"});

  ASSERT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "0\nuser:[" + std::to_string(inode_of(proc + "user")) + "]\nmnt:[" +
                             std::to_string(inode_of(proc + "mnt")) + "]\n");
}

TEST_F(Rootless, HasTheUsualDevices) {
  EXPECT_EQ(
      output_of("echo x > /dev/null; head -c 3 /dev/zero | wc -c; head -c 2 /dev/urandom | wc "
                "-c; stat -c '%t:%T' /dev/null; readlink /dev/ptmx; test -c /dev/ptmx && echo "
                "terminals"),
      "3\n2\n1:3\npts/ptmx\nterminals\n");
}

TEST_F(Rootless, MasksAndProtectsPaths) {
  EXPECT_EQ(
      output_of("wc -c < /proc/keys; echo 1 2>/dev/null > /proc/sys/kernel/domainname || echo "
                "refused"),
      "0\nrefused\n");
}

TEST_F(Rootless, CanHaveAReadOnlyRoot) {
  bundle_.set("/root/readonly", "true");
  EXPECT_EQ(output_of("touch /file 2>/dev/null || echo refused"), "refused\n");
}

TEST_F(Rootless, SeesCgroups) {
  bundle_.mount("/sys/fs/cgroup", "cgroup", "cgroup", {"ro", "nosuid", "noexec", "nodev"});
  const std::string file = cgroup_v2() ? "cgroup.procs" : "memory/tasks";
  EXPECT_EQ(output_of("test -f /sys/fs/cgroup/" + file + " && echo there"), "there\n");
  bundle_.remove_namespace("cgroup");
  EXPECT_EQ(output_of("test -f /sys/fs/cgroup/" + file + " && echo there"), "there\n");
}

TEST_F(Rootless, MakesFilesThatBelongToTheUser) {
  output_of("echo x > /tmp/file");
  struct stat status{};
  ASSERT_EQ(::stat((bundle_.rootfs() / "tmp/file").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, kUser);
  EXPECT_EQ(status.st_gid, kGroup);
}

TEST_F(Rootless, CannotOpenWhatBelongsToTheHostsRoot) {
  bundle_.file("of-host-root", "secret\n", 0600)
      .capabilities({"CAP_DAC_OVERRIDE", "CAP_CHOWN", "CAP_SYS_ADMIN"});
  EXPECT_EQ(output_of("cat /of-host-root 2>/dev/null; chown 0 /of-host-root 2>/dev/null || echo "
                      "refused"),
            "refused\n");
}

TEST_F(Rootless, BindOfALockedSourceKeepsItsFlags) {
  const HostMount locked(workspace() / "locked", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_NOATIME);
  bundle_.mount("/bound", "bind", workspace() / "locked", {"rbind", "ro"});
  const std::string table = output_of("cat /proc/self/mountinfo");
  const std::optional<MountEntry> mount = mount_at(parse_mountinfo(table), "/bound");
  ASSERT_TRUE(mount.has_value());
  EXPECT_EQ(mount->options, "ro,nosuid,nodev,noexec,noatime");
}

TEST_F(Rootless, RootMayLieOnALockedMount) {
  const std::string root = bundle_.rootfs();
  constexpr unsigned long kLocked = MS_BIND | MS_REMOUNT | MS_NOSUID | MS_NODEV;
  ASSERT_EQ(::mount(root.c_str(), root.c_str(), nullptr, MS_BIND, nullptr), 0);
  ASSERT_EQ(::mount("", root.c_str(), nullptr, kLocked, nullptr), 0);
  EXPECT_EQ(output_of("echo x > /dev/null && echo works"), "works\n");
  EXPECT_EQ(::umount2(root.c_str(), MNT_DETACH), 0);
}

TEST_F(Rootless, HooksRunAsTheUser) {
  const fs::path mark = workspace() / "mark";
  bundle_.set("/hooks/createRuntime",
              R"([{"path": "/bin/sh", "args": ["sh", "-c", "id -u > )" + mark.string() + R"("]}])");
  output_of("true");
  EXPECT_EQ(read_file(mark), "54321\n");
}

TEST_F(Rootless, CanHaveATerminal) {
  bundle_.set("/process/terminal", "true").shell("tty; echo end");
  const fs::path socket = workspace() / "console";
  const UnixListener listener(socket);
  give_to_user(workspace());
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create({"--console-socket", socket})));
  std::optional<SocketMessage> message = listener.receive();
  ASSERT_TRUE(message.has_value() && message->fds.size() == 1);
  ASSERT_TRUE(succeeded(container.start()));
  EXPECT_EQ(read_terminal(message->fds[0].get(), "end\r\n"), "/dev/pts/0\r\nend\r\n");
  container.wait_exit();
}

TEST_F(Rootless, OomScoreCanBeRaised) {
  bundle_.set("/process/oomScoreAdj", "500");
  EXPECT_EQ(output_of("cat /proc/self/oom_score_adj"), "500\n");
}

TEST_F(Rootless, ExecHasTheOomScoreOfTheContainer) {
  sleeper().set("/process/oomScoreAdj", "500");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const Outcome outcome =
      container.call({"exec", container.id(), "/bin/cat", "/proc/self/oom_score_adj"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "500\n");
}

TEST_F(Rootless, CanShareTheUserNamespaceOfAnother) {
  Bundle other(workspace(), "other");
  other.raw_config(bundle_.config()).args({"/bin/sleep", "100"});
  give_to_user(workspace());
  Container owner(other);
  ASSERT_TRUE(succeeded(owner.run_detached()));
  const std::string path = "/proc/" + std::to_string(owner.pid()) + "/ns/user";

  bundle_.set_namespace("user", path);
  EXPECT_EQ(output_of("readlink /proc/self/ns/user"),
            "user:[" + std::to_string(inode_of(path)) + "]\n");
}

class RootlessJoined : public OrdinaryUserTest {
 protected:
  void TearDown() override {
    owner_.reset();
    OrdinaryUserTest::TearDown();
  }

  // Starts a container of the same user, whose namespaces the bundle's container joins.
  const Container& join_container_of(const std::vector<std::string>& args) {
    other_.raw_config(bundle_.config())
        .capabilities({"CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"})
        .args(args);
    add_probe(other_);
    give_to_user(workspace());
    EXPECT_TRUE(succeeded(owner_.emplace(other_).run_detached()));
    const std::string namespaces = "/proc/" + std::to_string(owner_->pid()) + "/ns/";
    bundle_.set_namespace("user", namespaces + "user").set_namespace("pid", namespaces + "pid");
    return *owner_;
  }

 private:
  Bundle other_{workspace(), "other"};
  std::optional<Container> owner_;
};

// CVE-2016-9962: a process that the other container can see, and that still has the host's root.
TEST_F(RootlessJoined, HasNoRootOfTheHostToShow) {
  const fs::path file = workspace() / "only-on-the-host";
  write_file(file, "");
  const Container& spy = join_container_of(reach_file(file));
  ASSERT_TRUE(spy.wait_for_output("looking\n"));

  for (int round = 0; round < 10; ++round) {
    EXPECT_EQ(output_of("echo ended"), "ended\n");
  }

  EXPECT_EQ(spy.out(), "looking\n");
}

TEST_F(RootlessJoined, HasItsOwnOomScore) {
  join_container_of({"/bin/sleep", "100"});
  bundle_.set("/process/oomScoreAdj", "500");
  EXPECT_EQ(output_of("cat /proc/self/oom_score_adj"), "500\n");
}

TEST_F(Rootless, NeedsAUserNamespace) {
  bundle_.remove_namespace("user").erase("/linux/uidMappings").erase("/linux/gidMappings");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

TEST_F(Rootless, MapsOnlyTheUsersOwnIdWithoutSubordinateOnes) {
  bundle_.set("/linux/uidMappings/0/hostID", "0");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

class RootlessRange : public OrdinaryUserTest {
 protected:
  void SetUp() override {
    OrdinaryUserTest::SetUp();
    if (!has_id_map_helpers()) {
      GTEST_SKIP() << "needs newuidmap and newgidmap";
    }
    map_subordinate_ids();
  }
};

TEST_F(RootlessRange, IsMappedByTheHelpers) {
  const SubordinateIds ids(workspace());
  EXPECT_EQ(output_of("cat /proc/self/uid_map /proc/self/gid_map | tr -s ' '"),
            " 0 54321 1\n 1 700000 65535\n 0 54322 1\n 1 700000 65535\n");
}

TEST_F(RootlessRange, GivesOtherUsersAndGroups) {
  const SubordinateIds ids(workspace());
  bundle_.set("/process/user", R"({"uid": 1000, "gid": 1000, "additionalGids": [5, 2000]})");
  EXPECT_EQ(output_of("id -u; id -G; touch /tmp/file; stat -c %u /tmp/file"),
            "1000\n1000 5 2000\n1000\n");
  struct stat status{};
  ASSERT_EQ(::stat((bundle_.rootfs() / "tmp/file").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, kFirstSubordinate + 999);
}

TEST_F(RootlessRange, TakesTheGroupsOfTheCallerAway) {
  const SubordinateIds ids(workspace());
  EXPECT_EQ(output_of("grep Groups: /proc/self/status | tr -d ' \t'"), "Groups:\n");
}

TEST_F(RootlessRange, ExecEntersAsAnyOfItsUsers) {
  const SubordinateIds ids(workspace());
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const Outcome outcome = container.call(
      {"exec", "--user", "1000:2000", container.id(), "/bin/sh", "-c", "id -u; id -g"});
  ASSERT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "1000\n2000\n");
}

TEST_F(RootlessRange, ProcessOfAnotherUserCanBeKilled) {
  const SubordinateIds ids(workspace());
  sleeper().set("/process/user", R"({"uid": 1000, "gid": 1000})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(succeeded(container.kill("KILL")));
  EXPECT_EQ(container.wait_exit().signal, 9);
}

TEST_F(RootlessRange, WorksBelowADirectoryThatItsRootCannotSearch) {
  const SubordinateIds ids(workspace());
  const fs::path closed = workspace() / "closed";
  Bundle other(closed);
  for (const char* name : {"state", "tmp"}) {
    fs::create_directories(closed / name);
  }
  // Nothing in the container is the user himself.
  const std::string maps = R"([{"containerID": 0, "hostID": 700000, "size": 65536}])";
  other.raw_config(bundle_.config())
      .set("/linux/uidMappings", maps)
      .set("/linux/gidMappings", maps);
  other.shell("id -u; touch /tmp/file; stat -c %u /tmp/file");
  give_to_user(closed);
  give_to_user(other.rootfs(), kFirstSubordinate, kFirstSubordinate);
  ASSERT_EQ(::chmod(closed.c_str(), 0700), 0);
  const Outcome outcome = Container(other).run();
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "0\n0\n");
}

TEST_F(RootlessRange, MustBeTheUsers) {
  const SubordinateIds ids(workspace());
  bundle_.set("/linux/uidMappings/1", R"({"containerID": 1, "hostID": 5, "size": 10})");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

}  // namespace
}  // namespace myrt::test
