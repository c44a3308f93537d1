#include "cgroup/tree.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include "base/paths.h"
#include "base/text.h"
#include "sys/directory.h"
#include "sys/file.h"

namespace myrt::cgroup {

namespace {

constexpr int kOpenFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
constexpr std::size_t kMaxListBytes = std::size_t{64}
                                      << 20U;  // pids of all the processes that Linux can have

/// The children, or none when the cgroup is gone.
Result<std::vector<std::string>> children_left(int cgroup) {
  Result<std::vector<std::string>> names = sys::directories_in(cgroup, ".");
  if (!names.has_value() && is_gone(names.error())) {
    return std::vector<std::string>{};
  }
  return names;
}

struct Level {
  std::string name;
  std::vector<std::string> pending;
};

}  // namespace

Record split_record(std::span<const std::string> directories) {
  Record record;
  for (const std::string& directory : directories) {
    const auto is_inside = [&](const std::string& other) {
      return base::is_below(other, directory);
    };
    const bool parent = std::ranges::any_of(directories, is_inside);
    (parent ? record.parents : record.own).push_back(directory);
  }
  return record;
}

Result<OpenCgroup> open_cgroup(const std::string& path) {
  OpenCgroup cgroup{.fd = MYRT_TRY(sys::open_at(AT_FDCWD, path, kOpenFlags))};
  struct ::statfs status{};
  if (::fstatfs(cgroup.fd.get(), &status) < 0) {
    return std::unexpected(Error::from_errno({"statfs ", path}));
  }
  cgroup.v2 = status.f_type == CGROUP2_SUPER_MAGIC;
  if (!cgroup.v2 && status.f_type != CGROUP_SUPER_MAGIC) {
    return std::unexpected(Error::from_code(ENOTDIR, {path, " is not a cgroup"}));
  }
  return cgroup;
}

Result<std::vector<OpenCgroup>> open_own(std::span<const std::string> directories) {
  std::vector<OpenCgroup> cgroups;
  for (const std::string& path : split_record(directories).own) {
    Result<OpenCgroup> cgroup = open_cgroup(path);
    if (cgroup.has_value()) {
      cgroups.push_back(*std::move(cgroup));
    } else if (!is_gone(cgroup.error())) {
      return std::unexpected(std::move(cgroup).error());
    }
  }
  return cgroups;
}

bool is_gone(const Error& error) { return error.code() == ENOENT || error.code() == ENODEV; }

Result<void> walk(int top, const Visitor& visitor) {
  if (visitor.enter) {
    MYRT_TRY(visitor.enter(top));
  }
  sys::UniqueFd current = MYRT_TRY(sys::duplicate(top));
  std::vector<Level> levels;
  levels.push_back({.name = {}, .pending = MYRT_TRY(children_left(top))});
  for (;;) {
    if (!levels.back().pending.empty()) {
      std::string name = std::move(levels.back().pending.back());
      levels.back().pending.pop_back();
      Result<sys::UniqueFd> child = sys::open_at(current.get(), name, kOpenFlags);
      if (!child.has_value() && is_gone(child.error())) {
        continue;
      }
      current = MYRT_TRY(std::move(child));
      if (visitor.enter) {
        MYRT_TRY(visitor.enter(current.get()));
      }
      levels.push_back(
          {.name = std::move(name), .pending = MYRT_TRY(children_left(current.get()))});
      continue;
    }
    const std::string name = std::move(levels.back().name);
    levels.pop_back();
    if (levels.empty()) {
      return {};
    }
    current = MYRT_TRY(sys::open_at(current.get(), "..", kOpenFlags));
    if (visitor.leave) {
      MYRT_TRY(visitor.leave(current.get(), name));
    }
  }
}

Result<std::vector<pid_t>> processes_in(int cgroup) {
  Result<std::string> text = sys::read_file(cgroup, "cgroup.procs", kMaxListBytes);
  if (!text.has_value()) {
    // A threaded cgroup does not list processes; the domain above it lists them all (cgroups(7)).
    if (is_gone(text.error()) || text.error().code() == EOPNOTSUPP) {
      return std::vector<pid_t>{};
    }
    return std::unexpected(std::move(text).error());
  }
  std::vector<pid_t> pids;
  for (const std::string_view line : base::split(*text, '\n')) {
    // Processes of a pid namespace that is not below ours are listed as 0.
    if (const std::optional<pid_t> pid = base::parse_integer<pid_t>(line, 1)) {
      pids.push_back(*pid);
    }
  }
  return pids;
}

}  // namespace myrt::cgroup
