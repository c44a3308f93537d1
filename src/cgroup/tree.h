// A cgroup with all that is below it. The container may have made what is below, to any depth, so
// the walk holds only two descriptors at a time and no path grows with it.
#pragma once

#include <sys/types.h>

#include <functional>
#include <span>
#include <string>
#include <vector>

#include <myrt/result.h>

#include "sys/unique_fd.h"

namespace myrt::cgroup {

/// A record's `directories`: the container's own, and their parents.
struct Record {
  std::vector<std::string> own;
  std::vector<std::string> parents;  // in the order of the record
};
Record split_record(std::span<const std::string> directories);

/// A directory that is known to be a cgroup.
struct OpenCgroup {
  sys::UniqueFd fd;
  bool v2 = false;
};
/// ENOENT: it is gone; ENOTDIR: something else than a cgroup is there.
Result<OpenCgroup> open_cgroup(const std::string& path);
/// The container's own among a record's `directories`, without those that are gone.
Result<std::vector<OpenCgroup>> open_own(std::span<const std::string> directories);

/// Whether a failure means that the cgroup has been removed meanwhile: its files then answer with
/// ENODEV.
bool is_gone(const Error& error);

/// What to do at each cgroup of a tree; an empty function is nothing to do.
struct Visitor {
  /// Before those below it.
  std::function<Result<void>(int cgroup)> enter;
  /// After those below it; not for the top.
  std::function<Result<void>(int parent, const std::string& name)> leave;
};
/// Walks through the tree at `top`. Stops at the first error.
Result<void> walk(int top, const Visitor& visitor);

/// The processes in `cgroup` itself, as far as they can be seen from the caller's pid namespace.
Result<std::vector<pid_t>> processes_in(int cgroup);

}  // namespace myrt::cgroup
