#include "cgroup/devices.h"

#include <array>
#include <limits>
#include <optional>
#include <string_view>

#include "base/text.h"

namespace myrt::cgroup {

namespace {

constexpr std::int64_t kAny = -1;

struct DefaultDevice {
  char type;
  std::int64_t major;
  std::int64_t minor;
  unsigned access;
};

// /dev/console is not here: in a container it is a pseudo-terminal, and 5:1 would be the host's
// console.
constexpr std::array<DefaultDevice, 11> kDefaultDevices = {{
    {'c', kAny, kAny, kMknod},     // a node alone opens nothing
    {'b', kAny, kAny, kMknod},     //
    {'c', 1, 3, kAllAccess},       // /dev/null
    {'c', 1, 5, kAllAccess},       // /dev/zero
    {'c', 1, 7, kAllAccess},       // /dev/full
    {'c', 1, 8, kAllAccess},       // /dev/random
    {'c', 1, 9, kAllAccess},       // /dev/urandom
    {'c', 5, 0, kAllAccess},       // /dev/tty
    {'c', 5, 2, kAllAccess},       // /dev/ptmx
    {'c', 136, kAny, kAllAccess},  // /dev/pts/*
    {'c', 10, 200, kAllAccess},    // /dev/net/tun
}};

Result<std::int64_t> number(const std::optional<std::int64_t>& value, const std::string& field) {
  const std::int64_t given = value.value_or(kAny);  // engines also write -1 for any
  if (given < kAny || given > std::numeric_limits<std::uint32_t>::max()) {
    return std::unexpected(
        Error(base::concat({field, ": want a device number or -1, got ", std::to_string(given)})));
  }
  return given;
}

Result<OrderedRule> ordered_rule(const DeviceRule& rule, std::string field) {
  const unsigned access =
      (rule.mknod ? kMknod : 0) | (rule.read ? kRead : 0) | (rule.write ? kWrite : 0);
  if (access == 0) {
    return std::unexpected(Error(field + "/access: want one or more of \"r\", \"w\", \"m\""));
  }
  const std::int64_t major = MYRT_TRY(number(rule.major, field + "/major"));
  const std::int64_t minor = MYRT_TRY(number(rule.minor, field + "/minor"));
  return OrderedRule{.allow = rule.allow,
                     .type = rule.type,
                     .major = major,
                     .minor = minor,
                     .access = access,
                     .field = std::move(field)};
}

bool is_everything(const OrderedRule& rule) {
  return rule.major == kAny && rule.minor == kAny && rule.access == kAllAccess;
}

}  // namespace

Result<std::vector<OrderedRule>> ordered_rules(std::span<const DeviceRule> rules) {
  std::vector<OrderedRule> ordered;
  ordered.reserve(rules.size() + kDefaultDevices.size() + 1);
  ordered.push_back({});
  for (std::size_t i = 0; i < rules.size(); ++i) {
    OrderedRule rule =
        MYRT_TRY(ordered_rule(rules[i], "/linux/resources/devices/" + std::to_string(i)));
    if (rule.type == 'a' && !is_everything(rule)) {
      // cgroup v1 reads "a 1:3 r" as "a": what it says beyond that would be lost.
      rule.type = 'b';
      ordered.push_back(rule);
      rule.type = 'c';
    }
    ordered.push_back(std::move(rule));
  }
  for (const DefaultDevice& device : kDefaultDevices) {
    ordered.push_back({.allow = true,
                       .type = device.type,
                       .major = device.major,
                       .minor = device.minor,
                       .access = device.access,
                       .field = {}});
  }
  return ordered;
}

}  // namespace myrt::cgroup
