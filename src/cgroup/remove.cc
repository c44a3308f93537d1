#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "cgroup/manager.h"
#include "cgroup/tree.h"
#include "cgroup/wait.h"

namespace myrt::cgroup {

namespace {

/// Removes what is below `cgroup`; what is still busy stays.
Result<void> remove_children(int cgroup) {
  const Visitor visitor{.enter = {},
                        .leave = [](int parent, const std::string& name) -> Result<void> {
                          if (::unlinkat(parent, name.c_str(), AT_REMOVEDIR) < 0 &&
                              errno != EBUSY && errno != ENOENT) {
                            return std::unexpected(Error::from_errno({"remove ", name}));
                          }
                          return {};
                        }};
  return walk(cgroup, visitor);
}

/// False when it is busy: a process that has ended leaves its cgroups a moment later.
Result<bool> try_to_remove(const std::string& path) {
  if (::rmdir(path.c_str()) == 0 || errno == ENOENT) {
    return true;
  }
  if (errno != EBUSY) {
    return std::unexpected(Error::from_errno({"remove ", path}));
  }
  return false;
}

/// `path` has no processes any more.
Result<void> remove_tree(const std::string& path) {
  Result<OpenCgroup> cgroup = open_cgroup(path);
  if (!cgroup.has_value()) {
    if (is_gone(cgroup.error())) {
      return {};
    }
    return std::unexpected(std::move(cgroup).error());
  }
  const auto try_whole_tree = [&]() -> Result<bool> {
    MYRT_TRY(in("below " + path, remove_children(cgroup->fd.get())));
    return try_to_remove(path);
  };
  const bool removed = MYRT_TRY(wait_until(kPatience, try_whole_tree));
  if (!removed) {
    return std::unexpected(Error::from_code(EBUSY, {"remove ", path, " (for 10 s)"}));
  }
  return {};
}

}  // namespace

Result<void> remove(std::span<const std::string> directories) {
  const Record record = split_record(directories);
  std::vector<std::string> used;
  for (const std::string& path : record.own) {
    // One system call in the usual case. It cannot do harm where something else than a cgroup is:
    // only an empty directory would go. Everything beyond asks for the file system's type first.
    if (::rmdir(path.c_str()) < 0 && errno != ENOENT) {
      used.push_back(path);
    }
  }
  Result<void> done;
  if (!used.empty()) {
    done = kill_all(used);
  }
  for (std::size_t i = 0; i < used.size() && done.has_value(); ++i) {
    done = remove_tree(used[i]);
  }
  for (const std::string& path : record.parents) {
    if (::rmdir(path.c_str()) < 0 && errno != ENOENT && errno != EBUSY && done.has_value()) {
      done = std::unexpected(Error::from_errno({"remove ", path}));
    }
  }
  return done;
}

}  // namespace myrt::cgroup
