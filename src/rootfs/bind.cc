// Bind mounts: trees that the runtime cloned, given their attributes before they can be seen.
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <cerrno>

#include "rootfs/steps.h"
#include "sys/file.h"
#include "sys/mount_api.h"

namespace myrt::rootfs {

namespace {

bool changes(const MountAttributes& attributes) { return (attributes.set | attributes.clear) != 0; }

/// Something else on /proc would answer the questions that only the kernel may answer.
Result<void> require_procfs(int tree, const std::string& source) {
  struct ::statfs system = {};
  if (::fstatfs(tree, &system) != 0) {
    return std::unexpected(Error::from_errno({"statfs ", source}));
  }
  if (system.f_type != PROC_SUPER_MAGIC) {
    return std::unexpected(
        Error(source + " is not a procfs, and nothing else may be mounted on /proc"));
  }
  return {};
}

Result<void> set_attributes(int tree, const plan::MountStep& step) {
  if (step.base_propagation != 0) {
    MYRT_TRY(
        sys::mount_setattr(tree, "", {.propagation = step.base_propagation, .recursive = true}));
  }
  if (changes(step.attributes)) {
    MYRT_TRY(
        sys::mount_setattr(tree, "", {.set = step.attributes.set, .clear = step.attributes.clear}));
  }
  if (changes(step.recursive_attributes)) {
    MYRT_TRY(sys::mount_setattr(tree, "",
                                {.set = step.recursive_attributes.set,
                                 .clear = step.recursive_attributes.clear,
                                 .recursive = true}));
  }
  return {};
}

}  // namespace

Result<sys::UniqueFd> mount_bind(Root& root, const plan::MountStep& step, sys::UniqueFd tree) {
  const struct ::stat source = MYRT_TRY(sys::status_of(tree.get(), step.source));
  const bool directory = S_ISDIR(source.st_mode);
  Target target = MYRT_TRY(mount_target(root.fd.get(), step, directory));
  if (!directory && target.existed) {
    // The kernel says EINVAL for a file on a directory.
    const struct ::stat status = MYRT_TRY(sys::status_of(target.fd.get(), step.destination));
    if (S_ISDIR(status.st_mode)) {
      return std::unexpected(Error::from_code(
          ENOTDIR, {step.source, " is not a directory and ", step.destination, " is one"}));
    }
  }
  if (step.destination == "/proc") {
    MYRT_TRY(require_procfs(tree.get(), step.source));
  }
  MYRT_TRY(set_attributes(tree.get(), step));
  MYRT_TRY(sys::move_mount(tree.get(), target.fd.get()));
  MYRT_TRY(apply_propagation(tree.get(), step));
  root.spent.add(std::move(target.fd));
  return tree;
}

}  // namespace myrt::rootfs
