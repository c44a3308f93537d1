// Who the container process becomes, and finding its program with those rights (config.md "User",
// "Linux process").
#pragma once

#include <functional>
#include <string>

#include <myrt/result.h>

#include "plan/plan.h"

namespace myrt::init {

/// Runs `action` with the groups, file-system ids and effective capabilities that the process will
/// have. The runtime's own are back afterwards, but for the groups.
Result<void> as_process_user(const plan::ProcessPlan& process,
                             const plan::NamespacePlan& namespaces,
                             const std::function<Result<void>()>& action);

/// find_program as that user.
Result<std::string> find_program_as(const plan::ProcessPlan& process,
                                    const plan::NamespacePlan& namespaces);

/// rlimits, in the container process before it loses CAP_SYS_RESOURCE.
Result<void> set_rlimits(const plan::ProcessPlan& process);

/// oomScoreAdj, of the calling process, which may show itself to others of its user for that
/// moment: before it can be seen by a container.
Result<void> set_oom_score(const plan::ProcessPlan& process);

/// Bounding set, groups, ids, capabilities, ambient set: for good.
Result<void> set_credentials(const plan::ProcessPlan& process,
                             const plan::NamespacePlan& namespaces);

/// Gives stdin, stdout and stderr to the process's user where they are pipes, sockets or terminals:
/// engines make them as root, and `echo > /dev/stderr` opens them again.
Result<void> own_stdio(const plan::ProcessPlan& process);

/// The home directory of `uid` in the container's /etc/passwd (`root` is a descriptor of the
/// container's "/"), or "/".
std::string home_directory(int root, std::uint32_t uid);

}  // namespace myrt::init
