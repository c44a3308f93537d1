// What the calling process's own user namespace says about its rights.
#pragma once

#include <string_view>

#include <myrt/result.h>

namespace myrt::host {

/// Whether `uid_map`, the text of /proc/PID/uid_map, is that of the host's own user namespace,
/// which maps every id to itself (user_namespaces(7)).
bool is_initial_uid_map(std::string_view uid_map);

/// Whether the calling process is in a user namespace other than the host's.
Result<bool> in_user_namespace();

/// Whether setgroups(2) is denied in the calling process's user namespace.
Result<bool> setgroups_denied();

}  // namespace myrt::host
