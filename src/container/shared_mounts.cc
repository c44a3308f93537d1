#include "container/shared_mounts.h"

#include <fcntl.h>
#include <sys/mount.h>

#include <algorithm>
#include <cerrno>
#include <ranges>
#include <string>
#include <utility>

#include "sys/file.h"
#include "sys/mount_api.h"
#include "sys/proc.h"
#include "sys/resolve.h"

namespace myrt::container {

namespace {

std::string path_of_descriptor(int fd) { return "/proc/self/fd/" + std::to_string(fd); }

bool is_at_or_below(std::string_view path, std::string_view directory) {
  return path.starts_with(directory) &&
         (path.size() == directory.size() || path[directory.size()] == '/');
}

/// Whether a lookup ended where there is nothing any more, or something else.
bool is_gone(const Error& error) {
  return error.code() == ENOENT || error.code() == ENOTDIR || error.code() == ELOOP;
}

Result<void> unmount_place(int root, const std::string& place, const SharedMounts& shared) {
  const Result<sys::UniqueFd> point = sys::open_in_root(root, place, O_PATH);
  if (!point.has_value()) {
    return is_gone(point.error()) ? Result<void>{} : std::unexpected(point.error());
  }
  const sys::MountOf mount = MYRT_TRY(sys::mount_of(point->get(), ""));
  if (!mount.is_root || std::ranges::find(shared.earlier, mount.id) != shared.earlier.end()) {
    return {};
  }
  // By descriptor: whoever may write to the root could put a link in the path meanwhile.
  return in(place, sys::unmount(path_of_descriptor(point->get()), MNT_DETACH));
}

}  // namespace

Result<std::optional<SharedMounts>> shared_mounts(const plan::Plan& plan) {
  if (plan.rootfs.new_mount_namespace || plan.rootfs.joined_mount_namespace) {
    return std::nullopt;
  }
  const sys::UniqueFd root =
      MYRT_TRY(in("root.path", sys::open_at(AT_FDCWD, plan.rootfs.path, O_PATH | O_DIRECTORY)));
  SharedMounts shared;
  shared.root = MYRT_TRY(sys::read_link(AT_FDCWD, path_of_descriptor(root.get())));
  for (const sys::MountEntry& mount : MYRT_TRY(sys::own_mountinfo())) {
    if (is_at_or_below(mount.point, shared.root)) {
      shared.earlier.push_back(static_cast<std::uint64_t>(mount.id));
    }
  }
  for (const plan::MountStep& step : plan.rootfs.mounts) {
    shared.places.push_back(step.destination);
  }
  if (plan.process.has_value() && plan.process->terminal) {
    shared.places.emplace_back("/dev/console");
  }
  return shared;
}

Result<void> unmount_shared(const SharedMounts& shared) {
  const sys::UniqueFd host = MYRT_TRY(sys::open_at(AT_FDCWD, "/", O_PATH | O_DIRECTORY));
  const Result<sys::UniqueFd> root =
      sys::open_in_root_no_links(host.get(), shared.root, O_PATH | O_DIRECTORY);
  if (!root.has_value()) {
    return is_gone(root.error()) ? Result<void>{} : std::unexpected(root.error());
  }
  for (const std::string& place : shared.places | std::views::reverse) {
    MYRT_TRY(unmount_place(root->get(), place, shared));
  }
  return {};
}

}  // namespace myrt::container
