// What the machine offers, as data; tests fill it by hand.
#pragma once

#include <cstdint>

namespace myrt::host {

struct HostFacts {
  std::uint32_t uid = 0;  // effective ids of the runtime
  std::uint32_t gid = 0;
  std::uint64_t capabilities = 0;  // its permitted set
  int last_capability = 40;        // highest number that the kernel knows
  // The runtime itself is in a user namespace, as under rootless podman: it may be uid 0 with all
  // capabilities, and has no rights over what belongs to the host.
  bool in_user_namespace = false;
  bool setgroups_denied = false;  // in its own user namespace (user_namespaces(7))
  friend bool operator==(const HostFacts&, const HostFacts&) = default;
};

/// Whether the runtime holds `capability`, a number of capabilities(7) such as CAP_SYS_ADMIN, in
/// its own user namespace.
constexpr bool has_capability(const HostFacts& host, int capability) {
  return (host.capabilities >> static_cast<unsigned>(capability) & 1U) != 0;
}

/// Whether the runtime has no rights over the host: what only those allow is done as far as it
/// goes, and is an error only where config.json asks for it.
constexpr bool is_rootless(const HostFacts& host) {
  return host.uid != 0 || host.in_user_namespace;
}

}  // namespace myrt::host
