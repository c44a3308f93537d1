#include "cgroup/paths.h"

#include <algorithm>
#include <vector>

#include "base/paths.h"
#include "base/text.h"

namespace myrt::cgroup {

namespace {

Error path_error(std::string_view cgroups_path, std::string_view reason) {
  return Error(base::concat({"/linux/cgroupsPath: ", base::quote(cgroups_path), " ", reason}));
}

}  // namespace

std::optional<SystemdPath> parse_systemd_path(std::string_view cgroups_path) {
  const std::vector<std::string_view> parts = base::split(cgroups_path, ':');
  // A directory's name may hold colons too; only the whole path has this form, and a unit's name
  // has no slash.
  if (parts.size() != 3 || cgroups_path.find('/') != std::string_view::npos) {
    return std::nullopt;
  }
  return SystemdPath{.slice = std::string(parts[0]),
                     .prefix = std::string(parts[1]),
                     .name = std::string(parts[2])};
}

Result<std::string> container_path(std::string_view cgroups_path, std::string_view id) {
  if (cgroups_path.empty()) {
    return base::concat({"/", id});
  }
  if (parse_systemd_path(cgroups_path).has_value()) {
    return std::unexpected(path_error(
        cgroups_path, "is a systemd path, slice:prefix:name, which needs --systemd-cgroup"));
  }
  const std::vector<std::string_view> components = base::split(cgroups_path, '/');
  if (std::ranges::find(components, "..") != components.end()) {
    return std::unexpected(path_error(cgroups_path, "must not contain \"..\""));
  }
  std::string path = base::clean_absolute(cgroups_path);
  if (path == "/") {
    // The host's own processes live there, and delete kills what a container's cgroup holds.
    return std::unexpected(path_error(cgroups_path, "names the root of the hierarchy"));
  }
  return path;
}

}  // namespace myrt::cgroup
