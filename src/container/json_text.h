// JSON that myrt writes, other than its own record: states, for the user and for hooks. The texts
// are built with nlohmann-json here and in record.cc alone.
#pragma once

#include <string>

#include "container/record.h"
#include "init/child.h"

namespace myrt::container {

/// The state for hooks, taken apart where status and pid go (runtime.md "State").
init::StateText hook_state(const Record& record);

/// The containerProcessState for the agent of a seccomp listener, with the container process's pid
/// in `record` (config-linux.md "The Container Process State").
std::string seccomp_process_state(const Record& record, const std::string& metadata);

}  // namespace myrt::container
