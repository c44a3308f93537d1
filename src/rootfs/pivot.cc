// The last step of the file system: the prepared tree becomes "/", and the host's is gone
// (config.md "Root").
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <ranges>

#include "rootfs/prepare.h"
#include "sys/file.h"
#include "sys/kernel_defs.h"
#include "sys/mount_api.h"
#include "sys/proc.h"

namespace myrt::rootfs {

namespace {

Result<void> change_directory(int fd) {
  if (::fchdir(fd) != 0) {
    return std::unexpected(Error::from_errno({"change to the new root"}));
  }
  return {};
}

Result<void> chroot_here() {
  if (::chroot(".") != 0) {
    return std::unexpected(Error::from_errno({"chroot to the new root"}));
  }
  if (::chdir("/") != 0) {
    return std::unexpected(Error::from_errno({"chdir /"}));
  }
  return {};
}

/// The old root lies on top of the new one now (pivot_root(2), "pivot_root(".", ".")"), and on top
/// of it what the new root had covered: the ephemeral layer of an overlay, or the first root where
/// mounts[] has an entry for "/". One umount2 takes the topmost only, and as long as any is left,
/// "/.." is the host's root.
Result<void> detach_old_root() {
  const std::uint64_t new_root = MYRT_TRY(sys::mount_of(AT_FDCWD, "")).id;
  do {
    MYRT_TRY(sys::unmount(".", MNT_DETACH));
  } while (MYRT_TRY(sys::mount_of(AT_FDCWD, "..")).id != new_root);
  return {};
}

Result<void> pivot(const plan::RootfsPlan& plan, Root root) {
  sys::UniqueFd old;
  if (plan.host_propagation == MS_SHARED) {
    old = MYRT_TRY(sys::open_at(AT_FDCWD, "/", O_PATH | O_DIRECTORY));
  }
  MYRT_TRY(change_directory(root.fd.get()));
  root = Root{};  // nothing may refer to the old tree's mounts when it is detached
  MYRT_TRY(sys::pivot_root_here());
  if (old.is_open()) {
    // The host must not see the old tree going away.
    MYRT_TRY(sys::mount_setattr(old.get(), "", {.propagation = MS_SLAVE, .recursive = true}));
    old.reset();
  }
  MYRT_TRY(detach_old_root());
  if (::chdir("/") != 0) {
    return std::unexpected(Error::from_errno({"chdir /"}));
  }
  return {};
}

/// Without pivot_root the host's mounts stay in the namespace. A full procfs or sysfs among them
/// would let the container's root mount its own without restrictions (mount_too_revealing), so they
/// go, or are covered.
Result<void> drop_host_kernel_filesystems() {
  const std::vector<sys::MountEntry> mounts = MYRT_TRY(sys::own_mountinfo());
  for (const sys::MountEntry& mount : mounts | std::views::reverse) {
    if (mount.type != "proc" && mount.type != "sysfs") {
      continue;
    }
    if (sys::unmount(mount.point, MNT_DETACH).has_value()) {
      continue;
    }
    const sys::UniqueFd context = MYRT_TRY(sys::fsopen("tmpfs"));
    MYRT_TRY(sys::fsconfig_create(context.get()));
    const sys::UniqueFd cover = MYRT_TRY(sys::fsmount(context.get(), MOUNT_ATTR_RDONLY));
    MYRT_TRY(in("cover " + mount.point, sys::move_mount_to_path(cover.get(), mount.point)));
  }
  return {};
}

Result<void> set_root_propagation(const plan::RootfsPlan& plan) {
  if (plan.root_propagation == 0) {
    return {};
  }
  return in("rootfsPropagation",
            sys::mount_setattr(AT_FDCWD, "/",
                               {.propagation = plan.root_propagation,
                                .recursive = plan.root_propagation_recursive}));
}

}  // namespace

Result<void> enter(const plan::RootfsPlan& plan, Root root) {
  if (!plan.new_mount_namespace) {
    MYRT_TRY(change_directory(root.fd.get()));
    return chroot_here();
  }
  if (!plan.no_pivot) {
    MYRT_TRY(pivot(plan, std::move(root)));
    return set_root_propagation(plan);
  }
  // The tree is attached on top of "/" already, as MS_MOVE would leave it.
  MYRT_TRY(change_directory(root.fd.get()));
  root = Root{};
  MYRT_TRY(drop_host_kernel_filesystems());
  MYRT_TRY(chroot_here());
  return set_root_propagation(plan);
}

Result<sys::UniqueFd> own_procfs() {
  const sys::UniqueFd context = MYRT_TRY(sys::fsopen("proc"));
  MYRT_TRY(sys::fsconfig_create(context.get()));
  return sys::fsmount(context.get(), MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

}  // namespace myrt::rootfs
