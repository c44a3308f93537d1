#include "base/execution_text.h"

#include <gtest/gtest.h>

namespace myrt::base {
namespace {

// Numbers of linux/sched.h, linux/ioprio.h, linux/mempolicy.h and sys/personality.h.

TEST(SchedulerText, HasWhatGoesWithThePolicy) {
  EXPECT_EQ(scheduler_text({.policy = 0, .nice = -5}), "SCHED_OTHER nice -5");
  EXPECT_EQ(scheduler_text({.policy = 3}), "SCHED_BATCH nice 0");
  EXPECT_EQ(scheduler_text({.policy = 5}), "SCHED_IDLE");
  EXPECT_EQ(scheduler_text({.policy = 1, .priority = 10}), "SCHED_FIFO priority 10");
  EXPECT_EQ(scheduler_text({.policy = 2, .priority = 99}), "SCHED_RR priority 99");
  EXPECT_EQ(scheduler_text({.policy = 6, .runtime = 1024, .deadline = 2000, .period = 3000}),
            "SCHED_DEADLINE runtime 1024 deadline 2000 period 3000");
}

TEST(SchedulerText, NamesTheFlags) {
  EXPECT_EQ(scheduler_text({.policy = 5, .flags = 0x7f}),
            "SCHED_IDLE SCHED_FLAG_DL_OVERRUN SCHED_FLAG_KEEP_PARAMS SCHED_FLAG_KEEP_POLICY "
            "SCHED_FLAG_RECLAIM SCHED_FLAG_RESET_ON_FORK SCHED_FLAG_UTIL_CLAMP_MAX "
            "SCHED_FLAG_UTIL_CLAMP_MIN");
}

TEST(IoPriorityText, HasClassAndPriority) {
  EXPECT_EQ(io_priority_text({.io_class = 1, .priority = 0}), "IOPRIO_CLASS_RT 0");
  EXPECT_EQ(io_priority_text({.io_class = 2, .priority = 4}), "IOPRIO_CLASS_BE 4");
  EXPECT_EQ(io_priority_text({.io_class = 3, .priority = 7}), "IOPRIO_CLASS_IDLE 7");
}

TEST(MemoryPolicyText, HasModeFlagsAndNodes) {
  EXPECT_EQ(memory_policy_text({}), "MPOL_DEFAULT");
  EXPECT_EQ(memory_policy_text({.mode = 2, .flags = 0x8000, .nodes = {0x3}}),
            "MPOL_BIND MPOL_F_STATIC_NODES nodes 0-1");
  EXPECT_EQ(memory_policy_text({.mode = 6, .flags = 0x6000, .nodes = {0x5}}),
            "MPOL_WEIGHTED_INTERLEAVE MPOL_F_NUMA_BALANCING MPOL_F_RELATIVE_NODES nodes 0,2");
}

TEST(PersonalityText, IsTheDomain) {
  EXPECT_EQ(personality_text(0), "LINUX");
  EXPECT_EQ(personality_text(8), "LINUX32");
}

}  // namespace
}  // namespace myrt::base
