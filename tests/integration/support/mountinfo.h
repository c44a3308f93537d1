// Mount tables, as /proc/<pid>/mountinfo has them (proc(5)), and mounts that a test makes on the
// host.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace myrt::test {

struct MountEntry {
  std::string device;         ///< "MAJOR:MINOR" of the file system: which instance it is
  std::string root;           ///< the directory of the file system that is seen at `point`
  std::string point;          ///< as seen from the root of the process
  std::string options;        ///< of the mount: "rw,nosuid,relatime"
  std::string propagation;    ///< "shared:N", "master:N", "unbindable", or empty for private
  std::string type;           ///< of the file system
  std::string source;         ///< what the mount was made of: a device, or any word
  std::string super_options;  ///< of the file system: "rw,size=1024k"
};

std::vector<MountEntry> parse_mountinfo(const std::string& text);

/// The uppermost mount at `point`, unset when there is none.
std::optional<MountEntry> mount_at(const std::vector<MountEntry>& mounts, const std::string& point);

/// A mount in the mount namespace of the tests, gone at the end of its scope.
class HostMount {
 public:
  /// A tmpfs with these MS_ flags at `point`, which is made when missing.
  HostMount(const std::filesystem::path& point, unsigned long flags);
  HostMount(const HostMount&) = delete;
  HostMount& operator=(const HostMount&) = delete;
  ~HostMount();

 private:
  std::filesystem::path point_;
};

}  // namespace myrt::test
