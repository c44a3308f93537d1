#include "cgroup/systemd_unit.h"

#include <algorithm>
#include <array>
#include <optional>

#include "base/text.h"
#include "cgroup/paths.h"

namespace myrt::cgroup {

namespace {

constexpr std::size_t kMaxUnitName = 255;
constexpr std::string_view kScope = ".scope";
constexpr std::string_view kSlice = ".slice";

std::unexpected<Error> refuse(std::string_view cgroups_path, std::string_view reason) {
  return std::unexpected(
      Error(base::concat({"/linux/cgroupsPath: ", base::quote(cgroups_path), " ", reason})));
}

bool is_unit_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         std::string_view(":-_.\\@").find(c) != std::string_view::npos;
}

bool is_unit_name(std::string_view name) {
  return name.size() <= kMaxUnitName && std::ranges::all_of(name, is_unit_character);
}

/// Of the characters of a container's id, a unit's name cannot have '+'; systemd-escape(1) writes
/// it so.
std::string escaped_id(std::string_view id) {
  std::string name;
  for (const char c : id) {
    name += c == '+' ? std::string("\\x2b") : std::string(1, c);
  }
  return name;
}

}  // namespace

Result<std::string> slice_path(std::string_view slice) {
  if (slice == "-.slice") {
    return std::string();
  }
  const auto invalid = [&] {
    return std::unexpected(Error(base::quote(slice) + " is not the name of a slice"));
  };
  if (!slice.ends_with(kSlice) || !is_unit_name(slice)) {
    return invalid();
  }
  std::string path;
  std::string parents;
  for (const std::string_view part :
       base::split(slice.substr(0, slice.size() - kSlice.size()), '-')) {
    if (part.empty()) {
      return invalid();
    }
    parents += base::concat({parents.empty() ? "" : "-", part});
    path += base::concat({"/", cgroup_name(parents + std::string(kSlice))});
  }
  return path;
}

std::string cgroup_name(std::string_view unit) {
  // Those that systemd itself has to do with (cg_needs_escape).
  constexpr std::array<std::string_view, 8> kControllers = {"cpu",   "cpuacct", "cpuset",  "io",
                                                            "blkio", "memory",  "devices", "pids"};
  const std::string_view stem = unit.substr(0, unit.rfind('.'));
  const bool hidden = unit.starts_with('_') || unit.starts_with('.') ||
                      unit.starts_with("cgroup.") ||
                      std::ranges::find(kControllers, stem) != kControllers.end();
  return base::concat({hidden ? "_" : "", unit});
}

Result<UnitPlace> unit_place(std::string_view cgroups_path, std::string_view id,
                             bool user_manager) {
  SystemdPath parts{.slice = "", .prefix = "myrt", .name = escaped_id(id)};
  if (!cgroups_path.empty()) {
    std::optional<SystemdPath> given = parse_systemd_path(cgroups_path);
    if (!given.has_value()) {
      return refuse(cgroups_path, "is not slice:prefix:name, which systemd's cgroups need");
    }
    parts = *std::move(given);
  }
  if (parts.name.ends_with(kSlice)) {
    return refuse(cgroups_path, "names a slice, and the processes of a container need a scope");
  }
  UnitPlace place;
  place.slice = !parts.slice.empty() ? parts.slice : user_manager ? "user.slice" : "system.slice";
  place.name = base::concat({parts.prefix, parts.prefix.empty() ? "" : "-", parts.name, kScope});
  if (parts.name.empty() || !is_unit_name(place.name)) {
    return refuse(cgroups_path, "does not make the name of a unit: " + base::quote(place.name));
  }
  const Result<std::string> above = slice_path(place.slice);
  if (!above.has_value()) {
    return refuse(cgroups_path, "cannot be: " + above.error().text());
  }
  place.path = base::concat({*above, "/", cgroup_name(place.name)});
  return place;
}

}  // namespace myrt::cgroup
