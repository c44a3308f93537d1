#include <linux/capability.h>

#include <gtest/gtest.h>

#include "plan/parts.h"
#include "samples.h"

namespace myrt::plan {
namespace {

// Numbers of linux/sched.h and linux/mempolicy.h.
constexpr std::uint32_t kOther = 0;
constexpr std::uint32_t kFifo = 1;
constexpr std::uint32_t kBatch = 3;
constexpr std::uint32_t kIdle = 5;
constexpr std::uint32_t kDeadline = 6;
constexpr std::uint64_t kResetOnFork = 1;
constexpr int kLocal = 4;

Process process_with(const Scheduler& scheduler) { return {.scheduler = scheduler}; }

host::HostFacts without_nice() {
  host::HostFacts host = root_host();
  host.capabilities &= ~(std::uint64_t{1} << CAP_SYS_NICE);
  return host;
}

TEST(ExecutionPlan, TakesWhatTheConfigAsks) {
  const Process process = {.scheduler = Scheduler{.policy = kFifo, .priority = 5},
                           .io_priority = IoPriority{.io_class = 2, .priority = 1}};
  const Linux linux = {.memory_policy = MemoryPolicy{.mode = kLocal}, .personality = 8};

  const ExecutionPlan plan = execution_plan(process, linux, root_host());

  EXPECT_EQ(plan.scheduler, process.scheduler);
  EXPECT_EQ(plan.io_priority, process.io_priority);
  EXPECT_EQ(plan.memory_policy, linux.memory_policy);
  EXPECT_EQ(plan.personality, 8UL);
}

TEST(ExecutionPlan, HasNoCpusForTheContainersOwnProcess) {
  const Process process = {.exec_cpu_affinity = ExecCpuAffinity{.initial = {1}, .final = {2}}};

  EXPECT_EQ(execution_plan(process, {}, root_host()), execution_plan(Process{}, {}, root_host()));
}

TEST(ExecutionPlan, LeavesPrioritiesToARuntimeWithRightsOverTheHost) {
  EXPECT_TRUE(execution_plan({}, {}, root_host()).by_runtime);
  EXPECT_FALSE(execution_plan({}, {}, without_nice()).by_runtime);
  EXPECT_FALSE(execution_plan({}, {}, user_host()).by_runtime);
  host::HostFacts inside = root_host();
  inside.in_user_namespace = true;
  EXPECT_FALSE(execution_plan({}, {}, inside).by_runtime);
}

TEST(ExecExecutionPlan, HasTheCpusOfExec) {
  const Process process = {.exec_cpu_affinity = ExecCpuAffinity{.initial = {1}, .final = {2}}};

  const Result<ExecutionPlan> plan = exec_execution_plan(process, {}, root_host());

  ASSERT_TRUE(plan.has_value()) << plan.error().text();
  EXPECT_EQ(plan->initial_cpus, NumberSet{1});
  EXPECT_EQ(plan->final_cpus, NumberSet{2});
}

TEST(ExecExecutionPlan, RefusesWhatAJoinerCannotHandOn) {
  const Result<ExecutionPlan> plan = exec_execution_plan(
      process_with({.policy = kFifo, .flags = kResetOnFork, .priority = 3}), {}, user_host());

  ASSERT_FALSE(plan.has_value());
  EXPECT_EQ(plan.error().text(),
            "/process/scheduler: SCHED_FIFO priority 3 SCHED_FLAG_RESET_ON_FORK: exec needs "
            "CAP_SYS_NICE over the host for it");
  EXPECT_FALSE(
      exec_execution_plan(process_with({.policy = kOther, .flags = kResetOnFork, .nice = -1}), {},
                          without_nice())
          .has_value());
}

TEST(ExecExecutionPlan, TakesWhatSurvivesAFork) {
  for (const Scheduler& scheduler : {Scheduler{.policy = kFifo, .priority = 3},
                                     Scheduler{.policy = kBatch, .flags = kResetOnFork, .nice = 1},
                                     Scheduler{.policy = kIdle, .flags = kResetOnFork}}) {
    EXPECT_TRUE(exec_execution_plan(process_with(scheduler), {}, user_host()).has_value());
  }
}

TEST(ExecExecutionPlan, OfARuntimeWithRightsOverTheHostIsNotAboutForks) {
  for (const Scheduler& scheduler :
       {Scheduler{.policy = kFifo, .flags = kResetOnFork, .priority = 3},
        Scheduler{.policy = kDeadline, .runtime = 1024, .deadline = 2048}}) {
    EXPECT_TRUE(exec_execution_plan(process_with(scheduler), {}, root_host()).has_value());
  }
}

}  // namespace
}  // namespace myrt::plan
