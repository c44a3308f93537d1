// Typed form of config.json's `linux.seccomp` (runtime-spec 1.3.0, config-linux.md "Seccomp").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace myrt {

enum class SeccompAction {
  kKillProcess,
  kKillThread,
  kTrap,
  kErrno,
  kTrace,
  kAllow,
  kLog,
  kNotify
};

enum class SeccompOperator {
  kNotEqual,
  kLess,
  kLessOrEqual,
  kEqual,
  kGreaterOrEqual,
  kGreater,
  kMaskedEqual
};

struct SeccompArgument {
  std::uint32_t index = 0;  // 0..5
  std::uint64_t value = 0;
  std::uint64_t value_two = 0;
  SeccompOperator op = SeccompOperator::kEqual;
  friend bool operator==(const SeccompArgument&, const SeccompArgument&) = default;
};

struct SeccompRule {
  std::vector<std::string> names;  // not empty
  SeccompAction action = SeccompAction::kAllow;
  std::optional<std::uint32_t> errno_ret;  // only with kErrno and kTrace
  std::vector<SeccompArgument> args;
  friend bool operator==(const SeccompRule&, const SeccompRule&) = default;
};

/// Flags are SECCOMP_FILTER_FLAG_* names as the spec writes them.
struct Seccomp {
  SeccompAction default_action = SeccompAction::kAllow;
  std::optional<std::uint32_t> default_errno_ret;
  std::vector<std::string> architectures;  // SCMP_ARCH_*, names of the spec
  std::optional<std::vector<std::string>>
      flags;  // absent and empty differ (absent: SPEC_ALLOW where supported)
  std::string listener_path;
  std::string listener_metadata;
  std::vector<SeccompRule> syscalls;
  friend bool operator==(const Seccomp&, const Seccomp&) = default;
};

}  // namespace myrt
