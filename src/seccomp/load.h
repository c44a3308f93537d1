// Loading a filter into the calling process (seccomp(2)). Runs in the container process, as late as
// possible. From the return of these calls on the filter judges every system call, so on success
// they make none beside seccomp(2) itself and allocate nothing.
#pragma once

#include <myrt/result.h>

#include "seccomp/filter.h"

namespace myrt::seccomp {

/// Loads a filter that does not notify. EACCES: neither no_new_privs nor CAP_SYS_ADMIN in the user
/// namespace. EINVAL: no such flag or action in this kernel.
Result<void> load(const Filter& filter);

/// Loads a filter that notifies and says the listener's number. It is close-on-exec, and a plain
/// number on purpose: the filter may forbid close(2). EBUSY: the process has a filter with a
/// listener.
Result<int> load_with_listener(const Filter& filter);

}  // namespace myrt::seccomp
