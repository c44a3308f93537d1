// The ENOSYS rule. A profile that answers unlisted system calls with an errno value such as EPERM
// breaks every libc that is newer than the profile: libc tries a new call first and takes the old
// one on ENOSYS alone. So calls that are numbered above all that the profile knows get ENOSYS, as a
// kernel without them would answer. The calls that are refused stay refused. Pure; runs in the
// runtime.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "seccomp/filter.h"

namespace myrt::seccomp {

/// "No call is above it": for a range of numbers that the profile knows nothing of.
inline constexpr std::uint32_t kUnlimited = UINT32_MAX;

/// The highest system call numbers that a profile knows on one architecture of the kernel.
struct KnownCalls {
  std::uint32_t architecture = 0;      // AUDIT_ARCH_*, as in seccomp_data
  std::uint32_t highest = kUnlimited;  // below upper_range(architecture)
  std::uint32_t upper_highest = kUnlimited;
  friend bool operator==(const KnownCalls&, const KnownCalls&) = default;
};

/// The number at which a second range of calls starts, or 0: x32's calls on x86-64, and the calls
/// that ARM keeps for itself. The ends of the two ranges have nothing to do with each other.
std::uint32_t upper_range(std::uint32_t architecture);

/// `program` with the rule in front of it. Architectures that are not in `known` (at most 32, each
/// once) go on to `program` unchanged.
std::vector<Instruction> with_enosys(std::span<const KnownCalls> known,
                                     std::span<const Instruction> program);

}  // namespace myrt::seccomp
