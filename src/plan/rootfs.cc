#include <sys/mount.h>

#include "base/paths.h"
#include "base/text.h"
#include "plan/parts.h"

namespace myrt::plan {

namespace {

constexpr unsigned long kPrivateKinds = MS_PRIVATE | MS_UNBINDABLE;

/// For the host's mounts as a new namespace has them. Slave unless told otherwise: the container
/// follows the host's mounts, and the host does not see the container's.
std::uint64_t host_propagation(unsigned long rootfs_propagation) {
  if ((rootfs_propagation & MS_SHARED) != 0) {
    return MS_SHARED;
  }
  return (rootfs_propagation & kPrivateKinds) != 0 ? MS_PRIVATE : MS_SLAVE;
}

Result<void> check_combinations(const Spec& spec, const Request& request) {
  const bool new_mount_namespace = is_new(spec.linux, NamespaceKind::kMount);
  const unsigned long propagation = spec.linux.rootfs_propagation;
  if (request.overlay.has_value() && !new_mount_namespace) {
    return std::unexpected(
        Error("--overlay: needs a new mount namespace, the host would see the overlay"));
  }
  if (propagation != 0 && !new_mount_namespace) {
    return std::unexpected(Error(
        "/linux/rootfsPropagation: needs a new mount namespace, it would be that of the host's /"));
  }
  // Without pivot_root(2) the host's mounts stay where they are, below the container's root.
  // Private copies would outlive the host's umount(8) and keep its devices busy.
  if (request.no_pivot && (propagation & kPrivateKinds) != 0) {
    return std::unexpected(
        Error("--no-pivot: does not go with a private or unbindable /linux/rootfsPropagation"));
  }
  return {};
}

}  // namespace

Result<std::string> path_in_root(std::string_view path, std::string_view pointer) {
  if (path.starts_with('/')) {
    return base::clean_absolute(path);  // ".." at "/" is "/" (path_resolution(7))
  }
  std::optional<std::string> clean = base::clean_inside_root(path);
  if (!clean.has_value()) {
    return std::unexpected(
        Error(base::concat({pointer, ": ", base::quote(path), " leaves the root file system"})));
  }
  return *std::move(clean);
}

Result<RootfsPlan> rootfs_plan(const Spec& spec, const Request& request) {
  MYRT_TRY(check_combinations(spec, request));
  const Linux& linux = spec.linux;
  RootfsPlan plan;
  plan.path = base::absolute_from(request.bundle, spec.root.path);
  plan.overlay = request.overlay;
  if (plan.overlay.has_value()) {
    plan.overlay->read_only = spec.root.readonly;
    plan.overlay->label = linux.mount_label;
  }
  const Namespace* mount_namespace = find_namespace(linux, NamespaceKind::kMount);
  plan.new_mount_namespace = mount_namespace != nullptr && mount_namespace->path.empty();
  plan.joined_mount_namespace = mount_namespace != nullptr && !mount_namespace->path.empty();
  plan.no_pivot = request.no_pivot;
  plan.read_only = spec.root.readonly;
  if (plan.new_mount_namespace) {
    plan.host_propagation = host_propagation(linux.rootfs_propagation);
    plan.root_propagation = linux.rootfs_propagation & ~static_cast<unsigned long>(MS_REC);
    plan.root_propagation_recursive = (linux.rootfs_propagation & MS_REC) != 0;
  }
  plan.mount_label = linux.mount_label;
  plan.own_cgroup_namespace = find_namespace(linux, NamespaceKind::kCgroup) != nullptr;
  plan.mounts = MYRT_TRY(mount_steps(spec, request.bundle));
  plan.devices = MYRT_TRY(device_plan(linux.devices, plan.mounts));
  plan.masked_paths = MYRT_TRY(protected_paths(linux.masked_paths, "/linux/maskedPaths"));
  plan.readonly_paths = MYRT_TRY(protected_paths(linux.readonly_paths, "/linux/readonlyPaths"));
  return plan;
}

}  // namespace myrt::plan
