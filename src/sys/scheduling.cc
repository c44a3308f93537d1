#include "sys/scheduling.h"

#include <linux/ioprio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "base/execution_text.h"
#include "base/number_set.h"

namespace myrt::sys {

namespace {

/// struct sched_attr of include/uapi/linux/sched/types.h, which cannot stand beside glibc's
/// <sched.h>: SCHED_ATTR_SIZE_VER1, Linux 5.3.
struct SchedAttr {
  std::uint32_t size;
  std::uint32_t policy;
  std::uint64_t flags;
  std::int32_t nice;
  std::uint32_t priority;
  std::uint64_t runtime;
  std::uint64_t deadline;
  std::uint64_t period;
  std::uint32_t util_min;  // config.json has no field for these two
  std::uint32_t util_max;
};
static_assert(sizeof(SchedAttr) == 56);

// The kernel takes these sets as arrays of unsigned long.
static_assert(sizeof(unsigned long) == sizeof(NumberSet::value_type));

Result<void> done(long result, std::string_view call, const std::string& argument) {
  if (result < 0) {
    const int code = errno;
    return std::unexpected(Error::from_code(code, {call, " ", argument}));
  }
  return {};
}

}  // namespace

Result<void> sched_setattr(pid_t pid, const Scheduler& scheduler) {
  const std::string text = base::scheduler_text(scheduler);
  const SchedAttr attr{.size = sizeof(SchedAttr),
                       .policy = scheduler.policy,
                       .flags = scheduler.flags,
                       .nice = scheduler.nice,
                       .priority = scheduler.priority,
                       .runtime = scheduler.runtime,
                       .deadline = scheduler.deadline,
                       .period = scheduler.period,
                       .util_min = 0,
                       .util_max = 0};
  return done(::syscall(SYS_sched_setattr, pid, &attr, 0U), "sched_setattr", text);
}

Result<void> ioprio_set(pid_t pid, const IoPriority& priority) {
  const std::string text = base::io_priority_text(priority);
  const int value = priority.io_class << IOPRIO_CLASS_SHIFT | priority.priority;
  return done(::syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, pid, value), "ioprio_set", text);
}

Result<NumberSet> sched_getaffinity() {
  NumberSet cpus(base::kMaxCpus / 64);
  const long bytes =
      ::syscall(SYS_sched_getaffinity, 0, cpus.size() * sizeof(cpus[0]), cpus.data());
  if (bytes < 0) {
    return std::unexpected(Error::from_errno({"sched_getaffinity"}));
  }
  while (!cpus.empty() && cpus.back() == 0) {
    cpus.pop_back();
  }
  return cpus;
}

Result<void> sched_setaffinity(const NumberSet& cpus) {
  const std::string text = base::number_list(cpus);
  return done(::syscall(SYS_sched_setaffinity, 0, cpus.size() * sizeof(cpus[0]), cpus.data()),
              "sched_setaffinity", text);
}

Result<void> set_mempolicy(const MemoryPolicy& policy) {
  const std::string text = base::memory_policy_text(policy);
  // The kernel reads one bit less than it is told (get_nodes, mm/mempolicy.c).
  const std::size_t bits = policy.nodes.empty() ? 0 : policy.nodes.size() * 64 + 1;
  const std::uint64_t* nodes = policy.nodes.empty() ? nullptr : policy.nodes.data();
  return done(::syscall(SYS_set_mempolicy, policy.mode | policy.flags, nodes, bits),
              "set_mempolicy", text);
}

Result<void> set_personality(unsigned long personality) {
  const std::string text = base::personality_text(personality);
  return done(::syscall(SYS_personality, personality), "personality", text);
}

}  // namespace myrt::sys
