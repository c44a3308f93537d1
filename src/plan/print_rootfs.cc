#include <sys/mount.h>

#include <array>

#include "base/text.h"
#include "plan/print_text.h"

namespace myrt::plan {

namespace {

struct FlagWord {
  std::uint64_t flag = 0;
  std::string_view set;
  std::string_view clear;
};

// As the options are called (mount_setattr(2)). Access times are a field of their own.
constexpr std::array<FlagWord, 6> kAttributeWords = {{
    {MOUNT_ATTR_RDONLY, " ro", " rw"},
    {MOUNT_ATTR_NOSUID, " nosuid", " suid"},
    {MOUNT_ATTR_NODEV, " nodev", " dev"},
    {MOUNT_ATTR_NOEXEC, " noexec", " exec"},
    {MOUNT_ATTR_NODIRATIME, " nodiratime", " diratime"},
    {0x00200000, " nosymfollow", " symfollow"},  // MOUNT_ATTR_NOSYMFOLLOW
}};

std::string_view atime_word(const MountAttributes& attributes) {
  switch (attributes.set & MOUNT_ATTR__ATIME) {
    case MOUNT_ATTR_NOATIME:
      return " noatime";
    case MOUNT_ATTR_STRICTATIME:
      return " strictatime";
    default:
      return (attributes.clear & MOUNT_ATTR__ATIME) != 0 ? " relatime" : "";
  }
}

std::string attributes_text(const MountAttributes& attributes) {
  std::string text;
  for (const FlagWord& entry : kAttributeWords) {
    if ((attributes.set & entry.flag) != 0) {
      text += entry.set;
    } else if ((attributes.clear & entry.flag) != 0) {
      text += entry.clear;
    }
  }
  text += atime_word(attributes);
  return text;
}

std::string propagation_text(std::uint64_t flags) {
  const std::string_view recursive = (flags & MS_REC) != 0 ? "r" : "";
  const auto named = [&](std::string_view name) { return base::concat({recursive, name}); };
  if ((flags & MS_SHARED) != 0) {
    return named("shared");
  }
  if ((flags & MS_SLAVE) != 0) {
    return named("slave");
  }
  return named((flags & MS_PRIVATE) != 0 ? "private" : "unbindable");
}

std::string_view kind_word(const MountStep& step) {
  switch (step.kind) {
    case MountKind::kFilesystem:
      return "mount ";
    case MountKind::kBind:
      return step.recursive ? "rbind " : "bind ";
    case MountKind::kCgroup:
      return "mount cgroups ";
    case MountKind::kRemount:
      return "remount ";
  }
  return "";
}

std::string rules_text(const MountStep& step) {
  std::string text;
  if (!step.root_label.empty()) {
    text += ", label " + word(step.root_label);
  }
  if (step.copy_up) {
    text += ", copy up";
  }
  if (step.mode_from_directory) {
    text += ", mode of the directory";
  }
  if (step.read_only_last) {
    text += ", read-only last";
  }
  if (step.must_be_real_directory) {
    text += ", on a real directory";
  }
  return text;
}

/// A map in one line: "0 100000 65536, 65536 1000 1".
std::string map_words(std::string_view map) {
  std::string text;
  for (const std::string_view entry : base::split(map, '\n')) {
    text += base::concat({text.empty() || entry.empty() ? "" : ", ", entry});
  }
  return text;
}

std::string id_map_text(const MountIdMap& map) {
  const std::string ids = map.path.empty() ? base::concat({", uids (", map_words(map.uid_map),
                                                           ") gids (", map_words(map.gid_map), ")"})
                                           : base::concat({", ids of ", word(map.path)});
  return ids + (map.recursive ? " for the whole tree" : "");
}

std::string mount_text(const MountStep& step) {
  const std::string what = step.kind == MountKind::kFilesystem ? word(step.type) + " " : "";
  const std::string from = step.source.empty() ? "" : word(step.source) + " ";
  std::string text =
      base::concat({"  ", kind_word(step), what, from, "on ", word(step.destination)});
  text += attributes_text(step.attributes);
  const std::string whole_tree = attributes_text(step.recursive_attributes);
  if (!whole_tree.empty()) {
    text += ", whole tree" + whole_tree;
  }
  text += step.id_map.has_value() ? id_map_text(*step.id_map) : "";
  if (!step.super_flags.empty() || !step.data.empty()) {
    text += base::concat({", options", words(step.super_flags), words(step.data)});
  }
  if (step.base_propagation != 0) {
    text += ", " + propagation_text(step.base_propagation | MS_REC);
  }
  for (const unsigned long flags : step.propagation) {
    text += ", then " + propagation_text(flags);
  }
  return text + rules_text(step) + "\n";
}

std::string overlay_text(const OverlayPlan& overlay) {
  std::string text = "  overlay lower" + words(overlay.lower);
  if (!overlay.upper.empty()) {
    text += base::concat({", upper ", word(overlay.upper), ", work ", word(overlay.work)});
  } else if (!overlay.read_only) {
    text += ", upper ephemeral";
  }
  text += overlay.label.empty() ? "" : ", label " + word(overlay.label);
  return text + "\n";
}

std::string device_text(const Device& device) {
  const std::string type(1, device.type);
  std::string text =
      base::concat({"  device ", word(device.path), " ", type, " ", std::to_string(device.major),
                    ":", std::to_string(device.minor), " 0", octal(device.mode)});
  if (device.uid.has_value() || device.gid.has_value()) {
    text += base::concat({" owner ", std::to_string(device.uid.value_or(0)), ":",
                          std::to_string(device.gid.value_or(0))});
  }
  return text + "\n";
}

/// How the root comes to be "/".
std::string entry_text(const RootfsPlan& plan) {
  if (!plan.new_mount_namespace) {
    return "  chroot\n";
  }
  std::string text =
      line({"  the host's mounts ", propagation_text(plan.host_propagation | MS_REC)});
  text += line_if(plan.no_pivot, {"  chroot instead of pivot_root"});
  if (plan.root_propagation != 0) {
    const std::uint64_t recursive = plan.root_propagation_recursive ? MS_REC : 0;
    text += line({"  the container's / ", propagation_text(plan.root_propagation | recursive)});
  }
  return text;
}

}  // namespace

std::string rootfs_text(const RootfsPlan& plan) {
  std::string text = line({"rootfs ", word(plan.path), plan.read_only ? " read-only" : ""});
  text += entry_text(plan);
  text += line_if(!plan.mount_label.empty(), {"  mount label ", word(plan.mount_label)});
  text += plan.overlay.has_value() ? overlay_text(*plan.overlay) : "";
  for (const MountStep& step : plan.mounts) {
    text += mount_text(step);
  }
  for (const Device& device : plan.devices.nodes) {
    text += device_text(device);
  }
  text += line_if(plan.devices.default_links, {"  links of /dev"});
  for (const std::string& path : plan.masked_paths) {
    text += line({"  mask ", word(path)});
  }
  for (const std::string& path : plan.readonly_paths) {
    text += line({"  read-only ", word(path)});
  }
  return text;
}

}  // namespace myrt::plan
