// The descriptor-based mount API (fsopen(2) family). A mount is an object here, attached last, so
// that its flags are set before anything can see it (threat: a writable window between mount and
// remount).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <myrt/result.h>

#include "sys/unique_fd.h"

namespace myrt::sys {

/// fsopen(2) of a file system type. ENODEV: the kernel has no such type.
Result<UniqueFd> fsopen(const std::string& type);
/// fsconfig(2): a flag ("sync"), a "key" = "value" string, and creating the superblock. The error
/// carries what the kernel wrote to the context's log ("tmpfs: Bad value for 'size'"). The kernel
/// takes keys and values of at most 255 bytes: EINVAL beyond.
Result<void> fsconfig_flag(int context, const std::string& key);
Result<void> fsconfig_string(int context, const std::string& key, const std::string& value);
Result<void> fsconfig_create(int context);
/// fspick(2): a context to reconfigure the superblock under the mount `mount`; then fsconfig_*,
/// then this.
Result<UniqueFd> fspick(int mount);
Result<void> fsconfig_reconfigure(int context);
/// fsmount(2): a detached mount with MOUNT_ATTR_* `attributes`.
Result<UniqueFd> fsmount(int context, std::uint64_t attributes);

/// open_tree(2) with OPEN_TREE_CLONE: a detached copy of the mount at (directory, path), or of
/// `directory` itself with an empty path. The copy is recursive if asked.
Result<UniqueFd> open_tree_clone(int directory, const std::string& path, bool recursive);

/// What mount_setattr(2) is to change.
struct MountChange {
  std::uint64_t set = 0;          // MOUNT_ATTR_*
  std::uint64_t clear = 0;        // MOUNT_ATTR_*
  std::uint64_t propagation = 0;  // MS_PRIVATE, MS_SLAVE, MS_SHARED or MS_UNBINDABLE; 0: as it is
  bool recursive = false;
  int user_namespace = -1;  // whose id maps the mount gets (MOUNT_ATTR_IDMAP); -1: as they are
};
/// mount_setattr(2) on (`directory`, `path`), with an empty path on the mount `directory` itself. A
/// symbolic link at the end of `path` is not followed.
Result<void> mount_setattr(int directory, const std::string& path, const MountChange& change);

/// move_mount(2): attaches the detached `mount` on top of the object `target` (both descriptors).
Result<void> move_mount(int mount, int target);
/// The same onto `name` in `directory`, for a directory that nobody else can write to.
Result<void> move_mount_at(int mount, int directory, const std::string& name);
/// The same with the target by path; only "/" and host paths are ever given.
Result<void> move_mount_to_path(int mount, const std::string& target);

/// The mount that an object is on, as it is known in /proc/PID/mountinfo, and whether the object is
/// its root.
struct MountOf {
  std::uint64_t id = 0;
  bool is_root = false;
};
/// statx(2) of (`directory`, `path`), or with an empty path of `directory` itself. A lookup ends on
/// the uppermost mount; a symbolic link at the end is not followed.
Result<MountOf> mount_of(int directory, const std::string& path);

/// pivot_root(2) with both arguments ".".
Result<void> pivot_root_here();
/// umount2(2) by a path of the calling process.
Result<void> unmount(const std::string& path, int flags);

}  // namespace myrt::sys
