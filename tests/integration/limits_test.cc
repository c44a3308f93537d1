// Limits as they are felt: the processor time that a busy container gets, and the memory that ends
// it. That each limit is in the kernel's file is shown in cgroups_test.cc.

#include <chrono>
#include <thread>

#include "support/fixture.h"

namespace myrt::test {
namespace {

using std::chrono::steady_clock;

class CpuQuota : public RuntimeTest {
 protected:
  // Processor time of the container's cgroup, in seconds. v1 has nanoseconds, v2 microseconds.
  static double used_seconds(pid_t pid) {
    if (!cgroup_v2()) {
      return std::stod(read_value(cgroup_of(pid, "cpuacct") / "cpuacct.usage")) / 1e9;
    }
    for (const std::string& line : lines_of(read_file(cgroup_of(pid, "cpu") / "cpu.stat"))) {
      if (line.starts_with("usage_usec ")) {
        return std::stod(line.substr(line.find(' '))) / 1e6;
      }
    }
    return 0;
  }

  // The share of one processor that the container uses, over `time`.
  static double share_of(const Container& container, milliseconds time) {
    const pid_t pid = container.pid();
    const steady_clock::time_point begin = steady_clock::now();
    const double used = used_seconds(pid);
    std::this_thread::sleep_for(time);
    const std::chrono::duration<double> elapsed = steady_clock::now() - begin;
    return (used_seconds(pid) - used) / elapsed.count();
  }
};

TEST_F(CpuQuota, GivesABusyLoopItsShareOfAProcessor) {
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

class MemoryLimit : public RuntimeTest {
 protected:
  MemoryLimit() {
    // 200 MiB, of memory and of memory plus swap: no swap.
    bundle_.set("/linux/resources/memory", R"({"limit": 209715200, "swap": 209715200})");
  }

  // dd fills one buffer of this size.
  Outcome use(const std::string& size) {
    bundle_.args({"/bin/dd", "if=/dev/zero", "of=/dev/null", "count=1", "bs=" + size});
    return Container(bundle_).run();
  }
};

TEST_F(MemoryLimit, IsNoMatterBelowIt) {
  const Outcome outcome = use("150M");
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_TRUE(contains(outcome.err, "1+0 records out")) << outcome;
}

TEST_F(MemoryLimit, KillsAboveIt) {
  const Outcome outcome = use("250M");
  EXPECT_EQ(outcome.exit_code, 137) << outcome;  // 128 and SIGKILL
  EXPECT_FALSE(contains(outcome.err, "records out")) << outcome;
}

TEST_F(MemoryLimit, OfNoneLetsTheSameProgramEnd) {
  bundle_.erase("/linux/resources/memory");
  EXPECT_TRUE(succeeded(use("250M")));
}

}  // namespace
}  // namespace myrt::test
