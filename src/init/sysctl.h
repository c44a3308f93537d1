// linux.sysctl, written in the container's namespaces.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include <myrt/result.h>

namespace myrt::init {

/// Writes each value to the file below `sys/` of `procfs`, a procfs of our own: what the container
/// has mounted on /proc is not asked (CVE-2019-19921). Kernel parameters that belong to a namespace
/// act on the calling process's.
Result<void> write_sysctls(int procfs,
                           const std::vector<std::pair<std::string, std::string>>& values);

}  // namespace myrt::init
