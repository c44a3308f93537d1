// process.selinuxLabel (config.md "Linux Process"): the kernel changes to the label at the next
// execve(2).
#pragma once

#include <string>

#include <myrt/result.h>

namespace myrt::init {

/// Asks for `label`, also for the children of the calling process; empty: nothing to do. `procfs`
/// is one that can be trusted and shows the calling process. EINVAL: the policy has no such label,
/// or none is loaded.
Result<void> set_exec_label(int procfs, const std::string& label);

/// Gives keys that are made from now on to execve(2) the label, or the process would not get at its
/// session keyring afterwards. As above.
Result<void> set_key_label(int procfs, const std::string& label);

}  // namespace myrt::init
