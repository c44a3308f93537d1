// One end of the sync socket.
#pragma once

#include <utility>
#include <vector>

#include <myrt/result.h>

#include "init/message.h"
#include "sys/unique_fd.h"

namespace myrt::init {

class Channel {
 public:
  Channel() = default;
  explicit Channel(sys::UniqueFd socket) : socket_(std::move(socket)) {}

  /// Sends with plain write(2): after the seccomp filter nothing else may be allowed.
  Result<void> send(Message::Kind kind, std::string_view text = {});
  /// Sends with one descriptor riding on the message.
  Result<void> send_with(Message::Kind kind, std::string_view text, int descriptor);
  /// Sends a failure; the other side's wait_for returns it as its error.
  Result<void> send_failure(const Error& error);

  struct Received {
    std::string text;
    std::vector<sys::UniqueFd> descriptors;
  };
  /// The next message, which must be `kind`. Errors: what kFailed carries; EPIPE when the other
  /// side is gone; EPROTO for any other kind.
  Result<Received> wait_for(Message::Kind kind);

  /// The same by plain read(2), without descriptors: for messages that arrive under the seccomp
  /// filter.
  Result<void> wait_for_plain(Message::Kind kind);

  [[nodiscard]] int fd() const { return socket_.get(); }
  void close() { socket_.reset(); }

 private:
  sys::UniqueFd socket_;
};

}  // namespace myrt::init
