// The plan's cgroups, for a runtime without rights over the host's.
#pragma once

#include <string>

#include <myrt/result.h>

#include "host/facts.h"
#include "plan/plan.h"

namespace myrt::container {

/// Takes the rules for devices out of the plan where the kernel does not let the caller apply them.
void leave_out_devices_beyond_rights(plan::Plan& plan, const host::HostFacts& host);

/// Moves the container's cgroups to where the caller may make some, and leaves those out that it
/// may not make and config.json does not ask for; all of them, when it may make none.
/// `cgroups_path` is the config's. Errors name the field that asks for what is refused.
Result<void> settle_rootless_cgroups(plan::Plan& plan, const std::string& cgroups_path);

}  // namespace myrt::container
