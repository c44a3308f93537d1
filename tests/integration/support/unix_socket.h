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

  /// Makes connections of the test's own until no more fit: the next connect(2) waits until one is
  /// received, or fails when this object is gone.
  void fill();

 private:
  std::filesystem::path path_;
  Fd socket_;
  std::vector<Fd> own_;
};

}  // namespace myrt::test
