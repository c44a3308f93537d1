// Device rules to the writes of the devices controller of cgroup v1 (kernel:
// Documentation/admin-guide/cgroup-v1/devices.rst). Pure.
#pragma once

#include <span>
#include <vector>

#include <myrt/result.h>

#include "cgroup/devices.h"
#include "cgroup/plan.h"

namespace myrt::cgroup {

/// The writes to devices.allow and devices.deny after which the kernel does what `rules` say, in
/// their order; rules that change nothing are left out. The kernel holds a default and a list of
/// exceptions from it, and a rule that takes one device out of a wider exception has no effect
/// there: an error here.
Result<std::vector<FileWrite>> device_writes_v1(std::span<const OrderedRule> rules);

}  // namespace myrt::cgroup
