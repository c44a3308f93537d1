#include "sys/scheduling.h"

#include <linux/ioprio.h>
#include <sched.h>
#include <sys/personality.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <gtest/gtest.h>

#include "support.h"

namespace myrt::sys {
namespace {

// Numbers of linux/sched.h and linux/mempolicy.h.
constexpr std::uint32_t kFifo = 1;
constexpr std::uint32_t kBatch = 3;
constexpr std::uint32_t kDeadline = 6;
constexpr int kBind = 2;
constexpr int kInterleave = 3;
constexpr int kNumaBalancing = 0x2000;

/// The tests change children, never the test program itself.
template <typename Body>
int code_of(Body body) {
  const Result<ExitStatus> status = run_in_child(body);
  return status.has_value() ? status->shell_code() : -1;
}

TEST(SchedSetattr, SetsPolicyAndNiceValue) {
  EXPECT_EQ(code_of([] {
              if (!sched_setattr(0, {.policy = kBatch, .nice = 7}).has_value()) {
                return 1;
              }
              return ::sched_getscheduler(0) == SCHED_BATCH && ::getpriority(PRIO_PROCESS, 0) == 7
                         ? 0
                         : 2;
            }),
            0);
}

TEST(SchedSetattr, NamesWhatWasAskedFor) {
  const Result<void> set =
      sched_setattr(0, {.policy = kDeadline, .runtime = 5000, .deadline = 4000, .period = 3000});
  ASSERT_FALSE(set.has_value());
  EXPECT_EQ(set.error().text(),
            "sched_setattr SCHED_DEADLINE runtime 5000 deadline 4000 period 3000: Invalid "
            "argument");
  EXPECT_EQ(sched_setattr(0, {.policy = kFifo, .priority = 100}).error().code(), EINVAL);
}

TEST(IoprioSet, SetsClassAndPriority) {
  EXPECT_EQ(code_of([] {
              if (!ioprio_set(0, {.io_class = IOPRIO_CLASS_BE, .priority = 6}).has_value()) {
                return 1;
              }
              return ::syscall(SYS_ioprio_get, IOPRIO_WHO_PROCESS, 0) == (2 << 13 | 6) ? 0 : 2;
            }),
            0);
}

TEST(IoprioSet, NamesWhatWasAskedFor) {
  const Result<void> set = ioprio_set(0, {.io_class = 5});
  ASSERT_FALSE(set.has_value());
  EXPECT_EQ(set.error().text(), "ioprio_set 5 0: Invalid argument");
}

TEST(SchedAffinity, IsReadAndSet) {
  const Result<NumberSet> all = sched_getaffinity();
  ASSERT_TRUE(all.has_value()) << all.error().text();
  ASSERT_FALSE(all->empty());
  EXPECT_NE(all->back(), 0U);
  std::uint64_t lowest = 0;
  NumberSet one;
  for (const std::uint64_t word : *all) {
    lowest = word & (~word + 1);
    one.push_back(lowest);
    if (lowest != 0) {
      break;
    }
  }
  EXPECT_EQ(code_of([&one] {
              return sched_setaffinity(one).has_value() &&
                             sched_getaffinity().value_or(NumberSet{}) == one
                         ? 0
                         : 1;
            }),
            0);
}

TEST(SchedAffinity, OfNoCpuAtAllIsRefused) {
  NumberSet none(128);
  none.back() = std::uint64_t{1} << 63U;  // CPU 8191
  const Result<void> set = sched_setaffinity(none);
  ASSERT_FALSE(set.has_value());
  EXPECT_EQ(set.error().text(), "sched_setaffinity 8191: Invalid argument");
}

TEST(SetMempolicy, IsReadBackByTheKernel) {
  EXPECT_EQ(
      code_of([] {
        const Result<void> set = set_mempolicy({.mode = kBind, .nodes = {1}});
        if (!set.has_value()) {
          return set.error().code() == ENOSYS ? 0 : 1;  // a kernel without NUMA
        }
        int mode = -1;
        std::array<unsigned long, 64> nodes{};
        if (::syscall(SYS_get_mempolicy, &mode, nodes.data(), nodes.size() * 64, nullptr, 0) != 0) {
          return 2;
        }
        return mode == kBind && nodes[0] == 1 ? 0 : 3;
      }),
      0);
}

TEST(SetMempolicy, NamesWhatWasAskedFor) {
  const Result<void> set =
      set_mempolicy({.mode = kInterleave, .flags = kNumaBalancing, .nodes = {1}});
  ASSERT_FALSE(set.has_value());
  if (set.error().code() == ENOSYS) {
    GTEST_SKIP() << "needs a kernel with NUMA";
  }
  EXPECT_EQ(set.error().text(),
            "set_mempolicy MPOL_INTERLEAVE MPOL_F_NUMA_BALANCING nodes 0: Invalid argument");
}

TEST(SetPersonality, IsOfTheProcess) {
  EXPECT_EQ(code_of([] {
              return set_personality(PER_LINUX32).has_value() &&
                             ::personality(0xffffffff) == PER_LINUX32
                         ? 0
                         : 1;
            }),
            0);
}

}  // namespace
}  // namespace myrt::sys
