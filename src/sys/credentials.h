// Ids, groups and capability sets of the calling process. The only user of libcap.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <myrt/result.h>
#include <myrt/spec_process.h>

namespace myrt::sys {

/// setgroups(2) to exactly `groups`; an empty list clears.
Result<void> set_groups(std::span<const std::uint32_t> groups);
/// setresgid(2) and setresuid(2) of all three ids, by the raw system call (glibc's wrappers signal
/// threads).
Result<void> set_gid(std::uint32_t gid);
Result<void> set_uid(std::uint32_t uid);
/// prctl(PR_SET_KEEPCAPS).
Result<void> set_keep_capabilities(bool on);
/// Drops every capability that is not in `keep` from the bounding set.
Result<void> limit_bounding_set(std::uint64_t keep);
/// capset(2). Bits that the kernel does not know must be absent: see last_capability.
Result<void> set_capabilities(std::uint64_t effective, std::uint64_t permitted,
                              std::uint64_t inheritable);
/// Clears the ambient set, then raises each bit of `ambient`.
Result<void> set_ambient(std::uint64_t ambient);
/// The permitted set of the calling process.
Result<std::uint64_t> permitted_capabilities();
/// The highest capability number that the running kernel has.
int last_capability();

}  // namespace myrt::sys
