// How the kernel runs the process: scheduler, I/O priority, CPUs, memory policy, execution domain.
#include <linux/mempolicy.h>
#include <linux/sched.h>

#include <tuple>

#include "base/number_set.h"
#include "config/parse.h"

namespace myrt::config {

namespace {

// The kernel counts a deadline's runtime in units of 2^10 nanoseconds and takes the highest bit of
// its times for an overflow (__checkparam_dl, kernel/sched/deadline.c).
constexpr std::uint64_t kMinRuntime = 1024;
constexpr std::uint64_t kMaxTime = (std::uint64_t{1} << 63U) - 1;

/// A field that goes with other policies. Engines write 0 for what they leave out.
template <std::integral T>
void want_unset(const Value& in, std::string_view owners) {
  if (in.integer<T>().value_or(0) != 0) {
    in.want(base::concat({"0 or nothing, as it is for ", owners, " alone"}));
  }
}

std::int32_t parse_nice(const Value& in, std::uint32_t policy) {
  if (policy == SCHED_NORMAL || policy == SCHED_BATCH) {
    return in.integer<std::int32_t>(-20, 19).value_or(0);
  }
  want_unset<std::int32_t>(in, "SCHED_OTHER and SCHED_BATCH");
  return 0;
}

std::uint32_t parse_priority(const Value& in, std::uint32_t policy) {
  if (policy == SCHED_FIFO || policy == SCHED_RR) {
    return in.need("priority").integer<std::uint32_t>(1, 99).value_or(0);
  }
  want_unset<std::int32_t>(in["priority"], "SCHED_FIFO and SCHED_RR");
  return 0;
}

/// Times, which only SCHED_DEADLINE has.
Scheduler parse_times(const Value& in, Scheduler scheduler) {
  if (scheduler.policy != SCHED_DEADLINE) {
    for (const std::string_view field : {"runtime", "deadline", "period"}) {
      want_unset<std::uint64_t>(in[field], "SCHED_DEADLINE");
    }
    return scheduler;
  }
  const auto runtime = in.need("runtime").integer<std::uint64_t>(kMinRuntime, kMaxTime);
  const Value deadline_place = in.need("deadline");
  const auto deadline = deadline_place.integer<std::uint64_t>(0, kMaxTime);
  const Value period_place = in["period"];
  scheduler.runtime = runtime.value_or(0);
  scheduler.deadline = deadline.value_or(0);
  scheduler.period = period_place.integer<std::uint64_t>(0, kMaxTime).value_or(0);
  if (runtime.has_value() && deadline.has_value() && *deadline < *runtime) {
    deadline_place.want(base::concat({"at least the runtime ", std::to_string(*runtime)}));
  }
  if (deadline.has_value() && scheduler.period != 0 && scheduler.period < *deadline) {
    period_place.want(base::concat({"0 or at least the deadline ", std::to_string(*deadline)}));
  }
  return scheduler;
}

/// The fields of a policy that is not known: each can still be wrong by itself.
void check_alone(const Value& in) {
  std::ignore = in["nice"].integer<int>(-20, 19);
  std::ignore = in["priority"].integer<int>(0, 99);
  for (const std::string_view field : {"runtime", "deadline", "period"}) {
    std::ignore = in[field].integer<std::uint64_t>(0, kMaxTime);
  }
}

std::optional<std::uint32_t> parse_policy(const Value& in) {
  if (in.kind() == NodeKind::kString && in.text() == "SCHED_ISO") {
    in.fault("SCHED_ISO is not supported: Linux has the name only");
    return std::nullopt;
  }
  return in.word(scheduler_policies(), "a scheduling policy");
}

/// The flags of an array of names.
template <typename T>
T parse_flags(const Value& in, std::span<const Named<T>> table, std::string_view noun) {
  T flags = 0;
  for (const Value& value : in.elements("an array of strings")) {
    flags |= value.word(table, noun).value_or(0);
  }
  return flags;
}

NumberSet parse_numbers(const Value& in, std::size_t limit, std::string_view noun) {
  const std::string list = in.text();
  if (list.empty()) {
    return {};
  }
  std::optional<NumberSet> set = base::parse_number_list(list, limit);
  if (!set.has_value()) {
    in.want(base::concat(
        {"a list of ", noun, " from 0 to ", std::to_string(limit - 1), ", such as \"0-3,7\""}));
  }
  return set.value_or(NumberSet{});
}

/// Whether the nodes are as many as the mode takes (config-linux.md, "Memory Policy"). Only
/// MPOL_PREFERRED takes either.
void check_nodes(const Value& in, int mode) {
  const bool none = mode == MPOL_DEFAULT || mode == MPOL_LOCAL;
  if (none && !in.is_empty()) {
    in.want("no nodes with this mode");
  } else if (!none && mode != MPOL_PREFERRED && in.is_empty()) {
    in.want("at least one memory node with this mode");
  }
}

}  // namespace

std::optional<Scheduler> parse_scheduler(const Value& in) {
  if (!in.object()) {
    return std::nullopt;
  }
  const std::optional<std::uint32_t> policy = parse_policy(in.need("policy"));
  Scheduler scheduler{.flags = parse_flags(in["flags"], scheduler_flags(), "a scheduling flag")};
  if (!policy.has_value()) {
    check_alone(in);
    return scheduler;
  }
  scheduler.policy = *policy;
  scheduler.nice = parse_nice(in["nice"], *policy);
  scheduler.priority = parse_priority(in, *policy);
  return parse_times(in, scheduler);
}

std::optional<IoPriority> parse_io_priority(const Value& in) {
  if (!in.object()) {
    return std::nullopt;
  }
  return IoPriority{
      .io_class =
          in.need("class").word(io_priority_classes(), "an I/O scheduling class").value_or(0),
      .priority = in.need("priority").integer<int>(0, 7).value_or(0)};
}

std::optional<ExecCpuAffinity> parse_exec_cpu_affinity(const Value& in) {
  if (!in.object()) {
    return std::nullopt;
  }
  return ExecCpuAffinity{.initial = parse_numbers(in["initial"], base::kMaxCpus, "CPUs"),
                         .final = parse_numbers(in["final"], base::kMaxCpus, "CPUs")};
}

std::optional<MemoryPolicy> parse_memory_policy(const Value& in) {
  if (!in.object()) {
    return std::nullopt;
  }
  constexpr int kBothKinds = MPOL_F_STATIC_NODES | MPOL_F_RELATIVE_NODES;
  const Value nodes = in["nodes"];
  const std::optional<int> mode = in.need("mode").word(memory_policy_modes(), "a memory policy");
  MemoryPolicy policy{
      .mode = mode.value_or(MPOL_DEFAULT),
      .flags = parse_flags(in["flags"], memory_policy_flags(), "a memory policy's flag"),
      .nodes = parse_numbers(nodes, base::kMaxNodes, "memory nodes")};
  if (mode.has_value()) {
    check_nodes(nodes, *mode);
  }
  if ((policy.flags & kBothKinds) == kBothKinds) {
    in["flags"].fault("want MPOL_F_RELATIVE_NODES or MPOL_F_STATIC_NODES, got both");
  }
  return policy;
}

std::optional<unsigned long> parse_personality(const Value& in) {
  if (!in.object()) {
    return std::nullopt;
  }
  for (const Value& flag : in["flags"].elements("an array of strings")) {
    if (const std::optional<std::string_view> name = flag.string(); name.has_value()) {
      flag.fault(base::quote(*name) + " is not supported: the specification has no flags");
    }
  }
  return in.need("domain").word(personalities(), "an execution domain");
}

}  // namespace myrt::config
