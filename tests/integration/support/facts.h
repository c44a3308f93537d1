// What this machine offers, so that a test can skip with a reason. Every skip that is expected
// somewhere stands in tests/expected_skips.txt; the program reports all others as failures when it
// is given that file.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>

namespace myrt::test {

/// Whether /sys/fs/cgroup itself is cgroup v2; otherwise the controllers are v1 hierarchies (or
/// hybrid).
bool cgroup_v2();

/// Whether the test process has this capability, a CAP_ constant of <linux/capability.h>, in its
/// effective set.
bool has_capability(unsigned capability);

/// Whether a cgroup controller can be used: `memory`, `cpu`, `pids`, `cpuset`, `devices`,
/// `freezer`, ...
bool has_controller(const std::string& controller);

/// Whether the kernel knows this file system type (/proc/filesystems).
bool has_filesystem(const std::string& type);

/// Whether a bind mount of `path` can be id-mapped (mount_setattr(2)); of those file systems that
/// tests run on.
bool can_be_id_mapped(const std::filesystem::path& path);

/// Directory of the cgroup root that holds the controller; on v2 the same for all.
std::filesystem::path cgroup_root(const std::string& controller);

/// Directory of the cgroup a process is in, for this controller. Empty when the process is gone.
std::filesystem::path cgroup_of(pid_t pid, const std::string& controller);

}  // namespace myrt::test
