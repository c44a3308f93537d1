// The words by which config.json and messages speak of scheduling, I/O priorities, memory policies
// and execution domains, sorted, with the kernel's numbers.
#pragma once

#include <linux/ioprio.h>
#include <linux/mempolicy.h>
#include <linux/sched.h>
#include <sys/personality.h>

#include <array>
#include <cstdint>

#include "base/named.h"

namespace myrt::base {

/// include/uapi/linux/sched.h, where SCHED_OTHER is SCHED_NORMAL and SCHED_ISO only reserved.
inline constexpr auto kSchedulerPolicies =
    std::to_array<Named<std::uint32_t>>({{"SCHED_BATCH", SCHED_BATCH},
                                         {"SCHED_DEADLINE", SCHED_DEADLINE},
                                         {"SCHED_FIFO", SCHED_FIFO},
                                         {"SCHED_IDLE", SCHED_IDLE},
                                         {"SCHED_OTHER", SCHED_NORMAL},
                                         {"SCHED_RR", SCHED_RR}});

inline constexpr auto kSchedulerFlags =
    std::to_array<Named<std::uint64_t>>({{"SCHED_FLAG_DL_OVERRUN", SCHED_FLAG_DL_OVERRUN},
                                         {"SCHED_FLAG_KEEP_PARAMS", SCHED_FLAG_KEEP_PARAMS},
                                         {"SCHED_FLAG_KEEP_POLICY", SCHED_FLAG_KEEP_POLICY},
                                         {"SCHED_FLAG_RECLAIM", SCHED_FLAG_RECLAIM},
                                         {"SCHED_FLAG_RESET_ON_FORK", SCHED_FLAG_RESET_ON_FORK},
                                         {"SCHED_FLAG_UTIL_CLAMP_MAX", SCHED_FLAG_UTIL_CLAMP_MAX},
                                         {"SCHED_FLAG_UTIL_CLAMP_MIN", SCHED_FLAG_UTIL_CLAMP_MIN}});

inline constexpr auto kIoPriorityClasses =
    std::to_array<Named<int>>({{"IOPRIO_CLASS_BE", IOPRIO_CLASS_BE},
                               {"IOPRIO_CLASS_IDLE", IOPRIO_CLASS_IDLE},
                               {"IOPRIO_CLASS_RT", IOPRIO_CLASS_RT}});

/// Linux 6.9, and newer than Debian 12's headers.
inline constexpr int kWeightedInterleave = 6;

inline constexpr auto kMemoryPolicyModes =
    std::to_array<Named<int>>({{"MPOL_BIND", MPOL_BIND},
                               {"MPOL_DEFAULT", MPOL_DEFAULT},
                               {"MPOL_INTERLEAVE", MPOL_INTERLEAVE},
                               {"MPOL_LOCAL", MPOL_LOCAL},
                               {"MPOL_PREFERRED", MPOL_PREFERRED},
                               {"MPOL_PREFERRED_MANY", MPOL_PREFERRED_MANY},
                               {"MPOL_WEIGHTED_INTERLEAVE", kWeightedInterleave}});

inline constexpr auto kMemoryPolicyFlags =
    std::to_array<Named<int>>({{"MPOL_F_NUMA_BALANCING", MPOL_F_NUMA_BALANCING},
                               {"MPOL_F_RELATIVE_NODES", MPOL_F_RELATIVE_NODES},
                               {"MPOL_F_STATIC_NODES", MPOL_F_STATIC_NODES}});

inline constexpr auto kPersonalities =
    std::to_array<Named<unsigned long>>({{"LINUX", PER_LINUX}, {"LINUX32", PER_LINUX32}});

}  // namespace myrt::base
