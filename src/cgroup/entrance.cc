#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/paths.h"
#include "base/text.h"
#include "cgroup/layout.h"
#include "cgroup/manager.h"
#include "cgroup/tree.h"
#include "sys/file.h"

namespace myrt::cgroup {

namespace {

/// The hierarchy that `directory` is in.
Result<Hierarchy> hierarchy_of(const Layout& layout, const std::string& directory) {
  for (const Hierarchy& hierarchy : layout.hierarchies) {
    if (base::is_below(directory, hierarchy.mount_point)) {
      return hierarchy;
    }
  }
  return std::unexpected(Error(directory + " is in no hierarchy that is mounted"));
}

bool is_meant(const SubCgroup& sub, const std::vector<std::string>& controllers) {
  return sub.controllers.empty() ||
         std::ranges::any_of(controllers, [&](const std::string& controller) {
           return std::ranges::find(sub.controllers, controller) != sub.controllers.end();
         });
}

/// The directory to enter in place of the container's own.
Result<std::string> chosen(const std::string& own, std::span<const SubCgroup> below,
                           const Layout& layout) {
  if (below.empty()) {
    return own;
  }
  const Hierarchy hierarchy = MYRT_TRY(hierarchy_of(layout, own));
  std::string path = own;
  for (const SubCgroup& sub : below) {
    if (is_meant(sub, hierarchy.controllers)) {
      path = sub.path.empty() ? own : base::concat({own, "/", sub.path});
    }
  }
  // The container cannot have made one in the v2 hierarchy beside v1, which it does not see.
  const bool beside_v1 = hierarchy.unified && !layout.pure_v2;
  const bool absent = ::access(path.c_str(), F_OK) < 0 && errno == ENOENT;
  return beside_v1 && absent ? own : path;
}

/// A controller that no hierarchy has is a mistake of the user's.
Result<void> check_controllers(std::span<const SubCgroup> below, const Layout& layout) {
  for (const SubCgroup& sub : below) {
    for (const std::string& controller : sub.controllers) {
      const bool known = std::ranges::any_of(layout.hierarchies, [&](const Hierarchy& hierarchy) {
        return std::ranges::find(hierarchy.controllers, controller) != hierarchy.controllers.end();
      });
      if (!known) {
        return std::unexpected(
            Error("--cgroup: no hierarchy has the controller " + base::quote(controller)));
      }
    }
  }
  return {};
}

Result<void> add(Entrance& entrance, const std::string& path) {
  OpenCgroup cgroup = MYRT_TRY(open_cgroup(path));
  if (cgroup.v2) {
    entrance.directory = std::move(cgroup.fd);
  } else {
    entrance.tasks.push_back(MYRT_TRY(in(path, sys::open_at(cgroup.fd.get(), "tasks", O_WRONLY))));
  }
  return {};
}

/// The path in the line of cgroup v2 of /proc/PID/cgroup, "0::/machine/c1".
Result<std::string> v2_path(pid_t pid) {
  constexpr std::size_t kMaxBytes = std::size_t{1} << 16U;
  const std::string file = "/proc/" + std::to_string(pid) + "/cgroup";
  const std::string text = MYRT_TRY(sys::read_file(AT_FDCWD, file, kMaxBytes));
  for (const std::string_view line : base::split(text, '\n')) {
    if (line.starts_with("0::/")) {
      return std::string(line.substr(3));
    }
  }
  return std::unexpected(Error(file + ": no cgroup v2"));
}

}  // namespace

Result<SubCgroup> parse_sub_cgroup(std::string_view text) {
  SubCgroup sub;
  const std::size_t colon = text.find(':');
  if (colon != std::string_view::npos) {
    for (const std::string_view controller : base::split(text.substr(0, colon), ',')) {
      if (controller.empty()) {
        return std::unexpected(
            Error("--cgroup: want [CONTROLLER,...:]PATH, got " + base::quote(text)));
      }
      sub.controllers.emplace_back(controller);
    }
    text = text.substr(colon + 1);
  }
  const std::optional<std::string> path = base::clean_inside_root(base::concat({"/", text}));
  if (!path.has_value()) {
    return std::unexpected(
        Error("--cgroup: " + base::quote(text) + " is not below the container's cgroup"));
  }
  sub.path = path->substr(1);
  return sub;
}

Result<Entrance> open_entrance(std::span<const std::string> directories,
                               std::span<const SubCgroup> below) {
  Entrance entrance;
  const std::vector<std::string> own = split_record(directories).own;
  if (own.empty() && !below.empty()) {
    return std::unexpected(Error("--cgroup: the container has no cgroup"));
  }
  const Layout layout = below.empty() ? Layout() : MYRT_TRY(detect_layout());
  MYRT_TRY(check_controllers(below, layout));
  for (const std::string& directory : own) {
    const std::string path = MYRT_TRY(chosen(directory, below, layout));
    MYRT_TRY(add(entrance, path));
  }
  return entrance;
}

Result<Entrance> open_entrance_of(std::span<const std::string> directories, pid_t pid) {
  const std::vector<std::string> own = split_record(directories).own;
  const Layout layout = MYRT_TRY(detect_layout());
  const auto unified = std::ranges::find_if(layout.hierarchies, &Hierarchy::unified);
  if (unified == layout.hierarchies.end()) {
    return std::unexpected(Error("no cgroup v2 is mounted"));
  }
  const std::string path = unified->mount_point + MYRT_TRY(v2_path(pid));
  const auto holds = [&](const std::string& directory) { return base::is_below(path, directory); };
  if (std::ranges::none_of(own, holds)) {
    return std::unexpected(
        Error("the container process has left the container's cgroup for " + path));
  }
  Entrance entrance;
  MYRT_TRY(add(entrance, path));
  return entrance;
}

}  // namespace myrt::cgroup
