// How the kernel runs a process, as /proc and the kernel say it.
#pragma once

#include <sys/types.h>

#include <string>

#include "support/bundle.h"

namespace myrt::test {

/// Policy (SCHED_* of linux/sched.h), real-time priority and nice value, with spaces between, in
/// the text of a /proc/<pid>/stat (proc(5)).
std::string schedule_in(const std::string& stat);
/// The same of a process.
std::string schedule_of(pid_t pid);

/// Gives the container some real-time runtime, without which its cgroup has none on cgroup v1 when
/// the kernel divides it (RT_GROUP_SCHED).
void allow_real_time(Bundle& bundle);
/// Whether the kernel divides it there.
bool divides_real_time();

/// "CLASS PRIORITY" of a process, by the numbers of linux/ioprio.h.
std::string io_priority_of(pid_t pid);

/// The memory policy that the kernel shows for the memory of a process, "bind:0"; "default" when it
/// is that of the system (numa(7)). Empty without NUMA in the kernel.
std::string memory_policy_of(pid_t pid);

}  // namespace myrt::test
