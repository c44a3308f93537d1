// One mounts[] entry: where it goes, and mounting a file system there.
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <array>
#include <cerrno>

#include "rootfs/steps.h"
#include "sys/file.h"
#include "sys/kernel_defs.h"
#include "sys/mount_api.h"
#include "sys/resolve.h"

namespace myrt::rootfs {

namespace {

/// The plan has judged destinations below /proc as written. One that gets there by a link was not
/// judged.
Result<void> refuse_procfs(int target, const std::string& destination) {
  struct ::statfs system = {};
  if (::fstatfs(target, &system) != 0) {
    return std::unexpected(Error::from_errno({"statfs ", destination}));
  }
  if (system.f_type == PROC_SUPER_MAGIC) {
    return std::unexpected(Error(destination + " leads into a procfs by a symbolic link"));
  }
  return {};
}

std::string octal(mode_t mode) {
  std::array<char, 8> text{};
  std::size_t at = text.size();
  for (mode_t rest = mode & 07777; rest != 0 || at == text.size(); rest >>= 3) {
    text.at(--at) = static_cast<char>('0' + (rest & 7));
  }
  return {text.data() + at, text.size() - at};
}

/// Whether the superblock must be told `ro` as well: on a read-only block device the mount fails
/// otherwise. For file systems without a device the flag would reach every mount that shares the
/// superblock (a pod's sysfs).
bool has_device(const plan::MountStep& step) { return step.source.starts_with('/'); }

Result<void> set_data(int context, const std::vector<std::string>& data) {
  for (const std::string& option : data) {
    const std::size_t equals = option.find('=');
    MYRT_TRY(equals == std::string::npos ? sys::fsconfig_flag(context, option)
                                         : sys::fsconfig_string(context, option.substr(0, equals),
                                                                option.substr(equals + 1)));
  }
  return {};
}

/// All but what `set_data` sets.
Result<void> configure(int context, const plan::MountStep& step, const Target& target) {
  if (!step.source.empty()) {
    MYRT_TRY(sys::fsconfig_string(context, "source", step.source));
  }
  for (const std::string& flag : step.super_flags) {
    Result<void> set = sys::fsconfig_flag(context, flag);
    // fsconfig(2) knows the word only where a file system asks for it; with mount(2) the others
    // have nothing to do for it, and neither have they here.
    if (!set.has_value() && (flag != "iversion" || set.error().code() != EINVAL)) {
      return set;
    }
  }
  if ((step.attributes.set & MOUNT_ATTR_RDONLY) != 0 && has_device(step)) {
    MYRT_TRY(sys::fsconfig_flag(context, "ro"));
  }
  if (step.mode_from_directory && target.existed) {
    const struct ::stat status = MYRT_TRY(sys::status_of(target.fd.get(), step.destination));
    MYRT_TRY(sys::fsconfig_string(context, "mode", octal(status.st_mode)));
  }
  return {};
}

Result<void> create(int context, const plan::MountStep& step) {
  if (step.type != "overlay") {
    MYRT_TRY(set_data(context, step.data));
    return sys::fsconfig_create(context);
  }
  const OverlayOptions options = MYRT_TRY(short_overlay_options(step.data));
  MYRT_TRY(set_data(context, options.data));
  return sys::fsconfig_create(context);
}

/// Attributes of the whole tree and of the mount are the same thing for a file system that is
/// mounted afresh.
std::uint64_t all_attributes(const plan::MountStep& step) {
  return (step.attributes.set & ~step.recursive_attributes.clear) | step.recursive_attributes.set;
}

/// What the caller has on /sys, with all that is mounted there.
Result<sys::UniqueFd> callers_sysfs(const plan::MountStep& step) {
  sys::UniqueFd tree = MYRT_TRY(sys::open_tree_clone(AT_FDCWD, "/sys", true));
  MYRT_TRY(sys::mount_setattr(
      tree.get(), "", {.set = all_attributes(step), .propagation = MS_PRIVATE, .recursive = true}));
  return tree;
}

/// The file system of `step`, detached.
Result<sys::UniqueFd> new_mount(Root& root, const plan::MountStep& step, const Target& target) {
  sys::UniqueFd context = MYRT_TRY(sys::fsopen(step.type));
  MYRT_TRY(configure(context.get(), step, target));
  MYRT_TRY(create(context.get(), step));
  std::uint64_t attributes = all_attributes(step);
  if (step.read_only_last || step.copy_up) {
    attributes &= ~static_cast<std::uint64_t>(MOUNT_ATTR_RDONLY);
  }
  Result<sys::UniqueFd> mount = sys::fsmount(context.get(), attributes);
  root.spent.add(std::move(context));
  return mount;
}

/// As new_mount. A sysfs shows the devices of a network namespace, and takes rights over that: a
/// container that shares its creator's, and is in a user namespace, gets what its creator has.
Result<sys::UniqueFd> new_mount_or_sysfs(Root& root, const plan::MountStep& step,
                                         const Target& target) {
  Result<sys::UniqueFd> mount = new_mount(root, step, target);
  const bool refused = !mount.has_value() && mount.error().code() == EPERM;
  return refused && step.type == "sysfs" ? callers_sysfs(step) : std::move(mount);
}

}  // namespace

Result<void> refuse_root(int root, int target, const std::string& path) {
  const struct ::stat top = MYRT_TRY(sys::status_of(root, "/"));
  const struct ::stat status = MYRT_TRY(sys::status_of(target, path));
  if (top.st_dev == status.st_dev && top.st_ino == status.st_ino) {
    return std::unexpected(
        Error::from_code(EINVAL, {path, " leads to the root by a symbolic link"}));
  }
  return {};
}

Result<Target> mount_target(int root, const plan::MountStep& step, bool directory) {
  const int flags = O_PATH | (directory ? O_DIRECTORY : 0);
  Result<sys::UniqueFd> literal = sys::open_in_root_no_links(root, step.destination, flags);
  if (literal.has_value()) {
    return Target{.fd = std::move(*literal), .existed = true};
  }
  if (literal.error().code() != ENOENT && literal.error().code() != ELOOP) {
    return std::unexpected(std::move(literal).error());
  }
  const bool through_link = literal.error().code() == ELOOP;
  if (through_link && step.must_be_real_directory) {
    return std::unexpected(std::move(literal).error());
  }
  const bool existed = through_link && sys::open_in_root(root, step.destination, flags).has_value();
  sys::UniqueFd made =
      MYRT_TRY(directory ? sys::make_directories_in_root(root, step.destination, 0755)
                         : sys::make_file_in_root(root, step.destination));
  // A link may have been put there since.
  MYRT_TRY(refuse_procfs(made.get(), step.destination));
  if (through_link) {
    MYRT_TRY(refuse_root(root, made.get(), step.destination));
  }
  return Target{.fd = std::move(made), .existed = existed};
}

Result<void> apply_propagation(int mount, const plan::MountStep& step) {
  for (const unsigned long flags : step.propagation) {
    MYRT_TRY(sys::mount_setattr(mount, "",
                                {.propagation = flags & ~static_cast<unsigned long>(MS_REC),
                                 .recursive = (flags & MS_REC) != 0}));
  }
  return {};
}

Result<sys::UniqueFd> mount_filesystem(Root& root, const plan::MountStep& step) {
  Target target = MYRT_TRY(mount_target(root.fd.get(), step, true));
  sys::UniqueFd mount = MYRT_TRY(new_mount_or_sysfs(root, step, target));
  MYRT_TRY(label_root(mount.get(), step.root_label));
  if (step.copy_up && target.existed) {
    const sys::UniqueFd from =
        MYRT_TRY(sys::open_in_root(root.fd.get(), step.destination, O_RDONLY | O_DIRECTORY));
    MYRT_TRY(in("tmpcopyup", copy_tree(from.get(), mount.get())));
  }
  MYRT_TRY(sys::move_mount(mount.get(), target.fd.get()));
  MYRT_TRY(apply_propagation(mount.get(), step));
  root.spent.add(std::move(target.fd));
  return mount;
}

Result<void> remount(Root& root, const plan::MountStep& step) {
  const sys::UniqueFd target =
      MYRT_TRY(sys::open_in_root_no_links(root.fd.get(), step.destination, O_PATH));
  if (!step.data.empty() || !step.super_flags.empty()) {
    const sys::UniqueFd context = MYRT_TRY(sys::fspick(target.get()));
    MYRT_TRY(configure(context.get(), step, Target{}));
    MYRT_TRY(set_data(context.get(), step.data));
    MYRT_TRY(sys::fsconfig_reconfigure(context.get()));
  }
  MYRT_TRY(sys::mount_setattr(target.get(), "",
                              {.set = step.attributes.set, .clear = step.attributes.clear}));
  if ((step.recursive_attributes.set | step.recursive_attributes.clear) != 0) {
    MYRT_TRY(sys::mount_setattr(target.get(), "",
                                {.set = step.recursive_attributes.set,
                                 .clear = step.recursive_attributes.clear,
                                 .recursive = true}));
  }
  return apply_propagation(target.get(), step);
}

}  // namespace myrt::rootfs
