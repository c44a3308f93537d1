// Typed form of an id mapping, of a user namespace or of a mount (runtime-spec 1.3.0,
// config-linux.md "User namespace mappings"; config.md "Mounts").
#pragma once

#include <cstdint>

namespace myrt {

/// One line of uid_map or gid_map (user_namespaces(7)); `size` >= 1.
struct IdMapping {
  std::uint32_t container_id = 0;
  std::uint32_t host_id = 0;
  std::uint32_t size = 0;
  friend bool operator==(const IdMapping&, const IdMapping&) = default;
};

}  // namespace myrt
