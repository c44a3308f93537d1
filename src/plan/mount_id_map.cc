#include <linux/capability.h>

#include "base/text.h"
#include "plan/parts.h"

namespace myrt::plan {

std::optional<MountIdMap> mount_id_map(const Mount& mount, const Linux& linux) {
  if (mount.id_mapped == IdMapScope::kNone) {
    return std::nullopt;
  }
  MountIdMap map;
  map.recursive = mount.id_mapped == IdMapScope::kTree;
  const Namespace* user = find_namespace(linux, NamespaceKind::kUser);
  if (mount.uid_mappings.empty() && user != nullptr && !user->path.empty()) {
    map.path = user->path;
    return map;
  }
  const bool own = !mount.uid_mappings.empty();
  map.uid_map = map_text(own ? mount.uid_mappings : linux.uid_mappings);
  map.gid_map = map_text(own ? mount.gid_mappings : linux.gid_mappings);
  return map;
}

Result<void> require_rights_for_id_maps(const std::vector<MountStep>& mounts,
                                        const host::HostFacts& host) {
  if (host::has_capability(host, CAP_SYS_ADMIN)) {
    return {};
  }
  for (std::size_t i = 0; i < mounts.size(); ++i) {
    if (mounts[i].id_map.has_value()) {
      return std::unexpected(
          Error(base::concat({"/mounts/", std::to_string(i),
                              ": an id-mapped mount takes CAP_SYS_ADMIN over the file system of "
                              "its source (mount_setattr(2))"})));
    }
  }
  return {};
}

}  // namespace myrt::plan
