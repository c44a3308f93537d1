// `linux.resources.devices` (config-linux.md "Device whitelist"): an ordered list of rules, in
// which the last word on a device and a kind of access counts. Pure.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <myrt/result.h>
#include <myrt/spec_resources.h>

namespace myrt::cgroup {

/// Kinds of access, with the bits of the kernel's BPF_DEVCG_ACC_*.
inline constexpr unsigned kMknod = 1;
inline constexpr unsigned kRead = 2;
inline constexpr unsigned kWrite = 4;
inline constexpr unsigned kAllAccess = kMknod | kRead | kWrite;

/// A rule as the kernel can check it.
struct OrderedRule {
  bool allow = false;
  char type = 'a';          // 'a', 'b' or 'c'; 'a' goes with any numbers and kAllAccess only
  std::int64_t major = -1;  // -1 is any
  std::int64_t minor = -1;
  unsigned access = kAllAccess;
  std::string field;  // JSON pointer of the rule; empty for those that the runtime adds
  friend bool operator==(const OrderedRule&, const OrderedRule&) = default;
};

/// All rules that are in force: first everything is denied; then `rules`, an `a` that has numbers
/// or less than all access as one rule for each type; then what every container may do: make nodes,
/// and use the devices of config-linux.md "Default Devices", its terminals and /dev/net/tun.
/// Errors: numbers out of range, no access.
Result<std::vector<OrderedRule>> ordered_rules(std::span<const DeviceRule> rules);

}  // namespace myrt::cgroup
