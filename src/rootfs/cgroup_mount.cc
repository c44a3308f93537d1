// Mounts of type `cgroup`: what of the hierarchies a container sees (config.md "Mounts", de facto
// of engines).
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "rootfs/steps.h"
#include "sys/kernel_defs.h"
#include "sys/mount_api.h"

namespace myrt::rootfs {

namespace {

std::string joined(const std::vector<std::string>& controllers) {
  std::string text;
  for (const std::string& controller : controllers) {
    text += (text.empty() ? "" : ",") + controller;
  }
  return text;
}

/// The directory name of a hierarchy: its controllers, a named one without "name=".
std::string directory_name(const cgroup::Hierarchy& hierarchy) {
  constexpr std::string_view kNamed = "name=";
  std::string name = joined(hierarchy.controllers);
  return name.starts_with(kNamed) ? name.substr(kNamed.size()) : name;
}

/// The container's own directory of the host's mount, cloned.
Result<sys::UniqueFd> own_directory(const cgroup::Directory& directory) {
  return sys::open_tree_clone(AT_FDCWD, directory.hierarchy.mount_point + directory.path, true);
}

/// With a cgroup namespace: a mount of the hierarchy, whose root the namespace sets.
Result<sys::UniqueFd> mount_v1(const cgroup::Directory& directory) {
  const sys::UniqueFd context = MYRT_TRY(sys::fsopen("cgroup"));
  MYRT_TRY(sys::fsconfig_string(context.get(), "source", "cgroup"));
  for (const std::string& controller : directory.hierarchy.controllers) {
    const std::size_t equals = controller.find('=');
    MYRT_TRY(equals == std::string::npos
                 ? sys::fsconfig_flag(context.get(), controller)
                 : sys::fsconfig_string(context.get(), controller.substr(0, equals),
                                        controller.substr(equals + 1)));
  }
  MYRT_TRY(sys::fsconfig_create(context.get()));
  return sys::fsmount(context.get(), 0);
}

Result<void> attach_v1(int parent, const cgroup::Directory& directory, bool own_namespace,
                       sys::SpentFds& spent) {
  const std::string name = directory_name(directory.hierarchy);
  sys::UniqueFd tree = MYRT_TRY(own_namespace ? mount_v1(directory) : own_directory(directory));
  if (::mkdirat(parent, name.c_str(), 0755) != 0) {
    return std::unexpected(Error::from_errno({"mkdir ", name}));
  }
  // By name: the directory is one that we have just made in a tmpfs of our own.
  MYRT_TRY(sys::move_mount_at(tree.get(), parent, name));
  spent.add(std::move(tree));
  if (directory.hierarchy.controllers.size() < 2) {
    return {};
  }
  for (const std::string& controller : directory.hierarchy.controllers) {
    if (::symlinkat(name.c_str(), parent, controller.c_str()) != 0 && errno != EEXIST) {
      return std::unexpected(Error::from_errno({"link ", controller, " to ", name}));
    }
  }
  return {};
}

Result<void> mount_all_v1(int target, const plan::RootfsPlan& plan, const plan::MountStep& step,
                          sys::SpentFds& spent) {
  const sys::UniqueFd context = MYRT_TRY(sys::fsopen("tmpfs"));
  MYRT_TRY(sys::fsconfig_string(context.get(), "source", "tmpfs"));
  MYRT_TRY(sys::fsconfig_string(context.get(), "mode", "755"));
  MYRT_TRY(set_label(context.get(), plan.mount_label));
  MYRT_TRY(sys::fsconfig_create(context.get()));
  const sys::UniqueFd parent = MYRT_TRY(
      sys::fsmount(context.get(), MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC));
  MYRT_TRY(sys::move_mount(parent.get(), target));
  for (const cgroup::Directory& directory : plan.cgroups) {
    MYRT_TRY(in(directory_name(directory.hierarchy),
                attach_v1(parent.get(), directory, plan.own_cgroup_namespace, spent)));
  }
  // For the tmpfs and all that is in it, in one call. Nothing of the container runs yet that could
  // see them before.
  MYRT_TRY(sys::mount_setattr(
      parent.get(), "",
      {.set = step.attributes.set, .clear = step.attributes.clear, .recursive = true}));
  return apply_propagation(parent.get(), step);
}

/// In a cgroup namespace of its own, a mount of the hierarchy, whose root the namespace sets.
/// Without one, what the host has mounted: mounting from the host's namespace would set the options
/// of the host's superblock, and take `nsdelegate` away from it.
Result<sys::UniqueFd> mount_v2(const plan::RootfsPlan& plan) {
  if (!plan.own_cgroup_namespace) {
    return sys::open_tree_clone(AT_FDCWD, "/sys/fs/cgroup", true);
  }
  const sys::UniqueFd context = MYRT_TRY(sys::fsopen("cgroup2"));
  MYRT_TRY(sys::fsconfig_string(context.get(), "source", "cgroup"));
  Result<void> created = sys::fsconfig_create(context.get());
  if (created.has_value()) {
    return sys::fsmount(context.get(), 0);
  }
  // A user namespace that does not own the cgroup namespace, or a hierarchy mounted otherwise: the
  // directory alone.
  const bool may_not = created.error().code() == EPERM || created.error().code() == EBUSY;
  if (!may_not || plan.cgroups.empty()) {
    return std::unexpected(std::move(created).error());
  }
  return own_directory(plan.cgroups.front());
}

}  // namespace

Result<void> mount_cgroups(Root& root, const plan::RootfsPlan& plan, const plan::MountStep& step) {
  const Target target = MYRT_TRY(mount_target(root.fd.get(), step, true));
  if (!plan.pure_v2) {
    return mount_all_v1(target.fd.get(), plan, step, root.spent);
  }
  const sys::UniqueFd mount = MYRT_TRY(mount_v2(plan));
  MYRT_TRY(sys::mount_setattr(mount.get(), "",
                              {.set = step.attributes.set, .clear = step.attributes.clear}));
  MYRT_TRY(sys::move_mount(mount.get(), target.fd.get()));
  return apply_propagation(mount.get(), step);
}

}  // namespace myrt::rootfs
