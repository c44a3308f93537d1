#include "init/execution.h"

#include <linux/sched.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "sys/scheduling.h"

namespace myrt::init {

namespace {

/// What EPERM means to a caller with CAP_SYS_NICE (__sched_setscheduler, kernel/sched/syscalls.c).
std::string_view refusal(std::uint32_t policy) {
  switch (policy) {
    case SCHED_FIFO:
    case SCHED_RR:
      return "process.scheduler: its cgroup has no real-time runtime "
             "(linux.resources.cpu.realtimeRuntime on cgroup v1)";
    case SCHED_DEADLINE:
      return "process.scheduler: a deadline is for all CPUs or for none";
    default:
      return "process.scheduler";
  }
}

Result<void> set_scheduler(const plan::ExecutionPlan& plan, pid_t pid) {
  Result<void> set = sys::sched_setattr(pid, *plan.scheduler);
  const bool explained = plan.by_runtime && !set.has_value() && set.error().code() == EPERM;
  return in(explained ? refusal(plan.scheduler->policy) : "process.scheduler", std::move(set));
}

Result<void> set_priorities(const plan::ExecutionPlan& plan, pid_t pid) {
  if (plan.scheduler.has_value()) {
    MYRT_TRY(set_scheduler(plan, pid));
  }
  if (plan.io_priority.has_value()) {
    MYRT_TRY(in("process.ioPriority", sys::ioprio_set(pid, *plan.io_priority)));
  }
  return {};
}

}  // namespace

Result<void> schedule(const plan::ExecutionPlan& plan, pid_t pid) {
  return plan.by_runtime ? set_priorities(plan, pid) : Result<void>{};
}

Result<void> set_own_execution(const plan::ExecutionPlan& plan) {
  if (plan.memory_policy.has_value()) {
    MYRT_TRY(in("linux.memoryPolicy", sys::set_mempolicy(*plan.memory_policy)));
  }
  if (plan.personality.has_value()) {
    MYRT_TRY(in("linux.personality", sys::set_personality(*plan.personality)));
  }
  return plan.by_runtime ? Result<void>{} : set_priorities(plan, 0);
}

}  // namespace myrt::init
