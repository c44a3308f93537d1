// The session of an ordinary user that systemd keeps, as the machine with systemd has one
// (docs/vm.md): his service manager, which owns a part of the cgroup tree, and his runtime
// directory.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>

#include "support/process.h"

namespace myrt::test {

/// Whether process 1 is systemd (sd_booted(3)).
bool booted_with_systemd();

class UserSession {
 public:
  /// That of the user named `user`, if it is there: no other user is disturbed by tests.
  static std::optional<UserSession> find();

  /// The same command as this user, in a service of the session, whose cgroup is delegated: streams
  /// and exit status are the command's. It sees the mounts of the host, not those of the tests.
  Command command(const Command& inside) const;

  /// Gives a file or directory to the user.
  void own(const std::filesystem::path& path) const;

  const std::filesystem::path& home() const { return home_; }
  std::filesystem::path runtime_directory() const { return "/run/user/" + std::to_string(uid_); }

 private:
  UserSession() = default;

  std::string name_;
  uid_t uid_ = 0;
  gid_t gid_ = 0;
  std::filesystem::path home_;
};

}  // namespace myrt::test
