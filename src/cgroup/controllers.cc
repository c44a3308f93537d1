#include "cgroup/controllers.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "cgroup/tree.h"
#include "sys/file.h"

namespace myrt::cgroup {

namespace {

constexpr std::array<std::string_view, 5> kUseful = {"cpu", "cpuset", "io", "memory", "pids"};

bool contains(std::span<const std::string> names, std::string_view name) {
  return std::ranges::find(names, name) != names.end();
}

Result<std::vector<std::string>> names_in(const std::string& path) {
  const std::string text = MYRT_TRY(sys::read_value(AT_FDCWD, path));
  std::vector<std::string> names;
  for (const std::string_view line : base::split(text, '\n')) {
    for (const std::string_view name : base::split(line, ' ')) {
      if (!name.empty()) {
        names.emplace_back(name);
      }
    }
  }
  return names;
}

/// The field of config.json that needs `controller`.
std::string field_of(const CgroupPlan& plan, const std::string& controller) {
  for (const FileWrite& write : plan.directories.back().writes) {
    if (write.file.starts_with(controller + ".")) {
      return write.field;
    }
  }
  return "/linux/resources";
}

Result<void> enable(const std::string& directory, std::span<const std::string> controllers) {
  std::string value;
  for (const std::string& controller : controllers) {
    value += (value.empty() ? "+" : " +") + controller;
  }
  return sys::write_value(AT_FDCWD, directory + "/cgroup.subtree_control", value);
}

/// A process in the cgroup itself; none in the root, which may have both processes and children
/// with controllers.
Result<std::optional<pid_t>> own_process(const std::string& directory) {
  const OpenCgroup cgroup = MYRT_TRY(open_cgroup(directory));
  const std::vector<pid_t> pids = MYRT_TRY(processes_in(cgroup.fd.get()));
  const bool is_root = ::faccessat(cgroup.fd.get(), "cgroup.type", F_OK, 0) < 0;
  return pids.empty() || is_root ? std::nullopt : std::optional(pids.front());
}

/// The type of a cgroup that is not an ordinary one (cgroups(7) "Thread mode"), in words to append:
/// without it the kernel's EOPNOTSUPP is a riddle.
std::string type_text(const std::string& directory) {
  const Result<std::string> type = sys::read_value(AT_FDCWD, directory + "/cgroup.type");
  if (!type.has_value() || type->starts_with("domain\n")) {
    return {};
  }
  return base::concat({", whose type is \"", base::split(*type, '\n').front(), "\""});
}

}  // namespace

Result<void> enable_controllers(const std::string& directory, const CgroupPlan& plan) {
  const std::vector<std::string> available = MYRT_TRY(names_in(directory + "/cgroup.controllers"));
  const std::vector<std::string> enabled =
      MYRT_TRY(names_in(directory + "/cgroup.subtree_control"));
  std::vector<std::string> needed;
  for (const std::string& controller : plan.controllers_v2) {
    if (contains(enabled, controller)) {
      continue;
    }
    if (!contains(available, controller)) {
      return std::unexpected(
          Error(base::concat({field_of(plan, controller), ": ", directory,
                              " has no cgroup controller ", base::quote(controller)})));
    }
    needed.push_back(controller);
  }
  std::vector<std::string> wanted = needed;
  for (const std::string_view controller : kUseful) {
    if (plan.pure_v2 && contains(available, controller) && !contains(enabled, controller) &&
        !contains(wanted, controller)) {
      wanted.emplace_back(controller);
    }
  }
  if (wanted.empty()) {
    return {};
  }
  // With processes of its own it could hand on no more than CPU time and such, and would become a
  // threaded domain for it, whose children no process can enter.
  const std::optional<pid_t> process = MYRT_TRY(own_process(directory));
  if (process.has_value() && needed.empty()) {
    return {};
  }
  const auto refusal = [&](int code, std::string_view reason) {
    return std::unexpected(Error::from_code(
        code, {field_of(plan, needed.front()), ": enable ", base::join(needed, ", "),
               " for the children of ", directory, reason}));
  };
  if (process.has_value()) {
    return refusal(EBUSY, ", which has processes itself, such as " + std::to_string(*process));
  }
  if (enable(directory, wanted).has_value() || needed.empty()) {
    return {};
  }
  // What is only useful may be what stood in the way.
  const Result<void> enabled_needed = enable(directory, needed);
  if (!enabled_needed.has_value()) {
    const int code = enabled_needed.error().code();
    return refusal(code, code == EACCES ? ", whose cgroup.subtree_control the user may not write to"
                                        : type_text(directory));
  }
  return {};
}

Result<void> enable_controllers_above(const CgroupPlan& plan) {
  const Directory& directory = *unified_directory(plan);
  if (!plan.pure_v2 && plan.controllers_v2.empty()) {
    return {};  // on a hybrid host the controllers are where they are needed, in v1
  }
  const std::string path = host_path(directory);
  for (std::size_t slash = directory.hierarchy.mount_point.size(); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    MYRT_TRY(enable_controllers(path.substr(0, slash), plan));
  }
  return {};
}

}  // namespace myrt::cgroup
