// What two or more sections of a Spec must agree on (runtime-spec, config.md and config-linux.md),
// as far as the text alone can tell.
#pragma once

#include <array>
#include <span>
#include <string_view>

#include <myrt/spec.h>

#include "config/faults.h"

namespace myrt::config {

/// One rule. It is not asked when parsing found a fault in what it reads: it would only tell of the
/// consequences.
struct Check {
  std::array<std::string_view, 4> reads;  // JSON pointers; "" for none
  void (*run)(const Spec& spec, Findings& findings);
};

/// Adds what is wrong with a parsed spec, all of it.
void validate(const Spec& spec, Findings& findings);

/// The rules about `linux`.
std::span<const Check> linux_checks();

/// The rules about `mounts`.
std::span<const Check> mount_checks();

}  // namespace myrt::config
