#include "support/cgroups.h"

#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "support/facts.h"
#include "support/files.h"
#include "support/mountinfo.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

void remove_tree(const fs::path& cgroup) {
  for (const std::string& name : list_directory(cgroup)) {
    std::error_code error;
    if (fs::is_directory(cgroup / name, error)) {
      remove_tree(cgroup / name);
    }
  }
  ::rmdir(cgroup.c_str());
}

}  // namespace

std::vector<fs::path> cgroup_roots() {
  if (cgroup_v2()) {
    return {cgroup_root("memory")};
  }
  std::vector<fs::path> roots;
  for (const MountEntry& mount : parse_mountinfo(read_file("/proc/self/mountinfo"))) {
    if (mount.type == "cgroup" &&
        std::find(roots.begin(), roots.end(), mount.point) == roots.end()) {
      roots.emplace_back(mount.point);
    }
  }
  return roots;
}

HostCgroup::~HostCgroup() {
  for (const fs::path& root : cgroup_roots()) {
    remove_tree(root.string() + path_);
  }
  // Some runtimes make one in the hierarchy of cgroup v2 beside those of v1 as well.
  remove_tree("/sys/fs/cgroup/unified" + path_);
}

void HostCgroup::make() const {
  for (const fs::path& root : cgroup_roots()) {
    const fs::path directory = root.string() + path_;
    fs::create_directories(directory);
    if (fs::exists(directory / "cpuset.cpus") && !cgroup_v2()) {
      // A new v1 cpuset is empty and takes no process until it has processors and memory
      // (cpuset(7)).
      write_file(directory / "cpuset.cpus", read_file(root / "cpuset.cpus"));
      write_file(directory / "cpuset.mems", read_file(root / "cpuset.mems"));
    }
  }
}

void HostCgroup::add(pid_t pid) const {
  for (const fs::path& root : cgroup_roots()) {
    write_file(root.string() + path_ + "/cgroup.procs", std::to_string(pid));
  }
}

}  // namespace myrt::test
