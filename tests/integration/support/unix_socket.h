// The listening side of the unix sockets that a runtime connects to: console socket, seccomp agent.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "support/fd.h"

namespace myrt::test {

/// What one recvmsg(2) gave.
struct SocketMessage {
  std::string data;
  std::vector<Fd> fds;
  bool closed_after = false;  ///< the sender closed the connection without sending more
};

class UnixListener {
 public:
  /// Binds, at a path of any length, and listens at once; connections wait until `receive`.
  explicit UnixListener(const std::filesystem::path& path);

  /// Accepts the first waiting connection and reads its first message; unset when there is none
  /// within a second.
  std::optional<SocketMessage> receive() const;

 private:
  Fd socket_;
};

}  // namespace myrt::test
