// The container's file system tree: built by the container process in its mount namespace, before
// anything of the container runs. Three stages, so that hooks can run between them: prepare
// (mounts, devices), finish (masked and read-only paths), enter (pivot_root). Everything goes
// through descriptors that cannot leave the root (sys/resolve.h); no path string ever starts in the
// root file system.
#pragma once

#include <cstdint>
#include <vector>

#include <myrt/result.h>

#include "plan/plan.h"
#include "sys/spent_fds.h"
#include "sys/unique_fd.h"

namespace myrt::rootfs {

/// Trees that the runtime cloned before it cloned the container process: paths of the host are
/// resolved with the runtime's ids, so a directory that the container's root may not search is no
/// obstacle.
struct Sources {
  sys::UniqueFd
      root;  // of root.path; none when the root is an overlay, or when there is no mount namespace
  std::vector<sys::UniqueFd> binds;   // as many as RootfsPlan::mounts; open for kBind steps only
  std::vector<sys::UniqueFd> layers;  // of an overlay, see open_layers
  // The runtime has no rights over its mount namespace, so the container process opens them in its
  // own.
  bool deferred = false;
};

/// Runs in the runtime, which gives id-mapped mounts their maps here. Errors name the source and
/// what it is for.
Result<Sources> open_sources(const plan::RootfsPlan& plan);

/// In the container process, with the caller's ids: what the runtime had to defer, and the layers
/// of an overlay in a user namespace.
Result<void> complete_sources(const plan::RootfsPlan& plan, const plan::NamespacePlan& namespaces,
                              Sources& sources);

/// A mount that becomes read-only when nothing more has to be made in it.
struct LateReadOnly {
  sys::UniqueFd mount;
  std::string destination;
};

/// The tree under construction.
struct Root {
  sys::UniqueFd fd;  // the container's "/"
  std::vector<LateReadOnly> late;
  sys::SpentFds spent;
};

/// Attaches the root, makes all mounts in order, device nodes and links.
Result<Root> prepare(const plan::RootfsPlan& plan, const plan::NamespacePlan& namespaces,
                     Sources sources);

/// Masked paths, read-only paths, and what was kept writable until now.
Result<void> finish(const plan::RootfsPlan& plan, Root& root);

/// Makes the tree "/" and forgets the host's: pivot_root(2), or chroot(2) where the plan says so.
/// The working directory is "/" afterwards. Closes the root's descriptors.
Result<void> enter(const plan::RootfsPlan& plan, Root root);

/// A detached procfs of our own, for writes that must not meet what the container has mounted on
/// /proc (CVE-2019-19921, CVE-2023-27561). Of the calling process's pid namespace; before `enter`.
Result<sys::UniqueFd> own_procfs();

}  // namespace myrt::rootfs
