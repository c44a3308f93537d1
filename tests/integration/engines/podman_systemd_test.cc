// Podman of root with containers in scopes of systemd (--cgroup-manager systemd), which is how
// podman is set up where systemd is.

#include "engines/podman.h"

namespace myrt::test {
namespace {

class PodmanSystemd : public Podman {
 protected:
  void SetUp() override {
    if (!booted_with_systemd()) {
      RuntimeTest::SetUp();
      GTEST_SKIP() << "needs systemd";
    }
    Podman::SetUp();
  }

  PodmanSettings settings() const override { return {.cgroup_manager = "systemd"}; }

  // A value of the container's scope, by its names on cgroup v1 and v2.
  static std::string cgroup_value(const PodmanContainer& container, const std::string& v1_file,
                                  const std::string& v2_file) {
    const std::string controller = v1_file.substr(0, v1_file.find('.'));
    return read_value(cgroup_of(container.pid(), controller) / (cgroup_v2() ? v2_file : v1_file));
  }

  static std::string unit_of(const PodmanContainer& container) {
    return "libpod-" + container.inspect("{{.Id}}") + ".scope";
  }

  static std::string property(const std::string& unit, const std::string& name) {
    return run({.argv = {"systemctl", "show", "--value", "--property", name, unit}}).out;
  }
};

TEST_F(PodmanSystemd, RunsInAScopeOfItsOwn) {
  const PodmanContainer container(store(), {"busybox", "sleep", "600"});

  EXPECT_TRUE(contains(read_file("/proc/" + std::to_string(container.pid()) + "/cgroup"),
                       ":/machine.slice/" + unit_of(container)));
  EXPECT_EQ(property(unit_of(container), "ActiveState"), "active\n");
}

TEST_F(PodmanSystemd, LimitsAreInForce) {
  const PodmanContainer container(store(), {"--memory", "64m", "--cpus", "0.5", "--pids-limit",
                                            "42", "busybox", "sleep", "600"});

  EXPECT_EQ(cgroup_value(container, "memory.limit_in_bytes", "memory.max"), "67108864");
  EXPECT_EQ(cgroup_value(container, "cpu.cfs_quota_us", "cpu.max"),
            cgroup_v2() ? "50000 100000" : "50000");
  EXPECT_EQ(cgroup_value(container, "pids.max", "pids.max"), "42");
}

TEST_F(PodmanSystemd, LimitsSurviveAReloadOfSystemd) {
  const PodmanContainer container(store(), {"--memory", "64m", "busybox", "sleep", "600"});

  EXPECT_TRUE(succeeded(run({.argv = {"systemctl", "daemon-reload"}, .timeout = kPodmanTimeout})));

  EXPECT_EQ(cgroup_value(container, "memory.limit_in_bytes", "memory.max"), "67108864");
}

TEST_F(PodmanSystemd, UpdateChangesTheLimits) {
  const PodmanContainer container(store(), {"--memory", "64m", "busybox", "sleep", "600"});

  EXPECT_TRUE(succeeded(container.call({"update", "--memory", "96m"})));

  EXPECT_EQ(cgroup_value(container, "memory.limit_in_bytes", "memory.max"), "100663296");
}

TEST_F(PodmanSystemd, WhatIsExecutedIsInTheScope) {
  const PodmanContainer container(store(), {"busybox", "sleep", "600"});

  const Outcome outcome = container.exec({"cat", "/proc/self/cgroup"});

  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, container.exec({"cat", "/proc/1/cgroup"}).out);
}

TEST_F(PodmanSystemd, RemovesTheScope) {
  std::string unit;
  {
    const PodmanContainer container(store(), {"busybox", "sleep", "600"});
    unit = unit_of(container);
  }
  EXPECT_EQ(property(unit, "LoadState"), "not-found\n");
}

TEST_F(PodmanSystemd, PausesAndGoesOn) {
  const PodmanContainer container(store(), {"busybox", "sleep", "600"});

  EXPECT_TRUE(succeeded(container.call({"pause"})));
  EXPECT_EQ(container.inspect("{{.State.Status}}"), "paused");
  EXPECT_TRUE(succeeded(container.call({"unpause"})));
  EXPECT_EQ(container.inspect("{{.State.Status}}"), "running");
}

// Particular to myrt among the runtimes here: crun 1.8 writes the files itself.
class MyrtPodmanSystemd : public PodmanSystemd {};

TEST_F(MyrtPodmanSystemd, LimitsArePropertiesOfTheScope) {
  const PodmanContainer container(store(), {"--memory", "64m", "--cpus", "0.5", "--pids-limit",
                                            "42", "busybox", "sleep", "600"});
  const std::string unit = unit_of(container);

  EXPECT_EQ(property(unit, cgroup_v2() ? "MemoryMax" : "MemoryLimit"), "67108864\n");
  EXPECT_EQ(property(unit, "CPUQuotaPerSecUSec"), "500ms\n");
  EXPECT_EQ(property(unit, "TasksMax"), "42\n");
  EXPECT_EQ(property(unit, "Delegate"), "yes\n");
}

}  // namespace
}  // namespace myrt::test
