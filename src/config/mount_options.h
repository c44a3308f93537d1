// The words of `mounts[].options` that are the kernel's or the runtime's and not the file system's
// (config.md, "Mounts"; mount(8); mount_setattr(2)).
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include <myrt/spec_mount.h>

namespace myrt::config {

struct MountOption {
  enum class Kind {
    kNothing,  // accepted, changes nothing
    kBind,
    kRemount,
    kSet,  // `bits` are MOUNT_ATTR_* flags
    kClear,
    kAtime,    // `bits` are one of the values of MOUNT_ATTR__ATIME
    kNoAtime,  // takes back that value, if it is the one chosen
    kSuper,    // `word` is a flag of the superblock
    kNoSuper,
    kPropagation,  // `bits` are MS_* flags
    kCopyUp,
    kIdMap,
  };

  std::string_view name;
  Kind kind = Kind::kNothing;
  std::uint64_t bits = 0;
  bool recursive = false;  // the whole tree, not only the mount itself
  std::string_view word;
};

/// All of them, sorted by name.
std::span<const MountOption> mount_options();

/// Adds `option` to what the options before it made of `mount`: a later one overrides an earlier
/// one.
void apply(const MountOption& option, Mount& mount);

}  // namespace myrt::config
