// The parts of `prepare`, one a file. `root` is a descriptor of the container's "/".
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <myrt/result.h>

#include "plan/plan.h"
#include "rootfs/prepare.h"
#include "sys/unique_fd.h"

namespace myrt::rootfs {

/// Where a mount goes.
struct Target {
  sys::UniqueFd fd;      // O_PATH
  bool existed = false;  // false: made by us
};

/// Resolves the destination of `step` inside the root and makes it when it is missing. Refuses what
/// leads into a procfs by a link, and a link on the way where the step forbids it.
Result<Target> mount_target(int root, const plan::MountStep& step, bool directory);

/// EINVAL when `target`, which `path` led to, is the root itself: what is mounted there would be
/// taken away with the old root, and nobody would know.
Result<void> refuse_root(int root, int target, const std::string& path);

/// Applies the propagation words of `step` to the mount `mount`, one call each.
Result<void> apply_propagation(int mount, const plan::MountStep& step);

/// kFilesystem. Returns the attached mount.
Result<sys::UniqueFd> mount_filesystem(Root& root, const plan::MountStep& step);
/// kBind: attaches `tree`. Returns it.
Result<sys::UniqueFd> mount_bind(Root& root, const plan::MountStep& step, sys::UniqueFd tree);
/// kRemount.
Result<void> remount(Root& root, const plan::MountStep& step);
/// kCgroup.
Result<void> mount_cgroups(Root& root, const plan::RootfsPlan& plan, const plan::MountStep& step);

/// The directories of `plan`: the lower ones, the top first, then, if there are any, upper and
/// work.
Result<std::vector<sys::UniqueFd>> open_layers(const plan::OverlayPlan& plan);
/// The overlay of `plan` as a detached mount. `layers` are those of open_layers, which spare
/// looking their paths up; empty: by path.
Result<sys::UniqueFd> overlay_root(const plan::OverlayPlan& plan, bool without_host_rights,
                                   std::span<const sys::UniqueFd> layers);

/// Options of an overlay in mounts[].
struct OverlayOptions {
  std::vector<std::string> data;
  std::vector<sys::UniqueFd> layers;  // what `data` leads through until the file system is created
};

/// `data` with paths as short as fsconfig(2) wants them: engines name several layers, each longer
/// than a hundred bytes. Errors name a layer that cannot be opened.
Result<OverlayOptions> short_overlay_options(const std::vector<std::string>& data);

/// Labels the root of the file system `mount` for SELinux (security.selinux of xattr(7)). Empty:
/// not at all.
Result<void> label_root(int mount, const std::string& label);

/// Gives the file system that `context` describes an SELinux label. Empty: none.
Result<void> set_label(int context, const std::string& label);

/// Device nodes, then the links of /dev.
Result<void> make_devices(int root, const plan::DevicePlan& devices, bool without_host_rights);

/// Copies the tree below directory `from` into the empty directory `to`: modes, owners, times,
/// links, extended attributes.
Result<void> copy_tree(int from, int to);

/// A detached tree of one null device, verified to be 1:3: what masks files.
Result<sys::UniqueFd> open_null_device();

}  // namespace myrt::rootfs
