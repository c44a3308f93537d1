// What config.json asks of the kernel's scheduling, in one line, for messages and for the printed
// plan: the words of the config and, after them, the numbers that matter. Pure.
#pragma once

#include <string>

#include <myrt/spec_execution.h>

namespace myrt::base {

/// "SCHED_FIFO priority 10 SCHED_FLAG_RESET_ON_FORK". Times are nanoseconds.
std::string scheduler_text(const Scheduler& scheduler);
/// "IOPRIO_CLASS_BE 4".
std::string io_priority_text(const IoPriority& priority);
/// "MPOL_BIND MPOL_F_STATIC_NODES nodes 0-1".
std::string memory_policy_text(const MemoryPolicy& policy);
/// "LINUX32".
std::string personality_text(unsigned long personality);

}  // namespace myrt::base
