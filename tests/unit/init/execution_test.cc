#include "init/execution.h"

#include <gtest/gtest.h>

namespace myrt::init {
namespace {

// Numbers of linux/sched.h and linux/ioprio.h; neither value is one that the kernel takes.
constexpr Scheduler kBadScheduler = {.policy = 1, .priority = 100};
constexpr IoPriority kBadIoPriority = {.io_class = 5, .priority = 0};

std::string text_of(const Result<void>& result) {
  return result.has_value() ? "" : result.error().text();
}

TEST(Schedule, NamesTheFieldThatTheKernelRefuses) {
  EXPECT_EQ(text_of(schedule({.scheduler = kBadScheduler, .by_runtime = true}, 0)),
            "process.scheduler: sched_setattr SCHED_FIFO priority 100: Invalid argument");
  EXPECT_EQ(text_of(schedule({.io_priority = kBadIoPriority, .by_runtime = true}, 0)),
            "process.ioPriority: ioprio_set 5 0: Invalid argument");
}

TEST(Schedule, IsLeftToTheProcessWithoutRightsOverTheHost) {
  EXPECT_EQ(text_of(schedule({.scheduler = kBadScheduler, .io_priority = kBadIoPriority}, 0)), "");
}

TEST(SetOwnExecution, NamesTheFieldThatTheKernelRefuses) {
  EXPECT_EQ(text_of(set_own_execution({.scheduler = kBadScheduler})),
            "process.scheduler: sched_setattr SCHED_FIFO priority 100: Invalid argument");
}

TEST(SetOwnExecution, LeavesToTheRuntimeWhatIsTheRuntimes) {
  EXPECT_EQ(text_of(set_own_execution(
                {.scheduler = kBadScheduler, .io_priority = kBadIoPriority, .by_runtime = true})),
            "");
}

}  // namespace
}  // namespace myrt::init
