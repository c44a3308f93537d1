// linux.resources.cpu.

#include <chrono>
#include <thread>

#include "support/cgroups.h"
#include "support/resources.h"

namespace myrt::test {
namespace {

// v2: shares become a weight by the formula of runc 1.3 and crun 1.28, in which 1024 is 100, the
// default of both. The weight of an idle group is the kernel's (WEIGHT_IDLEPRIO).
INSTANTIATE_TEST_SUITE_P(
    Cpu, ResourceField,
    ::testing::Values(
        Field{"shares",
              R"({"cpu": {"shares": 512}})",
              "cpu",
              {{"cpu.shares: 512"}},
              {{"cpu.weight: 59"}}},
        Field{"default_shares", R"({"cpu": {"shares": 1024}})", "cpu", {{}}, {{}}},
        Field{"shares_of_0_are_none", R"({"cpu": {"shares": 0}})", "cpu", {{}}, {{}}},
        Field{"least_shares",
              R"({"cpu": {"shares": 2}})",
              "cpu",
              {{"cpu.shares: 2"}},
              {{"cpu.weight: 1"}}},
        Field{"most_shares",
              R"({"cpu": {"shares": 262144}})",
              "cpu",
              {{"cpu.shares: 262144"}},
              {{"cpu.weight: 10000"}}},
        Field{"quota_and_period",
              R"({"cpu": {"quota": 40000, "period": 50000}})",
              "cpu",
              {{"cpu.cfs_period_us: 50000", "cpu.cfs_quota_us: 40000"}},
              {{"cpu.max: 40000 50000"}}},
        Field{"quota",
              R"({"cpu": {"quota": 40000}})",
              "cpu",
              {{"cpu.cfs_quota_us: 40000"}},
              {{"cpu.max: 40000 100000"}}},
        Field{"period",
              R"({"cpu": {"period": 50000}})",
              "cpu",
              {{"cpu.cfs_period_us: 50000"}},
              {{"cpu.max: max 50000"}}},
        Field{"no_quota", R"({"cpu": {"quota": -1}})", "cpu", {{}}, {{}}},
        Field{"burst",
              R"({"cpu": {"quota": 40000, "period": 100000, "burst": 20000}})",
              "cpu",
              {{"cpu.cfs_burst_us: 20000", "cpu.cfs_quota_us: 40000"}},
              {{"cpu.max: 40000 100000", "cpu.max.burst: 20000"}}},
        Field{"idle",
              R"({"cpu": {"idle": 1}})",
              "cpu",
              {{"cpu.idle: 1", "cpu.shares: 3"}},
              {{"cpu.idle: 1", "cpu.weight: 0"}}},
        Field{"realtime",
              R"({"cpu": {"realtimeRuntime": 5000, "realtimePeriod": 500000}})",
              "cpu",
              {{"cpu.rt_period_us: 500000", "cpu.rt_runtime_us: 5000"}},
              kRefused},
        Field{"cpus",
              R"({"cpu": {"cpus": "0"}})",
              "cpuset",
              {{"cpuset.cpus: 0"}},
              {{"cpuset.cpus: 0"}}},
        // v1 gives a cpuset the memory nodes of the one above anyway.
        Field{"mems", R"({"cpu": {"mems": "0"}})", "cpuset", {{}}, {{"cpuset.mems: 0"}}}),
    field_name);

class ResourceCpu : public ResourceTest {
 protected:
  // Processor time of the container's cgroup, in seconds. v1 has nanoseconds, v2 microseconds.
  static double used_seconds(pid_t pid) {
    return cgroup_v2()
               ? static_cast<double>(counter_of(pid, "cpu", "cpu.stat", "usage_usec ")) / 1e6
               : static_cast<double>(counter_of(pid, "cpuacct", "cpuacct.usage")) / 1e9;
  }

