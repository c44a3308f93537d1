// A user of the host without privileges, as whom the runtime is called.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <vector>

#include "support/fixture.h"
#include "support/mountinfo.h"

namespace myrt::test {

inline constexpr uid_t kUser = 54321;
inline constexpr gid_t kGroup = 54322;
/// The first of the 65536 subordinate ids that SubordinateIds gives the user.
inline constexpr unsigned kFirstSubordinate = 700'000;

/// As whom runtime_command() runs the runtime; unset: as the test does.
std::optional<Identity> runtime_identity();

/// While it lives, runtime_command() runs the runtime with this identity. They nest.
class RuntimeIdentity {
 public:
  explicit RuntimeIdentity(const Identity& identity);
  RuntimeIdentity(const RuntimeIdentity&) = delete;
  RuntimeIdentity& operator=(const RuntimeIdentity&) = delete;
  ~RuntimeIdentity();

 private:
  std::optional<Identity> before_;
};

/// Gives the user a tree, but for files that other bundles share.
void give_to_user(const std::filesystem::path& tree, uid_t uid = kUser, gid_t gid = kGroup);

/// Files of the test's own over /etc/passwd, /etc/subuid and /etc/subgid, in its mount namespace:
/// the user has subordinate ids in them.
class SubordinateIds {
 public:
  explicit SubordinateIds(const std::filesystem::path& workspace);
  SubordinateIds(const SubordinateIds&) = delete;
  SubordinateIds& operator=(const SubordinateIds&) = delete;
  ~SubordinateIds();

 private:
  std::vector<std::filesystem::path> covered_;
};

/// A process in a user and a mount namespace of the user's, in which he is root, as rootless podman
/// makes them.
class PrivateNamespaces {
 public:
  enum class Ids {
    kAlone,             ///< his own alone, without setgroups(2), as by `unshare --map-root-user`
    kWithSubordinates,  ///< those from 1 up are subordinate ones
  };
  explicit PrivateNamespaces(Ids ids);
  PrivateNamespaces(const PrivateNamespaces&) = delete;
  PrivateNamespaces& operator=(const PrivateNamespaces&) = delete;
  ~PrivateNamespaces();

  /// That of root in there.
  Identity identity() const { return {.uid = kUser, .gid = kGroup, .cgroups = {}, .inside = pid_}; }

 private:
  pid_t pid_ = 0;
};

/// Whether newuidmap and newgidmap are there, and the files that they read.
bool has_id_map_helpers();

/// The runtime is called by the user, on a bundle of his that has a user namespace, in which root
/// is the user himself.
class OrdinaryUserTest : public RuntimeTest {
 protected:
  OrdinaryUserTest();

  /// What the bundle's program prints; the run must succeed.
  std::string output_of(const std::string& script);
  Bundle& sleeper() { return bundle_.args({"/bin/sleep", "100"}); }
  /// Root in the container is the user, the ids from 1 up are his subordinate ones.
  Bundle& map_subordinate_ids();

 private:
  RuntimeIdentity identity_{{.uid = kUser, .gid = kGroup}};
};

}  // namespace myrt::test
