// How the kernel runs the process (config.md "Linux Process": scheduler, ioPriority;
// config-linux.md: "Memory Policy", "Personality").
#pragma once

#include <sys/types.h>

#include <myrt/result.h>

#include "plan/plan.h"

namespace myrt::init {

/// In the runtime: scheduler and I/O priority of a process that is in its cgroups and waits, where
/// the plan leaves them to the runtime.
Result<void> schedule(const plan::ExecutionPlan& plan, pid_t pid);

/// In the process itself, or in the one that clones it, before its filter: all else, and those two
/// where the plan does not leave them to the runtime.
Result<void> set_own_execution(const plan::ExecutionPlan& plan);

}  // namespace myrt::init
