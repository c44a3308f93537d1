// Typed form of what config.json says of how the kernel runs the process: on which processors,
// from which memory, with which priority (runtime-spec 1.3.0, config.md "Linux Process",
// config-linux.md "Memory Policy").
#pragma once

#include <cstdint>
#include <vector>

namespace myrt {

/// Numbers of CPUs or of memory nodes: bit n % 64 of element n / 64. The last element is never 0.
using NumberSet = std::vector<std::uint64_t>;

/// `process.scheduler`, as sched_setattr(2) takes it. What does not go with the policy is 0.
struct Scheduler {
  std::uint32_t policy = 0;    // SCHED_OTHER ...
  std::uint64_t flags = 0;     // SCHED_FLAG_*
  std::int32_t nice = 0;       // -20..19, of SCHED_OTHER and SCHED_BATCH
  std::uint32_t priority = 0;  // 1..99, of SCHED_FIFO and SCHED_RR
  // Nanoseconds, of SCHED_DEADLINE: 1024 <= runtime <= deadline <= period, which is the deadline
  // when 0.
  std::uint64_t runtime = 0;
  std::uint64_t deadline = 0;
  std::uint64_t period = 0;
  friend bool operator==(const Scheduler&, const Scheduler&) = default;
};

/// `process.ioPriority` (ioprio_set(2)).
struct IoPriority {
  int io_class = 0;  // IOPRIO_CLASS_*
  int priority = 0;  // 0 (highest) ..7
  friend bool operator==(const IoPriority&, const IoPriority&) = default;
};

/// `process.execCPUAffinity`: the CPUs of a process of `exec` before and after it has entered the
/// container's cgroup. Empty: as they are.
struct ExecCpuAffinity {
  NumberSet initial;
  NumberSet final;
  friend bool operator==(const ExecCpuAffinity&, const ExecCpuAffinity&) = default;
};

/// `linux.memoryPolicy` (set_mempolicy(2)).
struct MemoryPolicy {
  int mode = 0;     // MPOL_DEFAULT ...
  int flags = 0;    // MPOL_F_*
  NumberSet nodes;  // as the mode wants it: see config-linux.md
  friend bool operator==(const MemoryPolicy&, const MemoryPolicy&) = default;
};

}  // namespace myrt
