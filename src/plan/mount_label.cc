// linux.mountLabel (config-linux.md "Mount Label"): SELinux gives all files of a mount with the
// option `context` that label (mount(8), "context=context").
#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"
#include "plan/parts.h"

namespace myrt::plan {

namespace {

// One instance for all who mount it, labelled by the policy: another label is refused (EINVAL).
constexpr std::array<std::string_view, 4> kLabelledByPolicy = {"cgroup", "cgroup2", "proc",
                                                               "sysfs"};

constexpr std::array<std::string_view, 4> kLabelOptions = {
    "context=", "defcontext=", "fscontext=", "rootcontext="};

/// The key of an option that is a label, with its '='; else empty.
std::string_view label_key(std::string_view option) {
  const auto key = std::ranges::find_if(
      kLabelOptions, [option](std::string_view one) { return option.starts_with(one); });
  return key == kLabelOptions.end() ? std::string_view() : *key;
}

/// mount(2) takes a label in quotes, since it may have commas; fsconfig(2) has one option a call,
/// and takes quotes for a part of the label.
std::string unquoted(std::string_view option, std::string_view key) {
  std::string_view value = option.substr(key.size());
  if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) {
    value = value.substr(1, value.size() - 2);
  }
  return base::concat({key, value});
}

}  // namespace

MountStep labelled(MountStep step, const std::string& label) {
  if (step.kind != MountKind::kFilesystem && step.kind != MountKind::kRemount) {
    return step;
  }
  bool has_own = false;
  for (std::string& option : step.data) {
    const std::string_view key = label_key(option);
    if (!key.empty()) {
      has_own = true;
      option = unquoted(option, key);
    }
  }
  const bool by_policy = std::ranges::find(kLabelledByPolicy, step.type) != kLabelledByPolicy.end();
  if (label.empty() || has_own || by_policy || step.kind == MountKind::kRemount) {
    return step;
  }
  if (step.type == "mqueue") {
    step.root_label = label;  // one instance for the whole ipc namespace, which takes no options
  } else {
    step.data.push_back("context=" + label);
  }
  return step;
}

}  // namespace myrt::plan
