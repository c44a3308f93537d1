// exec and control groups: the container's in every hierarchy, or one below it.

#include <filesystem>

#include "support/cgroups.h"
#include "support/exec.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class ExecCgroup : public ExecTest {
 protected:
  static std::string cgroups_of(pid_t pid) {
    return read_file("/proc/" + std::to_string(pid) + "/cgroup");
  }

  // Makes a cgroup of this name below the container's, in all hierarchies (v1) or in the one there
  // is.
  void make_below(const std::string& name) {
    for (const char* controller :
         {"memory", "cpu", "pids", "devices", "freezer", "cpuset", "blkio", "cpuacct", "net_cls",
          "net_prio", "hugetlb", "perf_event", "rdma", "misc", "name=systemd"}) {
      const fs::path own = cgroup_of(container().pid(), controller);
      if (own.empty() || fs::exists(own / name)) {
        continue;
      }
      fs::create_directory(own / name);
      if (fs::exists(own / name / "cpuset.cpus") && !cgroup_v2()) {
        write_file(own / name / "cpuset.cpus", read_file(own / "cpuset.cpus"));
        write_file(own / name / "cpuset.mems", read_file(own / "cpuset.mems"));
      }
    }
  }

  // Where the program is, below the container's cgroup.
  std::string place_of(pid_t pid, const std::string& controller) {
    return cgroup_of(pid, controller).lexically_relative(cgroup_of(container().pid(), controller));
  }
};

TEST_F(ExecCgroup, IsThatOfTheContainerInEveryHierarchy) {
  start();
  const pid_t pid = exec_detached({"sleep", "1000"});
  ASSERT_GT(pid, 0);
  EXPECT_TRUE(contains(cgroups_of(pid), container().id()));
  EXPECT_EQ(cgroups_of(pid), cgroups_of(container().pid()));
}

TEST_F(ExecCgroup, LimitsHoldForTheProgram) {
  if (!has_controller("pids")) {
    GTEST_SKIP() << "needs the cgroup controller pids";
  }
  bundle_.set("/linux/resources/pids", R"({"limit": 3})");
  start();
  EXPECT_NE(exec({"/bin/sh", "-c", "sleep 1 & sleep 1 & sleep 1 & wait"}).err, "");
}

TEST_F(ExecCgroup, CanBeOneBelowTheContainers) {
  start();
  make_below("part");
  for (const char* path : {"part", "/part", "part/../part/"}) {
    const pid_t pid = exec_detached({"sleep", "1000"}, {"--cgroup", path});
    ASSERT_GT(pid, 0) << path;
    EXPECT_EQ(place_of(pid, "pids"), "part") << path;
    EXPECT_EQ(place_of(pid, "freezer"), "part") << path;
  }
}

TEST_F(ExecCgroup, CanBeOneBelowInSomeHierarchies) {
  if (cgroup_v2()) {
    GTEST_SKIP() << "needs cgroup v1";
  }
  start();
  make_below("part");
  const pid_t pid = exec_detached({"sleep", "1000"}, {"--cgroup", "pids,memory:part"});
  ASSERT_GT(pid, 0);
  EXPECT_EQ(place_of(pid, "pids"), "part");
  EXPECT_EQ(place_of(pid, "memory"), "part");
  EXPECT_EQ(place_of(pid, "freezer"), ".");
}

TEST_F(ExecCgroup, BelowMustExist) {
  start();
  EXPECT_TRUE(not_executed(exec({"--cgroup", "nope"}, {"true"}), "no such file or directory"));
  EXPECT_TRUE(not_executed(exec({"--cgroup", "no_such_controller:part"}, {"true"})));
}

TEST_F(ExecCgroup, IsNeverOneAbove) {
  start();
  for (const char* path : {"..", "../..", "part/../..", "pids:..", "/../"}) {
    EXPECT_TRUE(not_executed(exec({"--cgroup", path}, {"true"}))) << path;
  }
}

TEST_F(ExecCgroup, BelowNeedsNoLinks) {
  start();
  EXPECT_TRUE(not_executed(exec({"--cgroup", "cgroup.procs"}, {"true"})));
}

}  // namespace
}  // namespace myrt::test
