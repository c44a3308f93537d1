// Handing a cgroup v2 to the container's user (config-linux.md "Cgroup ownership").
#pragma once

#include <sys/types.h>

#include <string>

#include <myrt/result.h>

namespace myrt::cgroup {

inline constexpr const char* kDelegateFile = "/sys/kernel/cgroup/delegate";

/// Gives `directory` (absolute), and those of its files that may be delegated, to the host's user
/// `owner`. `list` is the kernel's file that names them; without it they are three (cgroups(7)).
Result<void> change_owner(const std::string& directory, uid_t owner,
                          const std::string& list = kDelegateFile);

}  // namespace myrt::cgroup
