// The words of config.json that stand for a number: one sorted table for each kind, searched by the
// parser and printed by `features`.
#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include <myrt/spec.h>

#include "base/named.h"

namespace myrt::config {

using base::Named;

/// The entry `name` of a table sorted by name, or nullptr. Names are case-sensitive.
template <typename Entry>
const Entry* find_name(std::span<const Entry> table, std::string_view name) {
  const auto found = std::ranges::lower_bound(table, name, {}, &Entry::name);
  return found != table.end() && found->name == name ? &*found : nullptr;
}

/// The names of a table, joined by ", ".
template <typename Entry>
std::string name_list(std::span<const Entry> table) {
  std::string names;
  for (const Entry& entry : table) {
    names += names.empty() ? "" : ", ";
    names += entry.name;
  }
  return names;
}

/// CAP_* to the kernel's number (linux/capability.h).
std::span<const Named<int>> capabilities();
/// RLIMIT_* to the kernel's number (sys/resource.h).
std::span<const Named<int>> rlimits();
/// The types of `linux.namespaces`.
std::span<const Named<NamespaceKind>> namespaces();
/// The values of `linux.rootfsPropagation` to MS_* flags (mount(2)); mounts take them as options,
/// too.
std::span<const Named<unsigned long>> propagations();
/// SCMP_ACT_*.
std::span<const Named<SeccompAction>> seccomp_actions();
/// SCMP_CMP_*.
std::span<const Named<SeccompOperator>> seccomp_operators();

/// SCHED_*, those of config.md that Linux has: not SCHED_ISO.
std::span<const Named<std::uint32_t>> scheduler_policies();
/// SCHED_FLAG_*.
std::span<const Named<std::uint64_t>> scheduler_flags();
/// IOPRIO_CLASS_*.
std::span<const Named<int>> io_priority_classes();
/// MPOL_*.
std::span<const Named<int>> memory_policy_modes();
/// MPOL_F_*.
std::span<const Named<int>> memory_policy_flags();
/// The values of `linux.personality.domain` to PER_* (personality(2)).
std::span<const Named<unsigned long>> personalities();

/// A name that needs no number here.
struct Name {
  std::string_view name;
};
/// SCMP_ARCH_*, those of config-linux.md.
std::span<const Name> seccomp_architectures();
/// SECCOMP_FILTER_FLAG_*, those of config-linux.md.
std::span<const Name> seccomp_flags();

}  // namespace myrt::config
