// Who a recorded process is: a pid alone may belong to somebody else by now.
#pragma once

#include <optional>

#include <myrt/result.h>
#include <myrt/state.h>

#include "container/record.h"
#include "sys/proc.h"
#include "sys/unique_fd.h"

namespace myrt::container {

/// The identity of a process that exists now.
Result<ProcessId> identify(pid_t pid);

/// What /proc says of the process, a zombie included; nothing when it is gone or the pid is
/// another's.
std::optional<sys::ProcessStat> look_up(const ProcessId& process);

/// Whether it lives: a zombie does not, but a process whose first thread alone has ended does.
bool is_alive(const ProcessId& process);
bool is_alive(const sys::ProcessStat& stat);

/// A pidfd of exactly this process. ESRCH: it is gone, or a zombie.
Result<sys::UniqueFd> open_process(const ProcessId& process);

/// The status that the record and the kernel show together (runtime.md "State").
Status status_of(const Record& record, int state_directory);

}  // namespace myrt::container
