// JSON that myrt writes, other than its own record: states, for the user and for hooks. The texts
// are built with nlohmann-json here and in record.cc alone.
#pragma once

#include <sys/types.h>

#include <string>

#include <myrt/state.h>

#include "container/record.h"
#include "init/child.h"

namespace myrt::container {

/// The state for hooks, taken apart where status and pid go (runtime.md "State").
init::StateText hook_state(const Record& record);

/// The containerProcessState for the agent of a seccomp listener: `pid` is the process that has
/// loaded the filter, in `exec` the one that clones the program's (config-linux.md "The Container
/// Process State").
std::string seccomp_process_state(const Record& record, Status status, pid_t pid,
                                  const std::string& metadata);

}  // namespace myrt::container
