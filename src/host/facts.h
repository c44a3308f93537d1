// What the machine offers, as data; tests fill it by hand.
#pragma once

#include <cstdint>

namespace myrt::host {

struct HostFacts {
  std::uint32_t uid = 0;  // effective ids of the runtime
  std::uint32_t gid = 0;
  std::uint64_t capabilities = 0;  // its permitted set
  int last_capability = 40;        // highest number that the kernel knows
  friend bool operator==(const HostFacts&, const HostFacts&) = default;
};

/// Whether the runtime holds `capability`, a number of capabilities(7) such as CAP_SYS_ADMIN, in
/// its own user namespace.
constexpr bool has_capability(const HostFacts& host, int capability) {
  return (host.capabilities >> static_cast<unsigned>(capability) & 1U) != 0;
}

}  // namespace myrt::host
