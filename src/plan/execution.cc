#include <linux/capability.h>
#include <linux/sched.h>

#include "base/execution_text.h"
#include "base/text.h"
#include "plan/parts.h"

namespace myrt::plan {

namespace {

/// Whether the kernel takes the policy, or the nice value, back from a child (sched_fork,
/// kernel/sched/core.c). A deadline never gets that far: it takes CAP_SYS_NICE.
bool is_lost_on_fork(const Scheduler& scheduler) {
  const bool fair = scheduler.policy == SCHED_NORMAL || scheduler.policy == SCHED_BATCH ||
                    scheduler.policy == SCHED_IDLE;
  return (scheduler.flags & SCHED_FLAG_RESET_ON_FORK) != 0 && (!fair || scheduler.nice < 0);
}

}  // namespace

ExecutionPlan execution_plan(const Process& process, const Linux& linux,
                             const host::HostFacts& host) {
  return {.scheduler = process.scheduler,
          .io_priority = process.io_priority,
          .by_runtime = !host.in_user_namespace && host::has_capability(host, CAP_SYS_NICE),
          .initial_cpus = {},
          .final_cpus = {},
          .memory_policy = linux.memory_policy,
          .personality = linux.personality};
}

Result<ExecutionPlan> exec_execution_plan(const Process& process, const Linux& linux,
                                          const host::HostFacts& host) {
  ExecutionPlan plan = execution_plan(process, linux, host);
  if (process.exec_cpu_affinity.has_value()) {
    plan.initial_cpus = process.exec_cpu_affinity->initial;
    plan.final_cpus = process.exec_cpu_affinity->final;
  }
  if (!plan.by_runtime && plan.scheduler.has_value() && is_lost_on_fork(*plan.scheduler)) {
    // The joiner sets it, and the process is its clone.
    return std::unexpected(
        Error(base::concat({"/process/scheduler: ", base::scheduler_text(*plan.scheduler),
                            ": exec needs CAP_SYS_NICE over the host for it"})));
  }
  return plan;
}

}  // namespace myrt::plan
