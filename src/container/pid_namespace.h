// The processes of a container that has no cgroups to ask: those of its pid namespace.
#pragma once

#include <sys/types.h>

#include <vector>

#include <myrt/result.h>

#include "container/record.h"

namespace myrt::container {

/// Host pids, sorted; none when the container process is gone. That process alone when its pid
/// namespace is not its own, or cannot be seen: before `start`, by a user without privileges.
Result<std::vector<pid_t>> processes_without_cgroups(const Record& record);

/// Sends a signal to each of them. Those that are born meanwhile may not get it.
Result<void> signal_without_cgroups(const Record& record, int signal);

}  // namespace myrt::container
