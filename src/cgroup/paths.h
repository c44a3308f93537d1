// `linux.cgroupsPath` (config-linux.md "Cgroups Path") to the container's place below each
// hierarchy's root. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <myrt/result.h>

namespace myrt::cgroup {

/// The form "slice:prefix:name" that engines send to a runtime which asks systemd for cgroups.
struct SystemdPath {
  std::string slice;
  std::string prefix;
  std::string name;
  friend bool operator==(const SystemdPath&, const SystemdPath&) = default;
};
/// Nothing when `cgroups_path` is an ordinary path.
std::optional<SystemdPath> parse_systemd_path(std::string_view cgroups_path);

/// The absolute, clean path below a hierarchy's root: of `cgroups_path`, relative or not, or "/ID"
/// when that is empty. Refused: "..", the root itself, and systemd's form.
Result<std::string> container_path(std::string_view cgroups_path, std::string_view id);

}  // namespace myrt::cgroup
