// Network namespaces as `ip netns` makes them (ip-netns(8)): the test's tool, not the runtime's.
#pragma once

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/mountinfo.h"
#include "support/process.h"

namespace myrt::test {

/// Two network namespaces, red and blue, that a veth pair joins: veth0 with 10.11.11.2/24 in red,
/// veth1 with 10.11.11.3/24 in blue, links and loopbacks up. Their names are unique to this run.
///
/// /run/netns is a mount of the test's own while they exist, so that names and mounts of others are
/// never touched. All is gone at the end of the scope.
class NetworkPair {
 public:
  NetworkPair();
  NetworkPair(const NetworkPair&) = delete;
  NetworkPair& operator=(const NetworkPair&) = delete;
  ~NetworkPair();

  /// `ip ARGUMENTS...` (iproute2) in one of the two.
  Outcome ip_in_red(std::vector<std::string> arguments) const;
  Outcome ip_in_blue(std::vector<std::string> arguments) const;
  /// A command in red, which is then what is the host's for a runtime.
  Command in_red(Command command) const;

  /// What linux.namespaces[].path takes.
  std::string red_path() const { return kDirectory + ("/" + red_); }
  std::string blue_path() const { return kDirectory + ("/" + blue_); }

 private:
  static constexpr const char* kDirectory = "/run/netns";

  std::string red_;
  std::string blue_;
  bool made_directory_ = false;
  std::unique_ptr<HostMount> mount_;
};

}  // namespace myrt::test
