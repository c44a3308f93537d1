// Control groups that a test makes itself, in all hierarchies (v1) or in the one there is (v2).
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

namespace myrt::test {

/// The roots of all hierarchies of cgroup v1, or else that of v2.
std::vector<std::filesystem::path> cgroup_roots();

/// Removes a cgroup and those below it, in all hierarchies, at the end of its scope. Made by the
/// constructor or later.
class HostCgroup {
 public:
  /// `path` is below the roots of the hierarchies and starts with a slash.
  explicit HostCgroup(const std::string& path) : path_(path) {}
  HostCgroup(const HostCgroup&) = delete;
  HostCgroup& operator=(const HostCgroup&) = delete;
  ~HostCgroup();

  void make() const;
  void add(pid_t pid) const;

 private:
  std::string path_;
};

}  // namespace myrt::test
