#include "cgroup/rootless.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/paths.h"
#include "base/text.h"

namespace myrt::cgroup {

namespace {

std::string parent_of(const std::string& path) {
  const std::size_t slash = path.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : path.substr(0, slash);
}

bool is_of_devices(const FileWrite& write) { return write.file.starts_with("devices."); }

/// Whether a write asks for what a cgroup is like without it: no limit, and the kernel's way to end
/// a lack of memory.
bool limits_nothing(const FileWrite& write) {
  return write.value == "-1" || write.value.starts_with("max") ||
         (write.file == "memory.oom_control" && write.value == "0");
}

/// What the directory is asked to limit; null when nothing is.
const FileWrite* first_limit(const Directory& directory) {
  const auto found = std::ranges::find_if_not(directory.writes, [](const FileWrite& write) {
    return is_of_devices(write) || limits_nothing(write);
  });
  return found == directory.writes.end() ? nullptr : &*found;
}

std::optional<Refusal> may_not(const std::string& path, int mode) {
  if (::faccessat(AT_FDCWD, path.c_str(), mode, AT_EACCESS) == 0) {
    return std::nullopt;
  }
  return Refusal{.path = path, .code = errno};
}

bool exists(const std::string& path) {
  return ::faccessat(AT_FDCWD, path.c_str(), F_OK, AT_EACCESS) == 0;
}

/// The cgroup that both are in or below.
std::string common_ancestor(const std::string& one, const std::string& other) {
  std::string ancestor = one;
  while (ancestor != "/" && ancestor != other && !base::is_below(other, ancestor)) {
    ancestor = parent_of(ancestor);
  }
  return ancestor;
}

}  // namespace

void place_below(CgroupPlan& plan, std::span<const Membership> own) {
  for (Directory& directory : plan.directories) {
    std::optional<std::string> place = path_in(directory.hierarchy, own);
    if (place.has_value() && plan.pure_v2) {
      place = parent_of(*place);
    }
    if (place.has_value()) {
      directory.path = base::clean_absolute(base::concat({*place, "/", directory.path}));
    }
  }
}

Result<void> leave_out_refused(CgroupPlan& plan, std::string_view cgroups_path,
                               const Permit& permit) {
  std::vector<Directory> permitted;
  for (Directory& directory : plan.directories) {
    const std::optional<Refusal> refusal = permit(directory);
    if (!refusal.has_value()) {
      permitted.push_back(std::move(directory));
      continue;
    }
    if (const FileWrite* const limit = first_limit(directory)) {
      const std::string controller = limit->file.substr(0, limit->file.find('.'));
      return std::unexpected(Error::from_code(
          refusal->code,
          {limit->field, ": needs a cgroup with the controller ", base::quote(controller),
           ", and the user may not write to ", refusal->path}));
    }
    if (cgroups_path.starts_with('/')) {
      return std::unexpected(
          Error::from_code(refusal->code, {"/linux/cgroupsPath: ", base::quote(cgroups_path),
                                           " is where the user may not write to ", refusal->path}));
    }
  }
  plan.directories = std::move(permitted);
  if (unified_directory(plan) == nullptr) {
    plan.device_program.clear();
  }
  return {};
}

std::optional<Refusal> refusal_of(const Directory& directory, std::span<const Membership> own) {
  const std::string& top = directory.hierarchy.mount_point;
  std::string path = directory.path;
  if (exists(top + path)) {
    const char* file = directory.hierarchy.unified ? "/cgroup.procs" : "/tasks";
    if (std::optional<Refusal> refusal = may_not(top + path + file, W_OK)) {
      return refusal;
    }
  } else {
    while (path != "/" && !exists(top + path)) {
      path = parent_of(path);
    }
    const std::string nearest = path == "/" ? top : top + path;
    if (std::optional<Refusal> refusal = may_not(nearest, W_OK | X_OK)) {
      return refusal;
    }
  }
  if (!directory.hierarchy.unified) {
    return std::nullopt;
  }
  // A process may be moved within what its mover owns: the cgroup that holds both places
  // (cgroups(7), "Cgroups delegation containment").
  const std::optional<std::string> place = path_in(directory.hierarchy, own);
  if (!place.has_value()) {
    return std::nullopt;
  }
  const std::string ancestor = common_ancestor(*place, directory.path);
  return may_not(base::concat({top, ancestor == "/" ? "" : ancestor, "/cgroup.procs"}), W_OK);
}

bool leave_out_devices(CgroupPlan& plan) {
  bool had_some = !std::exchange(plan.device_program, {}).empty();
  for (Directory& directory : plan.directories) {
    had_some = std::erase_if(directory.writes, is_of_devices) > 0 || had_some;
  }
  return had_some;
}

}  // namespace myrt::cgroup
