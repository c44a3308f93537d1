#include "support/cgroups.h"

#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "support/facts.h"
#include "support/files.h"

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
  std::vector<fs::path> roots;
  for (const char* controller : {"memory", "cpu", "pids", "devices", "freezer", "cpuset"}) {
    const fs::path root = cgroup_root(controller);
    if (!root.empty() && std::find(roots.begin(), roots.end(), root) == roots.end()) {
      roots.push_back(root);
    }
  }
  return roots;
}

HostCgroup::~HostCgroup() {
  for (const fs::path& root : cgroup_roots()) {
    remove_tree(root.string() + path_);
  }
  // Hierarchies without a controller, such as systemd's, get a directory from some runtimes too.
  for (const char* other : {"/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified",
                            "/sys/fs/cgroup/cpuacct", "/sys/fs/cgroup/blkio"}) {
    remove_tree(other + path_);
  }
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
