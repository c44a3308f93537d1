// Id-mapped bind mounts (config.md "Mounts", `idmap`): the runtime gives the cloned trees their
// maps before it clones the container process, which may have no rights over the file systems any
// more.
#pragma once

#include <utility>
#include <vector>

#include <myrt/result.h>

#include "plan/plan.h"
#include "sys/unique_fd.h"

namespace myrt::rootfs {

/// The user namespaces whose maps mounts get, one for all that want the same.
class MapNamespaces {
 public:
  /// Of `map`, opened or made when it is first asked for. Lives as long as this.
  Result<int> find(const plan::MountIdMap& map);

 private:
  std::vector<std::pair<plan::MountIdMap, sys::UniqueFd>> opened_;
};

/// Gives the detached tree, which nobody has seen yet, the maps of `map`. EINVAL: one of its file
/// systems cannot be id-mapped.
Result<void> set_id_map(int tree, const plan::MountIdMap& map, MapNamespaces& namespaces);

}  // namespace myrt::rootfs
