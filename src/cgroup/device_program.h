// Loading and attaching the program that controls devices in cgroup v2 (bpf(2)).
#pragma once

#include <span>

#include <myrt/result.h>

#include "cgroup/plan.h"

namespace myrt::cgroup {

/// What becomes of the one program that is attached to a cgroup already.
enum class AttachedProgram {
  kReplaced,  // of an earlier container; without a moment in which neither holds
  kKept,      // systemd's own, which it loads into every scope: both have to allow
};

/// Puts `program` in force for the directory `cgroup`, beside those of the cgroups above it. It
/// goes with the cgroup.
Result<void> attach_device_program(int cgroup, std::span<const BpfInstruction> program,
                                   AttachedProgram attached);

}  // namespace myrt::cgroup
