#include "cgroup/devices_v1.h"

#include <algorithm>
#include <string>
#include <utility>

#include "base/text.h"

namespace myrt::cgroup {

namespace {

constexpr std::int64_t kAny = -1;

std::string number_text(std::int64_t number) {
  return number == kAny ? "*" : std::to_string(number);
}

/// "c 1:3 rwm"
std::string rule_text(const OrderedRule& rule) {
  std::string access;
  access += (rule.access & kRead) != 0 ? "r" : "";
  access += (rule.access & kWrite) != 0 ? "w" : "";
  access += (rule.access & kMknod) != 0 ? "m" : "";
  return base::concat({std::string_view(&rule.type, 1), " ", number_text(rule.major), ":",
                       number_text(rule.minor), " ", access});
}

bool covers(std::int64_t number, std::int64_t other) { return number == kAny || number == other; }

/// Whether each device that `other` means is one that `rule` means.
bool covers_devices(const OrderedRule& rule, const OrderedRule& other) {
  return rule.type == other.type && covers(rule.major, other.major) &&
         covers(rule.minor, other.minor);
}

bool overlaps(const OrderedRule& rule, const OrderedRule& other) {
  return rule.type == other.type && (rule.access & other.access) != 0 &&
         (covers(rule.major, other.major) || covers(other.major, rule.major)) &&
         (covers(rule.minor, other.minor) || covers(other.minor, rule.minor));
}

/// What the kernel keeps for one cgroup, and the writes that have brought it there.
class DevicesController {
 public:
  Result<void> apply(const OrderedRule& rule) {
    if (rule.type == 'a') {
      set_default(rule);
      return {};
    }
    if (rule.allow != allow_by_default_) {
      add_exception(rule);
      return {};
    }
    return remove_exceptions(rule);
  }

  std::vector<FileWrite> take_writes() { return std::move(writes_); }

 private:
  void write(const OrderedRule& rule) {
    writes_.push_back({.file = rule.allow ? "devices.allow" : "devices.deny",
                       .value = rule_text(rule),
                       .field = rule.field});
  }

  void set_default(const OrderedRule& rule) {
    // A new cgroup has its parent's rules, so the first default is always written.
    if (!writes_.empty() && rule.allow == allow_by_default_ && exceptions_.empty()) {
      return;
    }
    allow_by_default_ = rule.allow;
    exceptions_.clear();
    write(rule);
  }

  void add_exception(const OrderedRule& rule) {
    const auto includes = [&](const OrderedRule& exception) {
      return covers_devices(exception, rule) && (rule.access & ~exception.access) == 0;
    };
    if (std::ranges::any_of(exceptions_, includes)) {
      return;
    }
    write(rule);
    // As the kernel does: one exception for the same numbers, with the access of both.
    const auto same = [&](const OrderedRule& exception) {
      return covers_devices(exception, rule) && covers_devices(rule, exception);
    };
    const auto known = std::ranges::find_if(exceptions_, same);
    if (known == exceptions_.end()) {
      exceptions_.push_back(rule);
    } else {
      known->access |= rule.access;
    }
  }

  /// The kernel takes back only exceptions with exactly the numbers that it is told.
  Result<void> remove_exceptions(const OrderedRule& rule) {
    for (OrderedRule& exception : exceptions_) {
      if (!overlaps(rule, exception)) {
        continue;
      }
      if (!covers_devices(rule, exception)) {
        // The rules that the runtime adds have no place in config.json.
        const std::string& field = rule.field.empty() ? exception.field : rule.field;
        return std::unexpected(
            Error(base::concat({field, ": cgroup v1 cannot take \"", rule_text(rule),
                                "\" out of \"", rule_text(exception), "\""})));
      }
      OrderedRule exact = rule;
      exact.major = exception.major;
      exact.minor = exception.minor;
      write(exact);
      exception.access &= ~rule.access;
    }
    std::erase_if(exceptions_, [](const OrderedRule& exception) { return exception.access == 0; });
    return {};
  }

  bool allow_by_default_ = false;
  std::vector<OrderedRule> exceptions_;
  std::vector<FileWrite> writes_;
};

}  // namespace

Result<std::vector<FileWrite>> device_writes_v1(std::span<const OrderedRule> rules) {
  DevicesController controller;
  for (const OrderedRule& rule : rules) {
    MYRT_TRY(controller.apply(rule));
  }
  return controller.take_writes();
}

}  // namespace myrt::cgroup
