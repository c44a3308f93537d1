#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "cgroup/manager.h"
#include "sys/file.h"

namespace myrt::cgroup {

namespace {

constexpr const char* kDelegateFile = "/sys/kernel/cgroup/delegate";

/// Gives a file of the directory `cgroup` to `owner`; one that is missing belongs to a controller
/// that is not enabled.
Result<void> give(int cgroup, const std::string& file, uid_t owner) {
  constexpr gid_t kSameGroup = static_cast<gid_t>(-1);
  if (::fchownat(cgroup, file.c_str(), owner, kSameGroup, AT_SYMLINK_NOFOLLOW) < 0 &&
      errno != ENOENT) {
    return std::unexpected(Error::from_errno({"change the owner of ", file}));
  }
  return {};
}

/// The files that whoever a cgroup is delegated to may have: a list of the kernel's own since 4.15.
std::string delegated_files() {
  constexpr std::size_t kMaxBytes = 65536;
  const Result<std::string> text = sys::read_file(AT_FDCWD, kDelegateFile, kMaxBytes);
  return text.value_or("cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n");
}

}  // namespace

Result<std::vector<sys::UniqueFd>> open_tasks(const CgroupPlan& plan) {
  std::vector<sys::UniqueFd> tasks;
  tasks.reserve(plan.directories.size());
  for (const Directory& directory : plan.directories) {
    tasks.push_back(MYRT_TRY(sys::open_at(AT_FDCWD, host_path(directory) + "/tasks", O_WRONLY)));
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

Result<sys::UniqueFd> open_directory(const CgroupPlan& plan) {
  return sys::open_at(AT_FDCWD, host_path(plan.directories.front()), O_RDONLY | O_DIRECTORY);
}

Result<void> chown_to_owner(const CgroupPlan& plan) {
  if (!plan.owner.has_value() || plan.directories.empty()) {
    return {};
  }
  const sys::UniqueFd cgroup = MYRT_TRY(open_directory(plan));
  const std::string step = "cgroup " + host_path(plan.directories.front());
  MYRT_TRY(in(step, give(cgroup.get(), ".", *plan.owner)));
  const std::string files = delegated_files();
  for (const std::string_view file : base::split(files, '\n')) {
    if (!file.empty()) {
      MYRT_TRY(in(step, give(cgroup.get(), std::string(file), *plan.owner)));
    }
  }
  return {};
}

}  // namespace myrt::cgroup
