// Loading and attaching the program that controls devices in cgroup v2 (bpf(2)).
#pragma once

#include <span>

#include <myrt/result.h>

#include "cgroup/plan.h"

namespace myrt::cgroup {

/// Puts `program` in force for the directory `cgroup`, beside those of the cgroups above it. In
/// place of the one that is attached to the cgroup itself, if any, without a moment in which
/// neither holds. It goes with the cgroup.
Result<void> attach_device_program(int cgroup, std::span<const BpfInstruction> program);

}  // namespace myrt::cgroup
