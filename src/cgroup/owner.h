// Handing a cgroup v2 to the container's user (config-linux.md "Cgroup ownership").
#pragma once

#include <sys/types.h>

#include <string>

#include <myrt/result.h>

namespace myrt::cgroup {

/// Gives `directory` (absolute), and those of its files that may be delegated, to the host's user
/// `owner`.
Result<void> change_owner(const std::string& directory, uid_t owner);

}  // namespace myrt::cgroup
