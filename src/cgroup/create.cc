#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "cgroup/apply.h"
#include "cgroup/controllers.h"
#include "cgroup/device_program.h"
#include "cgroup/made.h"
#include "cgroup/manager.h"
#include "cgroup/owner.h"
#include "cgroup/systemd_plan.h"
#include "cgroup/tree.h"
#include "sys/file.h"

namespace myrt::cgroup {

namespace {

std::string parent_of(const std::string& path) { return path.substr(0, path.rfind('/')); }

/// A directory that was there may be somebody else's.
Result<void> check_unused(const std::string& path) {
  const std::vector<std::string> directory = {path};
  const std::vector<pid_t> pids = MYRT_TRY(processes(directory));
  if (!pids.empty()) {
    return std::unexpected(Error::from_code(
        EBUSY, {path, " has processes already, such as ", std::to_string(pids.front())}));
  }
  const bool frozen = MYRT_TRY(is_frozen(directory));
  if (frozen) {
    return std::unexpected(Error::from_code(EBUSY, {path, " is frozen"}));
  }
  return {};
}

/// The value of a cpuset's `file`. Where there is none yet, first gives the cpuset that of its
/// parent: v1 makes a cpuset without CPUs and memory nodes, and lets no process in (ENOSPC,
/// cpuset(7)).
Result<std::string> filled_cpuset(const std::string& directory, const std::string& top,
                                  const std::string& file) {
  const std::string path = base::concat({directory, "/", file});
  std::string value = MYRT_TRY(sys::read_value(AT_FDCWD, path));
  while (value.ends_with('\n')) {
    value.pop_back();
  }
  if (!value.empty() || directory == top) {
    return value;
  }
  value = MYRT_TRY(filled_cpuset(parent_of(directory), top, file));
  MYRT_TRY(sys::write_value(AT_FDCWD, path, value));
  return value;
}

/// As filled_cpuset for both files of the container's cpuset, but those that the plan writes
/// anyway.
Result<void> fill_cpuset(const Directory& directory, const std::string& path, bool made) {
  const std::string& top = directory.hierarchy.mount_point;
  const std::array<std::string, 2> files = {"cpuset.cpus", "cpuset.mems"};
  for (const std::string& file : files) {
    const auto sets = [&](const FileWrite& write) { return write.file == file; };
    const bool planned = std::ranges::any_of(directory.writes, sets);
    if (!planned && !made) {
      MYRT_TRY(filled_cpuset(path, top, file));
      continue;
    }
    // The parent's in any case: what the plan writes must be a subset of it.
    const std::string value = MYRT_TRY(filled_cpuset(parent_of(path), top, file));
    if (!planned) {
      MYRT_TRY(sys::write_value(AT_FDCWD, base::concat({path, "/", file}), value));
    }
  }
  return {};
}

bool is_cpuset(const Hierarchy& hierarchy) {
  return std::ranges::find(hierarchy.controllers, "cpuset") != hierarchy.controllers.end();
}

Result<void> furnish_v1(const Directory& directory, bool is_new) {
  const std::string path = host_path(directory);
  if (is_cpuset(directory.hierarchy)) {
    MYRT_TRY(in("inherit the parent's cpuset", fill_cpuset(directory, path, is_new)));
  }
  return apply_writes(path, directory.writes);
}

/// Moves the process there. In a hierarchy that systemd knows, it is there already.
Result<void> settle(const std::string& path, pid_t pid) {
  const OpenCgroup cgroup = MYRT_TRY(open_cgroup(path));
  const std::vector<pid_t> inside = MYRT_TRY(processes_in(cgroup.fd.get()));
  if (std::ranges::find(inside, pid) != inside.end()) {
    return {};
  }
  return in(path, sys::write_value(cgroup.fd.get(), "cgroup.procs", std::to_string(pid)));
}

Result<void> adopt_v1(const Directory& directory, pid_t pid, MadeDirectories& made) {
  const std::string path = host_path(directory);
  const bool is_new = MYRT_TRY(made.make_with_parents(path, directory.hierarchy.mount_point));
  MYRT_TRY(furnish_v1(directory, is_new));
  return settle(path, pid);
}

/// In a threaded cgroup, and below a cgroup that has processes itself, the kernel makes directories
/// that no process can enter (cgroups(7) "Thread mode"); better said here than by clone3(2), whose
/// EOPNOTSUPP has many meanings.
Result<void> check_enterable(const std::string& path, const std::string& top) {
  if (parent_of(path) == top) {
    return {};  // a hierarchy's root may have processes, and is never threaded
  }
  const std::string type = MYRT_TRY(sys::read_value(AT_FDCWD, path + "/cgroup.type"));
  if (type == "domain invalid\n" || type == "threaded\n") {
    return std::unexpected(Error::from_code(
        EOPNOTSUPP,
        {path, " cannot hold processes, its type is \"", base::split(type, '\n').front(),
         "\": the cgroup above is threaded or has processes itself"}));
  }
  return {};
}

Result<void> furnish_v2(const CgroupPlan& plan) {
  const Directory& directory = *unified_directory(plan);
  const std::string path = host_path(directory);
  MYRT_TRY(enable_controllers_above(plan));
  MYRT_TRY(check_enterable(path, directory.hierarchy.mount_point));
  MYRT_TRY(apply_writes(path, directory.writes));
  if (!plan.device_program.empty()) {
    const sys::UniqueFd cgroup = MYRT_TRY(sys::open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY));
    const AttachedProgram attached =
        plan.unit.has_value() ? AttachedProgram::kKept : AttachedProgram::kReplaced;
    MYRT_TRY(in("/linux/resources/devices",
                attach_device_program(cgroup.get(), plan.device_program, attached)));
  }
  if (plan.owner.has_value()) {
    MYRT_TRY(change_owner(path, *plan.owner));
  }
  return {};
}

/// Keeps other creations out of a directory that has no process yet to tell that it is in use.
Result<sys::UniqueFd> claim(const std::string& path) {
  sys::UniqueFd directory = MYRT_TRY(sys::open_at(AT_FDCWD, path, O_RDONLY | O_DIRECTORY));
  if (::flock(directory.get(), LOCK_EX | LOCK_NB) < 0) {
    return std::unexpected(
        errno == EWOULDBLOCK
            ? Error::from_code(EBUSY, {path, " is about to get the processes of another container"})
            : Error::from_errno({"lock ", path}));
  }
  return directory;
}

/// The directories of a plan, first the one that is claimed for all of them.
std::vector<const Directory*> in_order_of_creation(const CgroupPlan& plan) {
  std::vector<const Directory*> ordered;
  ordered.reserve(plan.directories.size());
  for (const Directory& directory : plan.directories) {
    ordered.insert(directory.hierarchy.unified ? ordered.begin() : ordered.end(), &directory);
  }
  return ordered;
}

Result<void> adopt_v2(const CgroupPlan& plan, pid_t pid) {
  MYRT_TRY(furnish_v2(plan));
  return settle(host_path(*unified_directory(plan)), pid);
}

/// Whether systemd makes this directory of the plan, and those above it.
bool is_systemds(const CgroupPlan& plan, const Directory& directory) {
  return plan.unit.has_value() && is_managed(directory.hierarchy);
}

}  // namespace

