#include <fcntl.h>

#include <algorithm>

#include "cgroup/manager.h"
#include "sys/file.h"

namespace myrt::cgroup {

namespace {

/// A limit of 0 lets no process be born in a cgroup, with EAGAIN of clone3(2), but lets one move in
/// (kernel: Documentation/admin-guide/cgroup-v2.rst, "PID").
bool lets_no_process_be_born(const Directory& directory) {
  return std::ranges::any_of(directory.writes, [](const FileWrite& write) {
    return write.file == "pids.max" && write.value == "0";
  });
}

}  // namespace

Result<std::vector<sys::UniqueFd>> open_tasks(const CgroupPlan& plan) {
  std::vector<sys::UniqueFd> tasks;
  tasks.reserve(plan.directories.size());
  for (const Directory& directory : plan.directories) {
    const bool unified = directory.hierarchy.unified;
    if (!unified || lets_no_process_be_born(directory)) {
      const std::string file = host_path(directory) + (unified ? "/cgroup.procs" : "/tasks");
      tasks.push_back(MYRT_TRY(sys::open_at(AT_FDCWD, file, O_WRONLY)));
    }
  }
  return tasks;
}

Result<void> join(std::span<const sys::UniqueFd> tasks, const CgroupPlan& plan) {
  for (std::size_t i = 0; i < tasks.size(); ++i) {
    // 0 is the writing thread. A thread that moves itself alone takes no lock that waits for RCU;
    // moving a process through cgroup.procs does, for milliseconds.
    const Result<void> joined = sys::write_all(tasks[i].get(), "0", "tasks");
    if (!joined.has_value()) {
      return std::unexpected(Error::from_code(joined.error().code(),
                                              {"join cgroup ", host_path(plan.directories[i])}));
    }
  }
  return {};
}

bool starts_inside(const CgroupPlan& plan) {
  const Directory* const directory = unified_directory(plan);
  return directory != nullptr && !lets_no_process_be_born(*directory);
}

}  // namespace myrt::cgroup
