#include "cgroup/systemd_annotations.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <optional>

#include "base/text.h"

namespace myrt::cgroup {

namespace {

constexpr std::string_view kPrefix = "org.systemd.property.";

/// What the runtime decides: where the processes are, and what they may do.
constexpr std::array<std::string_view, 9> kOwn = {
    "ControlGroup",     "Delegate",    "DelegateControllers",
    "DelegateSubgroup", "DeviceAllow", "DevicePolicy",
    "PIDFDs",           "PIDs",        "Slice"};

/// What starts or stops other units, or the machine.
constexpr std::array<std::string_view, 26> kBeyond = {"BindsTo",
                                                      "BoundBy",
                                                      "ConflictedBy",
                                                      "Conflicts",
                                                      "FailureAction",
                                                      "JobTimeoutAction",
                                                      "JoinsNamespaceOf",
                                                      "OnFailure",
                                                      "OnSuccess",
                                                      "PartOf",
                                                      "PropagatesReloadTo",
                                                      "PropagatesStopTo",
                                                      "RebootArgument",
                                                      "ReloadPropagatedFrom",
                                                      "RequiredBy",
                                                      "Requires",
                                                      "RequiresMountsFor",
                                                      "Requisite",
                                                      "StartLimitAction",
                                                      "StopPropagatedFrom",
                                                      "SuccessAction",
                                                      "TriggeredBy",
                                                      "Triggers",
                                                      "UpheldBy",
                                                      "Upholds",
                                                      "Wants"};

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

Result<void> check_name(std::string_view name) {
  if (name.empty() || !std::ranges::all_of(name, is_letter)) {
    return std::unexpected(Error("is not the name of a property"));
  }
  if (std::ranges::find(kOwn, name) != kOwn.end()) {
    return std::unexpected(Error("is set by the runtime itself"));
  }
  if (std::ranges::find(kBeyond, name) != kBeyond.end()) {
    return std::unexpected(Error("acts on other units than the container's own"));
  }
  return {};
}

/// "TimeoutStopSec", but not "Sec" after a capital letter.
bool is_in_seconds(std::string_view name) {
  constexpr std::string_view kSeconds = "Sec";
  if (!name.ends_with(kSeconds) || name.size() == kSeconds.size()) {
    return false;
  }
  const char before = name[name.size() - kSeconds.size() - 1];
  return before >= 'a' && before <= 'z';
}

Result<void> seconds_to_microseconds(UnitProperty& property) {
  constexpr double kMost = 1e12;
  const double seconds =
      property.values.size() == 1 ? std::strtod(property.values.front().c_str(), nullptr) : -1.0;
  if (std::string_view("ynqiuxtd").find(property.signature) == std::string_view::npos ||
      !(seconds >= 0 && seconds <= kMost)) {
    return std::unexpected(Error("want a number of seconds"));
  }
  property.signature = "t";
  property.values.front() = std::to_string(static_cast<std::uint64_t>(std::llround(seconds * 1e6)));
  return {};
}

Result<UnitProperty> property_of(std::string_view name, std::string_view text) {
  MYRT_TRY(check_name(name));
  UnitProperty property = MYRT_TRY(parse_variant(text));
  property.name = name;
  if (is_in_seconds(name)) {
    MYRT_TRY(seconds_to_microseconds(property));
    property.name.insert(property.name.size() - 3, "U");
  }
  return property;
}

}  // namespace

Result<std::vector<UnitProperty>> annotated_properties(
    std::span<const std::pair<std::string, std::string>> annotations) {
  std::vector<UnitProperty> properties;
  for (const auto& [key, text] : annotations) {
    if (key.starts_with(kPrefix)) {
      properties.push_back(MYRT_TRY(
          in(base::concat({"/annotations/", key}), property_of(key.substr(kPrefix.size()), text))));
    }
  }
  return properties;
}

}  // namespace myrt::cgroup
