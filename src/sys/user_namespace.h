// User namespaces that nobody lives in: only their maps are wanted.
#pragma once

#include <string>

#include <myrt/result.h>

#include "sys/unique_fd.h"

namespace myrt::sys {

/// A new user namespace with these maps (user_namespaces(7)): the text for uid_map and gid_map. It
/// lives as long as the descriptor, or what was given its maps. Takes CAP_SETUID and CAP_SETGID for
/// more than the caller's own ids. Flush stdio first: it clones a process for the time of the call.
Result<UniqueFd> make_user_namespace(const std::string& uid_map, const std::string& gid_map);

}  // namespace myrt::sys
