// Resource limits of `podman run`.

#include "engines/podman.h"

namespace myrt::test {
namespace {

class PodmanLimits : public Podman {
 protected:
  // What the container sees in a file of its cgroup, by its names on cgroup v1 and v2.
  static std::string cgroup_value(const std::vector<std::string>& options,
                                  const std::string& v1_file, const std::string& v2_file) {
    std::vector<std::string> arguments = options;
    arguments.insert(arguments.end(),
                     {"busybox", "cat", "/sys/fs/cgroup/" + (cgroup_v2() ? v2_file : v1_file)});
    return run_once(arguments).out;
  }
};

TEST_F(PodmanLimits, LimitsMemory) {
  EXPECT_EQ(cgroup_value({"--memory", "64m"}, "memory/memory.limit_in_bytes", "memory.max"),
            "67108864\n");

  const Outcome killed = run_once({"--memory", "20m", "--memory-swap", "20m", "busybox", "sh", "-c",
                                   "x=a; while :; do x=$x$x; done"});
  EXPECT_EQ(killed.exit_code, 137) << killed;
}

TEST_F(PodmanLimits, LimitsProcessors) {
  EXPECT_EQ(cgroup_value({"--cpus", "0.5"}, "cpu/cpu.cfs_quota_us", "cpu.max"),
            cgroup_v2() ? "50000 100000\n" : "50000\n");
}

TEST_F(PodmanLimits, LimitsProcesses) {
  EXPECT_EQ(cgroup_value({"--pids-limit", "50"}, "pids/pids.max", "pids.max"), "50\n");
}

TEST_F(PodmanLimits, LimitsOpenFiles) {
  EXPECT_EQ(run_once({"--ulimit", "nofile=100:200", "--ulimit", "nproc=500:500", "busybox", "sh",
                      "-c", "ulimit -Sn; ulimit -Hn"})
                .out,
            "100\n200\n");
}

TEST_F(PodmanLimits, RaisesTheOomScore) {
  EXPECT_EQ(run_once({"--oom-score-adj", "500", "busybox", "cat", "/proc/self/oom_score_adj"}).out,
            "500\n");
}

TEST_F(PodmanLimits, SizesSharedMemory) {
  EXPECT_EQ(
      run_once({"--shm-size", "1m", "busybox", "sh", "-c", "df -k /dev/shm | awk 'END {print $2}'"})
          .out,
      "1024\n");
}

}  // namespace
}  // namespace myrt::test
