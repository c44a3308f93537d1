// Podman of an ordinary user: containers in a user namespace with his subordinate ids, without any
// right of root's. With systemd as its cgroup manager they are scopes of the user's service
// manager.

#include "engines/podman.h"

namespace myrt::test {
namespace {

class PodmanRootlessBase : public Podman {
 protected:
  void SetUp() override {
    if (!session_.has_value() || !cgroup_v2()) {
      RuntimeTest::SetUp();
      GTEST_SKIP() << "needs the session of an ordinary user, and cgroup v2, which alone can be "
                      "delegated";
    }
    Podman::SetUp();
  }

  PodmanSettings settings_with(const std::string& manager) const {
    return {.cgroup_manager = manager, .storage = "overlay", .user = session_};
  }

 private:
  const std::optional<UserSession> session_ = UserSession::find();
};

class PodmanRootless : public PodmanRootlessBase {
 protected:
  PodmanSettings settings() const override { return settings_with("systemd"); }
};

class PodmanRootlessFiles : public PodmanRootlessBase {
 protected:
  PodmanSettings settings() const override { return settings_with("cgroupfs"); }
};

TEST_F(PodmanRootless, RunsAsRootOfAUserNamespace) {
  const Outcome outcome = run_once(
      {"busybox", "sh", "-c", "id -u; tr -s ' ' </proc/self/uid_map; cat /proc/self/setgroups"});

  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "0\n 0 1000 1\n 1 100000 65536\nallow\n");
}

TEST_F(PodmanRootless, PassesTheExitStatusOn) {
  EXPECT_EQ(run_once({"busybox", "sh", "-c", "exit 42"}).exit_code, 42);
}

TEST_F(PodmanRootless, RunsAsAnotherUserOfTheContainer) {
  EXPECT_EQ(run_once({"--user", "1000:1000", "busybox", "sh", "-c", "id -u; id -g"}).out,
            "1000\n1000\n");
}

TEST_F(PodmanRootless, KeepsTheIdOfTheUser) {
  EXPECT_EQ(run_once({"--userns", "keep-id", "busybox", "id", "-u"}).out, "1000\n");
}

TEST_F(PodmanRootless, LimitsAreInForce) {
  const Outcome outcome = run_once({"--memory", "64m", "--cpus", "0.5", "--pids-limit", "42",
                                    "--cpuset-cpus", "0", "busybox", "sh", "-c",
                                    "cd /sys/fs/cgroup; cat memory.max cpu.max pids.max "
                                    "cpuset.cpus"});

  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "67108864\n50000 100000\n42\n0\n");
}

TEST_F(PodmanRootless, RunsInAScopeOfTheUsersManager) {
  const PodmanContainer container(store(), {"busybox", "sleep", "600"});

  EXPECT_TRUE(contains(read_file("/proc/" + std::to_string(container.pid()) + "/cgroup"),
                       "0::/user.slice/user-1000.slice/user@1000.service/user.slice/"
                       "libpod-" +
                           container.inspect("{{.Id}}") + ".scope"));
}

TEST_F(PodmanRootless, ExecutesInTheContainer) {
  const PodmanContainer container(store(), {"--memory", "64m", "busybox", "sleep", "600"});

  EXPECT_EQ(container.exec({"sh", "-c", "id -u; cat /sys/fs/cgroup/memory.max; hostname"}).out,
            "0\n67108864\n" + container.inspect("{{.Config.Hostname}}") + "\n");
}

TEST_F(PodmanRootless, UpdateChangesTheLimits) {
  const PodmanContainer container(store(), {"--memory", "64m", "busybox", "sleep", "600"});

  EXPECT_TRUE(succeeded(container.call({"update", "--memory", "96m"})));

  EXPECT_EQ(container.exec({"cat", "/sys/fs/cgroup/memory.max"}).out, "100663296\n");
}

TEST_F(PodmanRootless, StopsAndStartsAgain) {
  const PodmanContainer container(store(), {"busybox", "sleep", "600"});

  EXPECT_TRUE(succeeded(container.call({"stop", "--time", "0"})));
  EXPECT_EQ(container.status(), "exited 137");
  EXPECT_TRUE(succeeded(container.call({"start"})));
  EXPECT_TRUE(container.wait_for_status("running 0"));
}

TEST_F(PodmanRootless, PausesAndGoesOn) {
  const PodmanContainer container(store(), {"busybox", "sleep", "600"});

  EXPECT_TRUE(succeeded(container.call({"pause"})));
  EXPECT_EQ(container.inspect("{{.State.Status}}"), "paused");
  EXPECT_TRUE(succeeded(container.call({"unpause"})));
  EXPECT_EQ(container.inspect("{{.State.Status}}"), "running");
}

TEST_F(PodmanRootless, MountsVolumesAndTmpfs) {
  EXPECT_EQ(run_once({"--volume", "/etc:/host:ro", "--tmpfs", "/scratch", "busybox", "sh", "-c",
                      "echo x >/scratch/f && cat /scratch/f && cat /host/hostname; touch /host/f"})
                .out,
            "x\n" + read_file("/etc/hostname"));
}

TEST_F(PodmanRootless, HasANetworkThatNeedsNoRoot) {
  EXPECT_EQ(run_once({"--network", "slirp4netns", "busybox", "sh", "-c", "ls /sys/class/net"}).out,
            "lo\ntap0\n");
}

TEST_F(PodmanRootlessFiles, RunsBusybox) {
  const Outcome outcome = run_once({"busybox", "echo", "hello"});

  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "hello\n");
}

TEST_F(PodmanRootlessFiles, ExecutesInTheContainer) {
  const PodmanContainer container(store(), {"busybox", "sleep", "600"});

  EXPECT_EQ(container.exec({"id", "-u"}).out, "0\n");
  EXPECT_TRUE(succeeded(container.call({"stop", "--time", "0"})));
  EXPECT_EQ(container.status(), "exited 137");
}

// crun 1.8 and runc 1.1 leave such containers in the cgroup of podman, without limits.
class MyrtPodmanRootlessFiles : public PodmanRootlessFiles {};

TEST_F(MyrtPodmanRootlessFiles, LimitsAreInForceWhereTheCgroupIsDelegated) {
  const Outcome outcome =
      run_once({"--memory", "64m", "busybox", "cat", "/sys/fs/cgroup/memory.max"});

  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "67108864\n");
}

}  // namespace
}  // namespace myrt::test
