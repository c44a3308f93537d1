// What docker limits, updates and measures: it writes the limits into the config and reads the
// figures from the cgroup itself.

#include "engines/docker.h"

namespace myrt::test {
namespace {

class DockerResources : public Docker {
 protected:
  /// A file of the container's cgroup: the first name on v1, the second on v2.
  static std::string value(const DockerContainer& container, const std::string& controller,
                           const std::string& v1_file, const std::string& v2_file) {
    return read_value(cgroup_of(pid_of(container.name()), controller) /
                      (cgroup_v2() ? v2_file : v1_file));
  }

  static std::string memory_limit(const DockerContainer& container) {
    return value(container, "memory", "memory.limit_in_bytes", "memory.max");
  }
  static std::string pids_limit(const DockerContainer& container) {
    return value(container, "pids", "pids.max", "pids.max");
  }
  // In microseconds of each 100 ms, the default period.
  static std::string cpu_quota(const DockerContainer& container) {
    const std::string text = value(container, "cpu", "cpu.cfs_quota_us", "cpu.max");
    return text.substr(0, text.find(' '));
  }
};

TEST_F(DockerResources, LimitTheMemory) {
  const DockerContainer container(daemon(), {"--memory", "64m", "busybox", "sleep", "600"});
  EXPECT_EQ(memory_limit(container), "67108864");
}

TEST_F(DockerResources, KillWhatNeedsMoreMemory) {
  const DockerContainer container(daemon(), {"--memory", "20m", "--memory-swap", "20m", "busybox",
                                             "sh", "-c", "x=a; while :; do x=$x$x; done"});
  EXPECT_EQ(container.call({"wait"}).out, "137\n");
  EXPECT_EQ(inspect(container.name(), "{{.State.OOMKilled}}"), "true");
}

TEST_F(DockerResources, LimitTheProcessors) {
  const DockerContainer container(daemon(), {"--cpus", "0.5", "busybox", "sleep", "600"});
  EXPECT_EQ(cpu_quota(container), "50000");
}

TEST_F(DockerResources, LimitTheProcesses) {
  const Outcome outcome =
      run_once({"--pids-limit", "4", "busybox", "sh", "-c",
                "sleep 1 & sleep 1 & sleep 1 & sleep 1 & sleep 1 & echo not reached"});
  EXPECT_EQ(outcome.out, "");
  EXPECT_TRUE(contains(outcome.err, "can't fork: Resource temporarily unavailable")) << outcome;
}

TEST_F(DockerResources, LimitTheOpenFiles) {
  const Outcome outcome =
      run_once({"--ulimit", "nofile=100:200", "busybox", "sh", "-c", "ulimit -Sn; ulimit -Hn"});
  EXPECT_EQ(outcome.out, "100\n200\n") << outcome;
}

TEST_F(DockerResources, UpdateChangesTheMemory) {
  const DockerContainer container(daemon(), {"--memory", "64m", "busybox", "sleep", "600"});
  EXPECT_TRUE(succeeded(container.call({"update", "--memory", "32m", "--memory-swap", "32m"})));
  EXPECT_EQ(memory_limit(container), "33554432");
  EXPECT_TRUE(succeeded(container.call({"update", "--memory", "96m", "--memory-swap", "96m"})));
  EXPECT_EQ(memory_limit(container), "100663296");
}

TEST_F(DockerResources, UpdateChangesTheProcessors) {
  const DockerContainer container(daemon(), kSleeping);
  EXPECT_TRUE(succeeded(container.call({"update", "--cpus", "0.25"})));
  EXPECT_EQ(cpu_quota(container), "25000");
}

TEST_F(DockerResources, UpdateChangesTheProcesses) {
  const DockerContainer container(daemon(), kSleeping);
  EXPECT_TRUE(succeeded(container.call({"update", "--pids-limit", "40"})));
  EXPECT_EQ(pids_limit(container), "40");
}

TEST_F(DockerResources, UpdateLeavesTheOthersAsTheyAre) {
  const DockerContainer container(daemon(), {"--memory", "64m", "--cpus", "0.5", "--pids-limit",
                                             "40", "busybox", "sleep", "600"});
  EXPECT_TRUE(succeeded(container.call({"update", "--pids-limit", "50"})));
  EXPECT_EQ(pids_limit(container), "50");
  EXPECT_EQ(memory_limit(container), "67108864");
  EXPECT_EQ(cpu_quota(container), "50000");
}

TEST_F(DockerResources, UpdateLeavesTheDevicesAsTheyAre) {
  const DockerContainer container(daemon(), kSleeping);
  EXPECT_TRUE(succeeded(container.call({"update", "--pids-limit", "50"})));
  EXPECT_TRUE(succeeded(container.exec({"dd", "if=/dev/zero", "of=/dev/null", "count=1"})));
}

TEST_F(DockerResources, TopShowsTheProcesses) {
  const DockerContainer container(daemon(), {"busybox", "sh", "-c", "sleep 601 & exec sleep 602"});
  EXPECT_TRUE(eventually([&container] {
    const std::string out = container.call({"top"}).out;
    return contains(out, " sleep 601\n") && contains(out, " sleep 602\n");
  }));
}

TEST_F(DockerResources, TopShowsTheProcessesOfExecAsWell) {
  const DockerContainer container(daemon(), kSleeping);
  const Process client(daemon().command({"exec", container.name(), "sleep", "601"}));
  EXPECT_TRUE(eventually([&container] {
    return contains(docker({"top", container.name(), "-o", "pid,args"}).out, " sleep 601\n");
  }));
}

TEST_F(DockerResources, StatsMeasureAContainer) {
  const DockerContainer container(daemon(), {"--memory", "64m", "busybox", "sleep", "600"});
  const Outcome outcome =
      docker({"stats", "--no-stream", "--format", "{{.MemUsage}};{{.PIDs}}", container.name()});
  EXPECT_TRUE(contains(outcome.out, " / 64MiB;1\n")) << outcome;
  EXPECT_FALSE(outcome.out.starts_with("0B")) << outcome;
}

}  // namespace
}  // namespace myrt::test
