// What a profile asks of seccomp(2) beside its rules: the flags, and what a listener needs. Pure.
#pragma once

#include <cstdint>
#include <string_view>

#include <myrt/result.h>
#include <myrt/spec_seccomp.h>

#include "seccomp/support.h"

namespace myrt::seccomp {

/// The bit of a flag by the name that the spec gives it, or 0.
std::uint32_t flag_bit(std::string_view name);

/// Whether `action` stands anywhere in the profile.
bool uses(const Seccomp& seccomp, SeccompAction action);

/// The flags for seccomp(2): those of the profile (SPEC_ALLOW where it has no list and the kernel
/// has the flag), and what a listener needs. The error names the JSON pointer of a flag that
/// `kernel` lacks.
Result<std::uint32_t> filter_flags(const Seccomp& seccomp, const KernelSupport& kernel);

}  // namespace myrt::seccomp