std::vector<std::string> directories(const CgroupPlan& plan) {
  std::vector<std::string> paths;
  for (const Directory& directory : plan.directories) {
    const std::string& top = directory.hierarchy.mount_point;
    std::string path = host_path(directory);
    const bool absent = ::access(path.c_str(), F_OK) < 0 && errno == ENOENT;
    if (!absent && !check_unused(path).has_value()) {
      continue;
    }
    do {
      paths.push_back(path);
      path = parent_of(path);
    } while (path.size() > top.size() && !is_systemds(plan, directory) && is_own_parent(path));
  }
  return paths;
}

Result<sys::UniqueFd> create(const CgroupPlan& plan) {
  MadeDirectories made;
  sys::UniqueFd claimed;
  for (const Directory* const directory : in_order_of_creation(plan)) {
    const std::string path = host_path(*directory);
    const bool is_new = MYRT_TRY(made.make_with_parents(path, directory->hierarchy.mount_point));
    if (!claimed.is_open()) {
      Result<sys::UniqueFd> own = claim(path);
      if (!own.has_value()) {
        if (own.error().code() == EBUSY) {
          made.commit();  // whoever was faster has it now
        }
        return own;
      }
      claimed = *std::move(own);
    }
    if (!is_new) {
      MYRT_TRY(check_unused(path));
    }
    MYRT_TRY(directory->hierarchy.unified ? furnish_v2(plan) : furnish_v1(*directory, is_new));
  }
  made.commit();
  return claimed;
}

Result<void> check_unused(const CgroupPlan& plan) {
  for (const Directory& directory : plan.directories) {
    const Result<void> unused = check_unused(host_path(directory));
    if (!unused.has_value() && !is_gone(unused.error())) {
      return unused;
    }
  }
  return {};
}

Result<void> adopt(const CgroupPlan& plan, pid_t pid) {
  MadeDirectories made;
  for (const Directory& directory : plan.directories) {
    MYRT_TRY(directory.hierarchy.unified ? adopt_v2(plan, pid) : adopt_v1(directory, pid, made));
  }
  made.commit();
  return {};
}

}  // namespace myrt::cgroup
