// A session keyring of the caller's, which a container should not get.
#pragma once

#include <string>

namespace myrt::test {

/// Everything for who possesses it (keyctl(2)); for its user, nothing or finding it.
inline constexpr unsigned long kPossessorOnly = 0x3f000000;
inline constexpr unsigned long kUserMaySearch = 0x3f080000;

/// Joins a session keyring of this name, with these permissions: a keyring that a container may not
/// view by its user shows up in the container's /proc/keys only when the container possesses it.
void join_session_keyring(const std::string& name, unsigned long permissions);

}  // namespace myrt::test
