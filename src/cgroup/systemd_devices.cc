#include <algorithm>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "cgroup/systemd_properties.h"

namespace myrt::cgroup {

namespace {

bool covers(std::int64_t wide, std::int64_t narrow) { return wide == -1 || wide == narrow; }
bool meets(std::int64_t one, std::int64_t other) {
  return one == -1 || other == -1 || one == other;
}

/// Whether `deny` takes back nothing else of `allow` than whole kinds of access.
bool is_whole(const OrderedRule& allow, const OrderedRule& deny) {
  return covers(deny.major, allow.major) && covers(deny.minor, allow.minor);
}

bool overlap(const OrderedRule& one, const OrderedRule& other) {
  return one.type == other.type && meets(one.major, other.major) && meets(one.minor, other.minor) &&
         (one.access & other.access) != 0;
}

/// systemd's "strict" and a list, or everything.
struct Allowed {
  bool everything = false;
  std::vector<OrderedRule> rules;
};

void deny(Allowed& allowed, const OrderedRule& rule, bool v2) {
  if (allowed.everything) {
    allowed.everything = v2;
    return;
  }
  for (OrderedRule& known : allowed.rules) {
    if (overlap(known, rule) && (is_whole(known, rule) || !v2)) {
      known.access &= ~rule.access;
    }
  }
  std::erase_if(allowed.rules, [](const OrderedRule& known) { return known.access == 0; });
}

Allowed allowed_by(std::span<const OrderedRule> rules, bool v2) {
  Allowed allowed;
  for (const OrderedRule& rule : rules) {
    if (rule.type == 'a') {
      allowed = {.everything = rule.allow, .rules = {}};
    } else if (!rule.allow) {
      deny(allowed, rule, v2);
    } else if (!allowed.everything) {
      allowed.rules.push_back(rule);
    }
  }
  return allowed;
}

/// The device in systemd's words; empty: it has none for all devices of one minor number.
std::string node_of(const OrderedRule& rule, bool v2) {
  const std::string_view kind = rule.type == 'b' ? "block" : "char";
  if (rule.major != -1 && rule.minor != -1) {
    return base::concat(
        {"/dev/", kind, "/", std::to_string(rule.major), ":", std::to_string(rule.minor)});
  }
  if (rule.major != -1) {
    return base::concat({kind, "-", std::to_string(rule.major)});
  }
  return rule.minor == -1 || v2 ? base::concat({kind, "-*"}) : "";
}

std::string access_text(unsigned access) {
  return base::concat({(access & kRead) != 0 ? "r" : "", (access & kWrite) != 0 ? "w" : "",
                       (access & kMknod) != 0 ? "m" : ""});
}

}  // namespace

std::vector<UnitProperty> device_properties(std::span<const OrderedRule> rules, bool v2) {
  const Allowed allowed = allowed_by(rules, v2);
  UnitProperty list{.name = "DeviceAllow", .signature = "a(ss)", .values = {""}};
  std::size_t count = 0;
  for (const OrderedRule& rule : allowed.rules) {
    std::string node = node_of(rule, v2);
    if (!node.empty()) {
      list.values.push_back(std::move(node));
      list.values.push_back(access_text(rule.access));
      ++count;
    }
  }
  list.values.front() = std::to_string(count);
  return {{.name = "DevicePolicy",
           .signature = "s",
           .values = {allowed.everything ? "auto" : "strict"}},
          std::move(list)};
}

}  // namespace myrt::cgroup
