#include <sys/mount.h>

#include <algorithm>
#include <array>
#include <optional>

#include "base/paths.h"
#include "base/text.h"
#include "plan/parts.h"

namespace myrt::plan {

namespace {

// What may be mounted below /proc: files that lxcfs and its like put there, and none by which a
// runtime sets restrictions (CVE-2019-19921, CVE-2023-27561: a runtime wrote to attr/ and sys/ of a
// procfs that the image had faked).
constexpr std::array<std::string_view, 10> kFilesBelowProc = {
    "/proc/cpuinfo",
    "/proc/diskstats",
    "/proc/loadavg",
    "/proc/meminfo",
    "/proc/slabinfo",
    "/proc/stat",
    "/proc/swaps",
    "/proc/sys/crypto/fips_enabled",
    "/proc/sys/kernel/ns_last_pid",
    "/proc/uptime",
};

/// One entry and its place in the config.
struct Entry {
  const Mount& mount;
  std::string pointer;  // "/mounts/0"
};

std::unexpected<Error> fault(const Entry& entry, std::string_view field, std::string_view text) {
  return std::unexpected(Error(base::concat({entry.pointer, "/", field, ": ", text})));
}

Result<MountKind> kind_of(const Entry& entry) {
  const Mount& mount = entry.mount;
  if (mount.remount) {
    return MountKind::kRemount;
  }
  if (mount.bind) {
    return mount.source.empty() ? fault(entry, "source", "a bind mount needs one")
                                : Result<MountKind>(MountKind::kBind);
  }
  if (mount.type.empty()) {
    return fault(entry, "type", "needed, as this is no bind mount");
  }
  return mount.type == "cgroup" ? MountKind::kCgroup : MountKind::kFilesystem;
}

/// Whether `step` may be what it wants to be on or below /proc. That a tree bound to /proc is a
/// procfs is for the one who has it open to check.
bool is_allowed_at_proc(const MountStep& step) {
  if (step.kind == MountKind::kRemount) {
    return true;
  }
  if (step.destination == "/proc") {
    return step.kind == MountKind::kBind || step.type == "proc";
  }
  return !base::is_below(step.destination, "/proc") ||
         (step.kind == MountKind::kBind &&
          std::ranges::find(kFilesBelowProc, step.destination) != kFilesBelowProc.end());
}

bool has_mode(const std::vector<std::string>& data) {
  return std::ranges::any_of(data,
                             [](const std::string& word) { return word.starts_with("mode="); });
}

void set_file_system_rules(MountStep& step) {
  const bool is_tmpfs = step.type == "tmpfs";
  // tmpfs's own default, 1777, is right for /tmp but opens a home directory to everybody.
  step.mode_from_directory = is_tmpfs && !has_mode(step.data);
  // Device nodes and the mount points of later entries have still to be made there.
  step.read_only_last = (is_tmpfs || step.destination == "/dev") && is_read_only(step);
}

/// rootfsPropagation is that of all the container's mounts: a bind mount keeps its peers on the
/// host only when it is shared (config-linux.md, "Rootfs Mount Propagation").
std::uint64_t base_propagation(unsigned long rootfs_propagation) {
  if ((rootfs_propagation & MS_SHARED) != 0) {
    return 0;
  }
  const bool is_private = (rootfs_propagation & (MS_PRIVATE | MS_UNBINDABLE)) != 0;
  return is_private ? MS_PRIVATE : MS_SLAVE;
}

/// The ids in options of file systems: the kernel refuses one that has no mapping without a word on
/// which (EINVAL).
Result<void> check_ids(const Entry& entry, const Linux& linux) {
  struct Key {
    std::string_view prefix;
    const std::vector<IdMapping>& mappings;
    std::string_view mappings_pointer;
  };
  const std::array<Key, 2> keys = {{{"uid=", linux.uid_mappings, "/linux/uidMappings"},
                                    {"gid=", linux.gid_mappings, "/linux/gidMappings"}}};
  for (const std::string& option : entry.mount.data) {
    for (const Key& key : keys) {
      const auto id = option.starts_with(key.prefix)
                          ? base::parse_integer<std::uint32_t>(option.substr(key.prefix.size()))
                          : std::nullopt;
      // Without mappings there is no user namespace, or one that only the kernel knows.
      if (id.has_value() && !key.mappings.empty() && !host_id(key.mappings, *id).has_value()) {
        return fault(entry, "options",
                     base::concat({option, ": no entry of ", key.mappings_pointer, " covers ",
                                   std::to_string(*id)}));
      }
    }
  }
  return {};
}

bool takes_ids(std::string_view type) { return type == "devpts" || type == "tmpfs"; }

Result<MountStep> mount_step(const Entry& entry, const Spec& spec, std::string_view bundle) {
  const Mount& mount = entry.mount;
  MountStep step;
  step.kind = MYRT_TRY(kind_of(entry));
  step.destination = MYRT_TRY(path_in_root(mount.destination, entry.pointer + "/destination"));
  step.attributes = mount.attributes;
  step.recursive_attributes = mount.recursive_attributes;
  step.propagation = mount.propagation;
  step.super_flags = mount.super_flags;
  step.data = mount.data;
  step.copy_up = mount.copy_up;
  if (step.kind == MountKind::kBind) {
    step.source = base::absolute_from(bundle, mount.source);
    step.recursive = mount.bind_recursive;
    step.id_map = mount_id_map(mount, spec.linux);
    step.base_propagation = base_propagation(spec.linux.rootfs_propagation);
  } else {
    step.type = mount.type;
    step.source = mount.source;
  }
  if (step.kind == MountKind::kFilesystem) {
    set_file_system_rules(step);
    if (takes_ids(step.type)) {
      MYRT_TRY(check_ids(entry, spec.linux));
    }
  }
  // A link there would lead all that trusts /proc and /sys to another place (CVE-2019-19921).
  step.must_be_real_directory = step.kind != MountKind::kRemount &&
                                (step.type == "proc" || step.type == "sysfs" ||
                                 step.destination == "/proc" || step.destination == "/sys");
  if (!is_allowed_at_proc(step)) {
    return fault(entry, "destination",
                 base::concat({base::quote(step.destination),
                               ": only a procfs may be mounted on /proc, and few files below it"}));
  }
  return labelled(std::move(step), spec.linux.mount_label);
}

}  // namespace

bool is_read_only(const MountStep& step) {
  const std::uint64_t set =
      (step.attributes.set & ~step.recursive_attributes.clear) | step.recursive_attributes.set;
  return (set & MOUNT_ATTR_RDONLY) != 0;
}

Result<std::vector<MountStep>> mount_steps(const Spec& spec, std::string_view bundle) {
  std::vector<MountStep> steps;
  steps.reserve(spec.mounts.size());
  for (std::size_t i = 0; i < spec.mounts.size(); ++i) {
    const Entry entry{spec.mounts[i], "/mounts/" + std::to_string(i)};
    steps.push_back(MYRT_TRY(mount_step(entry, spec, bundle)));
  }
  return steps;
}

}  // namespace myrt::plan
