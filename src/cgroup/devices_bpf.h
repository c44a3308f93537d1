// Device rules to an eBPF program of type BPF_PROG_TYPE_CGROUP_DEVICE, which is how cgroup v2
// controls devices. Pure.
#pragma once

#include <span>
#include <vector>

#include "cgroup/devices.h"
#include "cgroup/plan.h"

namespace myrt::cgroup {

/// A program that returns 1 when each kind of access asked for is allowed by the last rule that
/// mentions it for the device, and otherwise 0.
std::vector<BpfInstruction> device_program(std::span<const OrderedRule> rules);

}  // namespace myrt::cgroup
