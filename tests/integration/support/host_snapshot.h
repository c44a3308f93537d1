// What a container must not leave behind on the host, as text that can be compared.
#pragma once

#include <filesystem>
#include <map>
#include <set>
#include <string>

namespace myrt::test {

/// Mounts of the test's mount namespace, cgroups named after this run, living descendants of the
/// test process, entries of the runtime's --root and of its $TMPDIR, and names in /run/netns.
class HostSnapshot {
 public:
  /// `workspace` is the directory of the running test (see bundle.h).
  static HostSnapshot take(const std::filesystem::path& workspace);

  /// One line a thing that was added or is gone: "left behind: cgroup /sys/fs/cgroup/..." Empty
  /// when nothing was.
  std::string difference_to(const HostSnapshot& later) const;

 private:
  std::map<std::string, std::set<std::string>> things_;  // kind to names
};

/// Kills the descendants of the test process and removes cgroups and mounts of this run, so that a
/// failed test does not spoil the next one.
void clean_up_after_failure(const std::filesystem::path& workspace);

}  // namespace myrt::test
