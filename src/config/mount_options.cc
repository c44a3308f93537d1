#include "config/mount_options.h"

#include <sys/mount.h>

#include <algorithm>
#include <array>

namespace myrt::config {

namespace {

using Kind = MountOption::Kind;

constexpr auto kOptions = std::to_array<MountOption>({
    {.name = "async", .kind = Kind::kNoSuper, .word = "sync"},
    {.name = "atime", .kind = Kind::kNoAtime, .bits = MOUNT_ATTR_NOATIME},
    {.name = "bind", .kind = Kind::kBind},
    {.name = "defaults", .kind = Kind::kNothing},
    {.name = "dev", .kind = Kind::kClear, .bits = MOUNT_ATTR_NODEV},
    {.name = "diratime", .kind = Kind::kClear, .bits = MOUNT_ATTR_NODIRATIME},
    {.name = "dirsync", .kind = Kind::kSuper, .word = "dirsync"},
    {.name = "exec", .kind = Kind::kClear, .bits = MOUNT_ATTR_NOEXEC},
    {.name = "idmap", .kind = Kind::kIdMap},
    {.name = "iversion", .kind = Kind::kSuper, .word = "iversion"},
    {.name = "lazytime", .kind = Kind::kSuper, .word = "lazytime"},
    // Only says whether mount(2) logs what is wrong; the fsopen(2) family has no such flag.
    {.name = "loud", .kind = Kind::kNothing},
    {.name = "mand", .kind = Kind::kSuper, .word = "mand"},
    {.name = "noatime", .kind = Kind::kAtime, .bits = MOUNT_ATTR_NOATIME},
    {.name = "nodev", .kind = Kind::kSet, .bits = MOUNT_ATTR_NODEV},
    {.name = "nodiratime", .kind = Kind::kSet, .bits = MOUNT_ATTR_NODIRATIME},
    {.name = "noexec", .kind = Kind::kSet, .bits = MOUNT_ATTR_NOEXEC},
    {.name = "noiversion", .kind = Kind::kNoSuper, .word = "iversion"},
    {.name = "nolazytime", .kind = Kind::kNoSuper, .word = "lazytime"},
    {.name = "nomand", .kind = Kind::kNoSuper, .word = "mand"},
    {.name = "norelatime", .kind = Kind::kNoAtime, .bits = MOUNT_ATTR_RELATIME},
    {.name = "nostrictatime", .kind = Kind::kNoAtime, .bits = MOUNT_ATTR_STRICTATIME},
    {.name = "nosuid", .kind = Kind::kSet, .bits = MOUNT_ATTR_NOSUID},
    {.name = "nosymfollow", .kind = Kind::kSet, .bits = MOUNT_ATTR_NOSYMFOLLOW},
    {.name = "private", .kind = Kind::kPropagation, .bits = MS_PRIVATE},
    {.name = "ratime", .kind = Kind::kNoAtime, .bits = MOUNT_ATTR_NOATIME, .recursive = true},
    {.name = "rbind", .kind = Kind::kBind, .recursive = true},
    {.name = "rdev", .kind = Kind::kClear, .bits = MOUNT_ATTR_NODEV, .recursive = true},
    {.name = "rdiratime", .kind = Kind::kClear, .bits = MOUNT_ATTR_NODIRATIME, .recursive = true},
    {.name = "relatime", .kind = Kind::kAtime, .bits = MOUNT_ATTR_RELATIME},
    {.name = "remount", .kind = Kind::kRemount},
    {.name = "rexec", .kind = Kind::kClear, .bits = MOUNT_ATTR_NOEXEC, .recursive = true},
    {.name = "ridmap", .kind = Kind::kIdMap, .recursive = true},
    {.name = "rnoatime", .kind = Kind::kAtime, .bits = MOUNT_ATTR_NOATIME, .recursive = true},
    {.name = "rnodev", .kind = Kind::kSet, .bits = MOUNT_ATTR_NODEV, .recursive = true},
    {.name = "rnodiratime", .kind = Kind::kSet, .bits = MOUNT_ATTR_NODIRATIME, .recursive = true},
    {.name = "rnoexec", .kind = Kind::kSet, .bits = MOUNT_ATTR_NOEXEC, .recursive = true},
    {.name = "rnorelatime", .kind = Kind::kNoAtime, .bits = MOUNT_ATTR_RELATIME, .recursive = true},
    {.name = "rnostrictatime",
     .kind = Kind::kNoAtime,
     .bits = MOUNT_ATTR_STRICTATIME,
     .recursive = true},
    {.name = "rnosuid", .kind = Kind::kSet, .bits = MOUNT_ATTR_NOSUID, .recursive = true},
    {.name = "rnosymfollow", .kind = Kind::kSet, .bits = MOUNT_ATTR_NOSYMFOLLOW, .recursive = true},
    {.name = "ro", .kind = Kind::kSet, .bits = MOUNT_ATTR_RDONLY},
    {.name = "rprivate", .kind = Kind::kPropagation, .bits = MS_PRIVATE | MS_REC},
    {.name = "rrelatime", .kind = Kind::kAtime, .bits = MOUNT_ATTR_RELATIME, .recursive = true},
    {.name = "rro", .kind = Kind::kSet, .bits = MOUNT_ATTR_RDONLY, .recursive = true},
    {.name = "rrw", .kind = Kind::kClear, .bits = MOUNT_ATTR_RDONLY, .recursive = true},
    {.name = "rshared", .kind = Kind::kPropagation, .bits = MS_SHARED | MS_REC},
    {.name = "rslave", .kind = Kind::kPropagation, .bits = MS_SLAVE | MS_REC},
    {.name = "rstrictatime",
     .kind = Kind::kAtime,
     .bits = MOUNT_ATTR_STRICTATIME,
     .recursive = true},
    {.name = "rsuid", .kind = Kind::kClear, .bits = MOUNT_ATTR_NOSUID, .recursive = true},
    {.name = "rsymfollow", .kind = Kind::kClear, .bits = MOUNT_ATTR_NOSYMFOLLOW, .recursive = true},
    {.name = "runbindable", .kind = Kind::kPropagation, .bits = MS_UNBINDABLE | MS_REC},
    {.name = "rw", .kind = Kind::kClear, .bits = MOUNT_ATTR_RDONLY},
    {.name = "shared", .kind = Kind::kPropagation, .bits = MS_SHARED},
    {.name = "silent", .kind = Kind::kNothing},
    {.name = "slave", .kind = Kind::kPropagation, .bits = MS_SLAVE},
    {.name = "strictatime", .kind = Kind::kAtime, .bits = MOUNT_ATTR_STRICTATIME},
    {.name = "suid", .kind = Kind::kClear, .bits = MOUNT_ATTR_NOSUID},
    {.name = "symfollow", .kind = Kind::kClear, .bits = MOUNT_ATTR_NOSYMFOLLOW},
    {.name = "sync", .kind = Kind::kSuper, .word = "sync"},
    {.name = "tmpcopyup", .kind = Kind::kCopyUp},
    {.name = "unbindable", .kind = Kind::kPropagation, .bits = MS_UNBINDABLE},
});
static_assert(std::ranges::is_sorted(kOptions, {}, &MountOption::name));

/// Access times are one choice of three, so mount_setattr(2) wants the whole field cleared for any
/// change; `relatime` is its zero value and the kernel's default.
void choose_atime(MountAttributes& attributes, std::uint64_t choice) {
  attributes.set = (attributes.set & ~std::uint64_t{MOUNT_ATTR__ATIME}) | choice;
  attributes.clear |= MOUNT_ATTR__ATIME;
}

void take_back_atime(MountAttributes& attributes, std::uint64_t choice) {
  const bool chosen = (attributes.clear & MOUNT_ATTR__ATIME) != 0;
  if (!chosen || (attributes.set & MOUNT_ATTR__ATIME) == choice) {
    choose_atime(attributes, MOUNT_ATTR_RELATIME);
  }
}

void apply_attribute(const MountOption& option, MountAttributes& attributes) {
  switch (option.kind) {
    case Kind::kSet:
      attributes.set |= option.bits;
      attributes.clear &= ~option.bits;
      break;
    case Kind::kClear:
      attributes.set &= ~option.bits;
      attributes.clear |= option.bits;
      break;
    case Kind::kAtime:
      choose_atime(attributes, option.bits);
      break;
    default:
      take_back_atime(attributes, option.bits);
      break;
  }
}

}  // namespace

std::span<const MountOption> mount_options() { return kOptions; }

void apply(const MountOption& option, Mount& mount) {
  switch (option.kind) {
    case Kind::kNothing:
      break;
    case Kind::kBind:
      mount.bind = true;
      mount.bind_recursive = mount.bind_recursive || option.recursive;
      break;
    case Kind::kRemount:
      mount.remount = true;
      break;
    case Kind::kSet:
    case Kind::kClear:
    case Kind::kAtime:
    case Kind::kNoAtime:
      apply_attribute(option, option.recursive ? mount.recursive_attributes : mount.attributes);
      break;
    case Kind::kSuper:
    case Kind::kNoSuper:
      std::erase(mount.super_flags, option.word);
      if (option.kind == Kind::kSuper) {
        mount.super_flags.emplace_back(option.word);
      }
      break;
    case Kind::kPropagation:
      mount.propagation.push_back(option.bits);
      break;
    case Kind::kCopyUp:
      mount.copy_up = true;
      break;
    case Kind::kIdMap:
      mount.id_mapped = option.recursive ? IdMapScope::kTree : IdMapScope::kMount;
      break;
  }
}

}  // namespace myrt::config
