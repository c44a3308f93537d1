// Masked and read-only paths, by descriptor (config-linux.md "Masked Paths", "Readonly Paths"). A
// path that is not there is skipped, everything else that goes wrong is fatal: the container would
// run without a protection.
#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

#include "rootfs/prepare.h"
#include "rootfs/steps.h"
#include "sys/file.h"
#include "sys/kernel_defs.h"
#include "sys/mount_api.h"
#include "sys/resolve.h"

namespace myrt::rootfs {

namespace {

bool is_missing(const Error& error) { return error.code() == ENOENT || error.code() == ENOTDIR; }

/// An empty, read-only directory.
Result<sys::UniqueFd> empty_directory(const std::string& label) {
  const sys::UniqueFd context = MYRT_TRY(sys::fsopen("tmpfs"));
  MYRT_TRY(sys::fsconfig_string(context.get(), "nr_blocks", "1"));
  MYRT_TRY(sys::fsconfig_string(context.get(), "nr_inodes", "1"));
  MYRT_TRY(set_label(context.get(), label));
  MYRT_TRY(sys::fsconfig_create(context.get()));
  return sys::fsmount(context.get(),
                      MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

/// What masks: one empty directory and the null device, each opened when first needed and cloned
/// from then on.
class Masks {
 public:
  Masks(sys::SpentFds& spent, const std::string& label) : spent_(spent), label_(label) {}

  Result<void> mask(int target, bool directory) {
    return directory ? mask_directory(target) : mask_file(target);
  }

 private:
  Result<void> mask_directory(int target) {
    if (!empty_.is_open()) {
      // The first use attaches the instance itself: kernels before 6.15 clone only what is
      // attached.
      empty_ = MYRT_TRY(empty_directory(label_));
      return sys::move_mount(empty_.get(), target);
    }
    return attach_clone(empty_.get(), target);
  }

  Result<void> mask_file(int target) {
    if (!null_.is_open()) {
      null_ = MYRT_TRY(open_null_device());
    }
    return attach_clone(null_.get(), target);
  }

  Result<void> attach_clone(int mask, int target) {
    sys::UniqueFd clone = MYRT_TRY(sys::open_tree_clone(mask, "", false));
    MYRT_TRY(sys::move_mount(clone.get(), target));
    spent_.add(std::move(clone));
    return {};
  }

  sys::SpentFds& spent_;
  const std::string& label_;  // of the empty directory
  sys::UniqueFd empty_;
  sys::UniqueFd null_;
};

/// What a protected path is: literally, or by links that stay inside the root and do not lead to
/// it.
Result<sys::UniqueFd> protected_target(const Root& root, const std::string& path) {
  Result<sys::UniqueFd> literal = sys::open_in_root_no_links(root.fd.get(), path, O_PATH);
  if (literal.has_value() || literal.error().code() != ELOOP) {
    return literal;
  }
  sys::UniqueFd target = MYRT_TRY(sys::open_in_root(root.fd.get(), path, O_PATH));
  MYRT_TRY(refuse_root(root.fd.get(), target.get(), path));
  return target;
}

Result<void> mask_path(Root& root, const std::string& path, Masks& masks) {
  Result<sys::UniqueFd> target = protected_target(root, path);
  if (!target.has_value() && is_missing(target.error())) {
    return {};
  }
  sys::UniqueFd fd = MYRT_TRY(std::move(target));
  const struct ::stat status = MYRT_TRY(sys::status_of(fd.get(), path));
  MYRT_TRY(masks.mask(fd.get(), S_ISDIR(status.st_mode)));
  root.spent.add(std::move(fd));
  return {};
}

Result<void> make_read_only(Root& root, const std::string& path) {
  Result<sys::UniqueFd> target = protected_target(root, path);
  if (!target.has_value() && is_missing(target.error())) {
    return {};
  }
  sys::UniqueFd fd = MYRT_TRY(std::move(target));
  sys::UniqueFd tree = MYRT_TRY(sys::open_tree_clone(fd.get(), "", true));
  MYRT_TRY(sys::mount_setattr(tree.get(), "", {.set = MOUNT_ATTR_RDONLY}));
  MYRT_TRY(sys::move_mount(tree.get(), fd.get()));
  root.spent.add(std::move(fd));
  root.spent.add(std::move(tree));
  return {};
}

}  // namespace

Result<void> finish(const plan::RootfsPlan& plan, Root& root) {
  bool root_read_only = plan.read_only;
  for (const std::string& path : plan.readonly_paths) {
    if (path == "/") {
      root_read_only = true;  // the mount itself: one on top of it would go with the old root
      continue;
    }
    MYRT_TRY(in("read-only path " + path, make_read_only(root, path)));
  }
  // After the read-only paths: a masked path below one of them must stay masked.
  Masks masks(root.spent, plan.mount_label);
  for (const std::string& path : plan.masked_paths) {
    if (path == "/") {
      return std::unexpected(Error("masked path /: nothing would be left to run"));
    }
    MYRT_TRY(in("masked path " + path, mask_path(root, path, masks)));
  }
  for (const LateReadOnly& late : root.late) {
    MYRT_TRY(in("read-only " + late.destination,
                sys::mount_setattr(late.mount.get(), "", {.set = MOUNT_ATTR_RDONLY})));
  }
  if (root_read_only && plan.new_mount_namespace) {
    MYRT_TRY(
        in("read-only root", sys::mount_setattr(root.fd.get(), "", {.set = MOUNT_ATTR_RDONLY})));
  }
  return {};
}

}  // namespace myrt::rootfs
