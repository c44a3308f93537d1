// process.apparmorProfile (config.md "Linux Process"): the kernel changes to the profile at the
// next execve(2).
#pragma once

#include <string>

#include <myrt/result.h>

namespace myrt::init {

/// Asks for `profile`, also for the children of the calling process; empty: nothing to do. `procfs`
/// is one that can be trusted and shows the calling process. ENOENT: no such profile is loaded, or
/// the kernel has no AppArmor.
Result<void> set_apparmor_profile(int procfs, const std::string& profile);

}  // namespace myrt::init
