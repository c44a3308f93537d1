// Typed form of config.json's `process` (runtime-spec 1.3.0, config.md "Process").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <myrt/spec_execution.h>

namespace myrt {

/// One `process.rlimits` entry. `resource` is the kernel's number (RLIMIT_NOFILE ...); limits as in
/// setrlimit(2).
struct Rlimit {
  int resource = 0;
  std::uint64_t soft = 0;
  std::uint64_t hard = 0;
  friend bool operator==(const Rlimit&, const Rlimit&) = default;
};

/// The five capability sets as bit masks (bit n = capability number n). Unknown names are in
/// Spec::warnings.
struct CapabilitySets {
  std::uint64_t bounding = 0;
  std::uint64_t effective = 0;
  std::uint64_t permitted = 0;
  std::uint64_t inheritable = 0;
  std::uint64_t ambient = 0;
  friend bool operator==(const CapabilitySets&, const CapabilitySets&) = default;
};

/// Ids are 0..4294967294: (uid_t)-1 means "no change" to the kernel and is refused.
struct User {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::optional<std::uint32_t> umask;  // 0..0777
  std::vector<std::uint32_t> additional_gids;
  friend bool operator==(const User&, const User&) = default;
};

/// Size of the terminal in character cells.
struct ConsoleSize {
  std::uint16_t height = 0;
  std::uint16_t width = 0;
  friend bool operator==(const ConsoleSize&, const ConsoleSize&) = default;
};

struct Process {
  bool terminal = false;
  std::optional<ConsoleSize> console_size;
  User user;
  std::vector<std::string> args;  // not empty
  std::vector<std::string>
      env;          // NAME=value, unique names, the last of duplicates at the first one's place
  std::string cwd;  // absolute
  CapabilitySets capabilities;  // all empty when absent
  std::vector<Rlimit> rlimits;  // unique resources
  bool no_new_privileges = false;
  std::string apparmor_profile;      // empty: the runtime's own
  std::string selinux_label;         // empty: the one that the policy chooses
  std::optional<int> oom_score_adj;  // -1000..1000
  std::optional<Scheduler> scheduler;
  std::optional<IoPriority> io_priority;
  std::optional<ExecCpuAffinity> exec_cpu_affinity;  // not for the container's own process
  friend bool operator==(const Process&, const Process&) = default;
};

}  // namespace myrt
