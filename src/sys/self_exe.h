// Keeps the runtime's own binary out of a container's reach. A container process can open
// /proc/PID/exe of the runtime once that enters it, and the host runs that file again later
// (CVE-2019-5736). So the runtime runs from something that nobody can write: a read-only detached
// mount of the binary, or a sealed copy in memory.
#pragma once

#include <myrt/result.h>

namespace myrt::sys {

/// Executes the calling program again, with `argv` and `envp`, from a read-only detached mount of
/// its binary; where mounting is not allowed, from a sealed memfd. Returns only without having done
/// so: with success when the process already runs from such a file, which the kernel is asked about
/// and not the environment. No descriptor of the new executable survives: one would be a way to
/// change the mount. Call it before threads exist and before anything worth keeping is in memory.
/// Needs /proc.
Result<void> reexecute_protected(char** argv, char** envp);

}  // namespace myrt::sys
