#include "rootfs/prepare.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>

#include "rootfs/id_map.h"
#include "rootfs/steps.h"
#include "sys/file.h"
#include "sys/kernel_defs.h"
#include "sys/mount_api.h"

namespace myrt::rootfs {

namespace {

using plan::MountKind;
using plan::MountStep;

/// The propagation of everything we came with, so that nothing we mount is seen by the host, nor
/// the other way round beyond what was asked for.
Result<void> set_host_propagation(const plan::RootfsPlan& plan) {
  MYRT_TRY(in("the host's mounts",
              sys::mount_setattr(AT_FDCWD, "/",
                                 {.propagation = plan.host_propagation, .recursive = true})));
  if (plan.host_propagation == MS_SHARED) {
    // Our own root goes on top of "/", whose mount pivot_root(2) refuses as parent if it is shared.
    MYRT_TRY(in("the host's root", sys::mount_setattr(AT_FDCWD, "/", {.propagation = MS_PRIVATE})));
  }
  return {};
}

/// The root as a mount of its own on top of the namespace's "/": no path of it is ever needed.
Result<sys::UniqueFd> attach_root(const plan::RootfsPlan& plan, bool without_host_rights,
                                  Sources& sources) {
  sys::UniqueFd tree = std::move(sources.root);
  if (plan.overlay.has_value()) {
    tree = MYRT_TRY(
        in("overlay root", overlay_root(*plan.overlay, without_host_rights, sources.layers)));
  }
  // A clone is a peer of what it was cloned from. With shared propagation its submounts stay peers,
  // as asked.
  const bool keep_peers = plan.host_propagation == MS_SHARED;
  const std::uint64_t propagation = keep_peers ? std::uint64_t{MS_PRIVATE} : plan.host_propagation;
  MYRT_TRY(in(
      "root.path",
      sys::mount_setattr(tree.get(), "", {.propagation = propagation, .recursive = !keep_peers})));
  MYRT_TRY(in("root.path", sys::move_mount_to_path(tree.get(), "/")));
  return tree;
}

/// What the kernel asks of whoever mounts this in a user namespace, for the refusal's text.
std::string_view restriction_on(const MountStep& step) {
  if (step.kind == MountKind::kBind || step.kind == MountKind::kRemount) {
    return "in a user namespace the source's ro, nosuid, nodev, noexec and atime are locked";
  }
  if (step.type == "proc") {
    return "in a user namespace only with a pid namespace of its own, and when nothing covers "
           "parts of the caller's /proc";
  }
  if (step.type == "mqueue") {
    return "in a user namespace only with an ipc namespace of its own";
  }
  return "in a user namespace";
}

std::string step_name(const MountStep& step) {
  const std::string what = step.kind == MountKind::kBind ? step.source : step.type;
  return (step.kind == MountKind::kRemount ? "remount " : "mount ") + what +
         (what.empty() ? "" : " ") + "on " + step.destination;
}

Result<void> apply(Root& root, const plan::RootfsPlan& plan, const MountStep& step,
                   sys::UniqueFd tree) {
  sys::UniqueFd mount;
  switch (step.kind) {
    case MountKind::kRemount:
      return remount(root, step);
    case MountKind::kCgroup:
      return mount_cgroups(root, plan, step);
    case MountKind::kFilesystem:
      mount = MYRT_TRY(mount_filesystem(root, step));
      break;
    case MountKind::kBind:
      mount = MYRT_TRY(mount_bind(root, step, std::move(tree)));
      break;
  }
  if (step.destination == "/") {
    if (step.read_only_last) {
      root.late.push_back({.mount = MYRT_TRY(sys::duplicate(mount.get())), .destination = "/"});
    }
    root.fd = std::move(mount);  // the old descriptor is of the object below
  } else if (!step.read_only_last) {
    root.spent.add(std::move(mount));
  } else {
    root.late.push_back({.mount = std::move(mount), .destination = step.destination});
  }
  return {};
}

enum class Cloner { kRuntime, kContainer };

/// A tree that becomes a bind mount.
Result<sys::UniqueFd> clone_source(const MountStep& step, Cloner cloner) {
  Result<sys::UniqueFd> tree = sys::open_tree_clone(AT_FDCWD, step.source, step.recursive);
  const bool invalid = !tree.has_value() && tree.error().code() == EINVAL;
  if (invalid && !step.recursive && cloner == Cloner::kContainer) {
    // mount_namespaces(7), "Restrictions on mount namespaces": they may hide what is below them.
    return in(
        "without the mounts below the source, which a user namespace cannot leave behind: "
        "rbind takes them along",
        std::move(tree));
  }
  return tree;
}

Result<Sources> clone_sources(const plan::RootfsPlan& plan, Cloner cloner) {
  Sources sources;
  if (!plan.overlay.has_value() && plan.new_mount_namespace) {
    // O_DIRECTORY through the clone is not to be had: a root that is a file is told by the
    // descriptor's type.
    sources.root = MYRT_TRY(in("root.path", sys::open_tree_clone(AT_FDCWD, plan.path, true)));
    const struct ::stat status = MYRT_TRY(sys::status_of(sources.root.get(), plan.path));
    if (!S_ISDIR(status.st_mode)) {
      return std::unexpected(Error::from_code(ENOTDIR, {"root.path: ", plan.path}));
    }
  }
  sources.binds.resize(plan.mounts.size());
  for (std::size_t i = 0; i < plan.mounts.size(); ++i) {
    const MountStep& step = plan.mounts[i];
    if (step.kind == MountKind::kBind) {
      sources.binds[i] = MYRT_TRY(in(step_name(step), clone_source(step, cloner)));
    }
  }
  return sources;
}

Result<void> set_id_maps(const plan::RootfsPlan& plan, const Sources& sources) {
  MapNamespaces namespaces;
  for (std::size_t i = 0; i < plan.mounts.size(); ++i) {
    const MountStep& step = plan.mounts[i];
    if (step.id_map.has_value()) {
      MYRT_TRY(in(step_name(step), set_id_map(sources.binds[i].get(), *step.id_map, namespaces)));
    }
  }
  return {};
}

bool has_id_maps(const plan::RootfsPlan& plan) {
  return std::ranges::any_of(plan.mounts,
                             [](const MountStep& step) { return step.id_map.has_value(); });
}

}  // namespace

Result<Sources> open_sources(const plan::RootfsPlan& plan) {
  Result<Sources> sources = clone_sources(plan, Cloner::kRuntime);
  // Cloning mounts takes CAP_SYS_ADMIN over the mount namespace, whatever their path.
  if (!sources.has_value() && sources.error().code() == EPERM) {
    if (has_id_maps(plan)) {
      return in("id-mapped mounts take rights over the runtime's mount namespace",
                std::move(sources));
    }
    sources = Sources{};
    sources->deferred = true;
    return sources;
  }
  if (sources.has_value()) {
    MYRT_TRY(set_id_maps(plan, *sources));
  }
  return sources;
}

Result<void> complete_sources(const plan::RootfsPlan& plan, const plan::NamespacePlan& namespaces,
                              Sources& sources) {
  if (sources.deferred) {
    sources = MYRT_TRY(clone_sources(plan, Cloner::kContainer));
  }
  if (plan.overlay.has_value() && namespaces.in_user_namespace) {
    sources.layers = MYRT_TRY(in("overlay root", open_layers(*plan.overlay)));
  }
  return {};
}

Result<Root> prepare(const plan::RootfsPlan& plan, const plan::NamespacePlan& namespaces,
                     Sources sources) {
  Root root;
  if (plan.new_mount_namespace) {
    MYRT_TRY(set_host_propagation(plan));
    root.fd = MYRT_TRY(attach_root(plan, namespaces.without_host_rights, sources));
  } else {
    root.fd = MYRT_TRY(in("root.path", sys::open_at(AT_FDCWD, plan.path, O_PATH | O_DIRECTORY)));
  }
  for (std::size_t i = 0; i < plan.mounts.size(); ++i) {
    const MountStep& step = plan.mounts[i];
    Result<void> mounted = apply(root, plan, step, std::move(sources.binds[i]));
    if (!mounted.has_value() && mounted.error().code() == EPERM && namespaces.without_host_rights) {
      mounted = in(restriction_on(step), std::move(mounted));
    }
    MYRT_TRY(in(step_name(step), std::move(mounted)));
  }
  MYRT_TRY(make_devices(root.fd.get(), plan.devices, namespaces.without_host_rights));
  return root;
}

}  // namespace myrt::rootfs
