// newuidmap(1) and newgidmap(1), which write the id maps that a user without privileges may not:
// ranges that /etc/subuid and /etc/subgid give him. Runs in the runtime.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>
#include <vector>

#include <myrt/result.h>

namespace myrt::init {

enum class IdKind { kUid, kGid };

/// Lets the helper write `map`, the text of /proc/PID/uid_map or gid_map, for the process `pid`.
/// Errors name the field of config.json, and are the helper's own words or that it is missing.
Result<void> write_map_by_helper(IdKind kind, pid_t pid, std::string_view map);

/// The helper's command line for `map`.
std::vector<std::string> helper_arguments(IdKind kind, pid_t pid, std::string_view map);

}  // namespace myrt::init
