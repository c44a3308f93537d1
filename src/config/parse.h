// The sections of config.json, each from its place in the tree. What a section can tell by itself
// is checked here; what takes two sections, in validate.h.
#pragma once

#include <optional>
#include <vector>

#include <myrt/spec.h>

#include "config/reader.h"

namespace myrt::config {

/// uid_t and gid_t without the last one: (uid_t)-1 means "no change" to setresuid(2), so a process
/// that asked for it would keep the runtime's id.
inline constexpr std::uint32_t kMaxId = 4294967294;

Process parse_process(const Value& in);
std::vector<Mount> parse_mounts(const Value& in);
Hooks parse_hooks(const Value& in);
Linux parse_linux(const Value& in);
TimeOffsets parse_time_offsets(const Value& in);
std::vector<NetDevice> parse_net_devices(const Value& in);
std::optional<IntelRdt> parse_intel_rdt(const Value& in);
Resources parse_resources(const Value& in);
/// parse_resources() without device rules, which it does not look at.
Resources parse_limits(const Value& in);
/// No value when there is no filter: the section is absent, or says nothing at all.
std::optional<Seccomp> parse_seccomp(const Value& in);

// The next five are nothing when the section is absent (parse_execution.cc).
std::optional<Scheduler> parse_scheduler(const Value& in);
std::optional<IoPriority> parse_io_priority(const Value& in);
std::optional<ExecCpuAffinity> parse_exec_cpu_affinity(const Value& in);
std::optional<MemoryPolicy> parse_memory_policy(const Value& in);
std::optional<unsigned long> parse_personality(const Value& in);

/// NAME=value entries. The last of several with one name wins, at the place of the first.
std::vector<std::string> parse_environment(const Value& in);

}  // namespace myrt::config
