#include "init/channel.h"

#include <unistd.h>

#include <array>
#include <cerrno>

#include "sys/socket.h"

namespace myrt::init {

Result<void> Channel::send(Message::Kind kind, std::string_view text) {
  return sys::send_packet(socket_.get(), encode({.kind = kind, .text = std::string(text)}));
}

Result<void> Channel::send_with(Message::Kind kind, std::string_view text, int descriptor) {
  const std::array<int, 1> descriptors = {descriptor};
  return sys::send_packet_with(socket_.get(), encode({.kind = kind, .text = std::string(text)}),
                               descriptors);
}

Result<void> Channel::send_failure(const Error& error) {
  return sys::send_packet(
      socket_.get(),
      encode({.kind = Message::Kind::kFailed, .code = error.code(), .text = error.what()}));
}

namespace {

/// The text of `packet`, which must be a message of `kind`.
Result<std::string> expect(Message::Kind kind, std::string_view packet) {
  if (packet.empty()) {
    return std::unexpected(
        Error::from_code(EPIPE, {"sync socket: closed instead of \"", kind_name(kind), "\""}));
  }
  Message message = MYRT_TRY(decode(packet));
  if (message.kind == Message::Kind::kFailed) {
    return std::unexpected(Error(message.code, std::move(message.text)));
  }
  if (message.kind != kind) {
    return std::unexpected(Error::from_code(EPROTO, {"sync socket: \"", kind_name(message.kind),
                                                     "\" instead of \"", kind_name(kind), "\""}));
  }
  return std::move(message.text);
}

}  // namespace

Result<Channel::Received> Channel::wait_for(Message::Kind kind) {
  sys::Packet packet = MYRT_TRY(sys::receive_packet(socket_.get(), kMaxMessageBytes));
  std::string text = MYRT_TRY(expect(kind, packet.data));
  return Received{.text = std::move(text), .descriptors = std::move(packet.descriptors)};
}

Result<void> Channel::wait_for_plain(Message::Kind kind) {
  std::array<char, kMaxMessageBytes> buffer{};
  ssize_t count = 0;
  do {
    // ECONNRESET comes once, before the end of file: the other side ended with something unread.
    count = ::read(socket_.get(), buffer.data(), buffer.size());
  } while (count < 0 && (errno == EINTR || errno == ECONNRESET));
  if (count < 0) {
    return std::unexpected(Error::from_errno({"read from the sync socket"}));
  }
  MYRT_TRY(expect(kind, {buffer.data(), static_cast<std::size_t>(count)}));
  return {};
}

}  // namespace myrt::init
