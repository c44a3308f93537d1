#include "rootfs/id_map.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <string_view>

#include "sys/file.h"
#include "sys/mount_api.h"
#include "sys/user_namespace.h"

namespace myrt::rootfs {

namespace {

Result<sys::UniqueFd> open_namespace(const plan::MountIdMap& map) {
  return map.path.empty() ? sys::make_user_namespace(map.uid_map, map.gid_map)
                          // Whatever lies at the path, opening it must not wait.
                          : sys::open_at(AT_FDCWD, map.path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

/// What the kernel means by its errno value (mount_setattr(2), "ERRORS").
std::string_view meaning(int code, const plan::MountIdMap& map) {
  if (code == EINVAL) {
    return map.recursive ? "a file system of the source's tree cannot be id-mapped"
                         : "the source's file system cannot be id-mapped";
  }
  return code == EPERM ? "the source is id-mapped already, or belongs to another user namespace"
                       : "id mapping";
}

}  // namespace

Result<int> MapNamespaces::find(const plan::MountIdMap& map) {
  plan::MountIdMap wanted = map;
  wanted.recursive = false;
  const auto found =
      std::ranges::find_if(opened_, [&wanted](const auto& entry) { return entry.first == wanted; });
  if (found != opened_.end()) {
    return found->second.get();
  }
  sys::UniqueFd opened = MYRT_TRY(in("user namespace of the id mapping", open_namespace(wanted)));
  opened_.emplace_back(std::move(wanted), std::move(opened));
  return opened_.back().second.get();
}

Result<void> set_id_map(int tree, const plan::MountIdMap& map, MapNamespaces& namespaces) {
  const int user_namespace = MYRT_TRY(namespaces.find(map));
  Result<void> mapped =
      sys::mount_setattr(tree, "", {.recursive = map.recursive, .user_namespace = user_namespace});
  if (!mapped.has_value()) {
    const int code = mapped.error().code();
    return in(meaning(code, map), std::move(mapped));
  }
  return {};
}

}  // namespace myrt::rootfs
