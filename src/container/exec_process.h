// The process of an `exec`: the container's own, with what differs. Pure.
#pragma once

#include <myrt/exec.h>
#include <myrt/spec_process.h>

#include "config/process_file.h"

namespace myrt::container {

/// The container's process with another program. Errors name the option: unknown capabilities, a
/// relative working directory, an environment entry without "=", no program.
Result<Process> changed_process(const Process& container, const ExecChanges& changes);

/// What the file says, and the container's capabilities and limits where it says nothing of them.
/// A process is never less restricted for saying nothing of no_new_privileges.
Process completed_process(const Process& container, config::ProcessFile file);

}  // namespace myrt::container
