// Where and when the kernel runs a process, and which memory it gets: sched_setattr(2),
// sched_setaffinity(2), ioprio_set(2), set_mempolicy(2), personality(2). By the raw system calls:
// most have no wrapper in glibc, and after a raw clone3 the others may use a stale thread id.
#pragma once

#include <sys/types.h>

#include <myrt/result.h>
#include <myrt/spec_execution.h>

namespace myrt::sys {

// `pid` is 0 for the calling process.

/// EPERM: the policy, the priority or the nice value takes CAP_SYS_NICE over the host, or the
/// process is somebody else's; on cgroup v1 also a real-time policy in a cgroup without real-time
/// (cpu.rt_runtime_us). EBUSY: SCHED_DEADLINE wants more than is left.
Result<void> sched_setattr(pid_t pid, const Scheduler& scheduler);
/// IOPRIO_WHO_PROCESS; children inherit it. EPERM: IOPRIO_CLASS_RT takes CAP_SYS_NICE over the
/// host.
Result<void> ioprio_set(pid_t pid, const IoPriority& priority);

/// The CPUs that the calling process may run on.
Result<NumberSet> sched_getaffinity();
/// The same for the future, without those that its cpuset lacks. EINVAL: none is left.
Result<void> sched_setaffinity(const NumberSet& cpus);

// Of the calling process, its children and what they execute.

/// EINVAL: a mode that the kernel does not know, flags that do not go with the mode, no node that
/// the process may use.
Result<void> set_mempolicy(const MemoryPolicy& policy);
/// `personality` is one of PER_*.
Result<void> set_personality(unsigned long personality);

}  // namespace myrt::sys