  // The share of one processor that the container uses, over `time`.
  static double share_of(const Container& container, milliseconds time) {
    using std::chrono::steady_clock;
    const pid_t pid = container.pid();
    const steady_clock::time_point begin = steady_clock::now();
    const double used = used_seconds(pid);
    std::this_thread::sleep_for(time);
    const std::chrono::duration<double> elapsed = steady_clock::now() - begin;
    return (used_seconds(pid) - used) / elapsed.count();
  }
  static std::uint64_t statistic(const Container& container, const std::string& key) {
    return counter_of(container.pid(), "cpu", "cpu.stat", key + " ");
  }
};

TEST_F(ResourceCpu, QuotaGivesABusyLoopItsShareOfAProcessor) {
  // The shares are the largest there are: what else runs on this machine must not matter.
  bundle_.set("/linux/resources/cpu", R"({"quota": 40000, "period": 100000, "shares": 262144})")
      .shell("while :; do :; done");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  // 25 periods, and one more or less at the edges: 0.40 within 0.016. The rest of the tolerance is
  // for a machine that is busy with other things.
  const double share = share_of(container, milliseconds(2500));
  EXPECT_GT(share, 0.34);
  EXPECT_LT(share, 0.43);
}

TEST_F(ResourceCpu, QuotaThrottlesABusyLoop) {
  bundle_.set("/linux/resources/cpu", R"({"quota": 10000, "period": 100000})")
      .shell("while :; do :; done");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_TRUE(eventually([&] { return statistic(container, "nr_throttled") > 2; }));
}

TEST_F(ResourceCpu, BurstLetsALoopUseWhatItHasSaved) {
  // Saves a period's quota while it sleeps, then needs more than one.
  bundle_.set("/linux/resources/cpu", R"({"quota": 20000, "period": 100000, "burst": 20000})")
      .shell("while :; do sleep 0.3; i=0; while [ $i -lt 20000 ]; do i=$((i+1)); done; done");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  if (!contains(read_file(cgroup_for(container.pid(), "cpu") / "cpu.stat"), "nr_bursts ")) {
    GTEST_SKIP() << "needs a kernel with bursts of processor time";
  }
  EXPECT_TRUE(eventually([&] { return statistic(container, "nr_bursts") > 0; }));
}

TEST_F(ResourceCpu, SetIsWhereTheContainerRuns) {
  bundle_.set("/linux/resources/cpu", R"({"cpus": "0", "mems": "0"})")
      .shell("grep -E '(Cpus|Mems)_allowed_list' /proc/self/status; nproc");
  EXPECT_EQ(Container(bundle_).run().out, "Cpus_allowed_list:\t0\nMems_allowed_list:\t0\n1\n");
}

// v1 makes a cpuset without processors, which takes no process: also those above have to be filled.
TEST_F(ResourceCpu, SetBelowNewCgroupsHasItsPartOfTheirs) {
  const std::string name = "/" + unique_name();
  const HostCgroup top(name);
  bundle_.set("/linux/cgroupsPath", json_quote(name + "/one/two"))
      .set("/linux/resources/cpu", R"({"cpus": "0"})")
      .shell("grep Cpus_allowed_list /proc/self/status");
  EXPECT_EQ(Container(bundle_).run().out, "Cpus_allowed_list:\t0\n");
}

class MyrtResourceCpu : public ResourceCpu {};

TEST_F(MyrtResourceCpu, SaysThatVersion2HasNoRealtime) {
  if (!cgroup_v2()) {
    GTEST_SKIP() << "needs cgroup v2";
  }
  for (const char* field : {"realtimeRuntime", "realtimePeriod"}) {
    sleeper().set("/linux/resources/cpu", std::string("{\"") + field + "\": 5000}");
    EXPECT_TRUE(failed(Container(bundle_).create(), std::string("/linux/resources/cpu/") + field +
                                                        ": cgroup v2 has nothing like it\n"));
  }
}

TEST_F(MyrtResourceCpu, SaysThatTheBurstIsInTheWayOfAQuota) {
  sleeper().set("/linux/resources/cpu", R"({"quota": 40000, "period": 100000, "burst": 20000})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  const std::string cgroup = cgroup_for(container.pid(), "cpu").string();
  const std::string write = cgroup_v2() ? "write \"10000 100000\" to " + cgroup + "/cpu.max"
                                        : "write \"10000\" to " + cgroup + "/cpu.cfs_quota_us";
  const std::string burst = cgroup_v2() ? "cpu.max.burst" : "cpu.cfs_burst_us";
  expect_message(container.call({"update", "--cpu-quota", "10000", container.id()}),
                 "update " + container.id() + ": /linux/resources/cpu/quota: " + write + " (" +
                     burst + " is 20000): Invalid argument");
}

TEST_F(MyrtResourceCpu, QuotaAndBurstGoDownTogether) {
  sleeper().set("/linux/resources/cpu", R"({"quota": 40000, "period": 100000, "burst": 20000})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_TRUE(succeeded(
      container.call({"update", "--cpu-quota", "10000", "--cpu-burst", "5000", container.id()})));
  EXPECT_EQ(read_value(cgroup_for(container.pid(), "cpu") /
                       (cgroup_v2() ? "cpu.max.burst" : "cpu.cfs_burst_us")),
            "5000");
}

TEST_F(MyrtResourceCpu, SaysThatAnIdleGroupHasNoShares) {
  sleeper().set("/linux/resources/cpu", R"({"idle": 1})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  const std::string cgroup = cgroup_for(container.pid(), "cpu").string();
  const std::string write = cgroup_v2() ? "write \"59\" to " + cgroup + "/cpu.weight"
                                        : "write \"512\" to " + cgroup + "/cpu.shares";
  expect_message(container.call({"update", "--cpu-share", "512", container.id()}),
                 "update " + container.id() + ": /linux/resources/cpu/shares: " + write +
                     " (cpu.idle is 1): Invalid argument");
}

}  // namespace
}  // namespace myrt::test
