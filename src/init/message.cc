#include "init/message.h"

#include <array>
#include <cerrno>
#include <cstring>

namespace myrt::init {

namespace {

constexpr std::size_t kHeaderBytes = 12;
static_assert(kMaxMessageBytes == kHeaderBytes + kMaxMessageText);

constexpr std::array<std::string_view, 15> kNames = {
    "",           "cloned",          "adopted",       "in cgroups",
    "visible",    "id maps written", "devices moved", "run hooks",
    "hooks done", "console",         "filtered",      "listener taken",
    "ready",      "committed",       "failed"};

void append_number(std::string& packet, std::uint32_t number) {
  std::array<char, sizeof number> bytes{};
  std::memcpy(bytes.data(), &number, sizeof number);
  packet.append(bytes.data(), bytes.size());
}

std::uint32_t number_at(std::string_view packet, std::size_t offset) {
  std::uint32_t number = 0;
  std::memcpy(&number, packet.data() + offset, sizeof number);
  return number;
}

}  // namespace

std::string encode(const Message& message) {
  const std::string_view text = std::string_view(message.text).substr(0, kMaxMessageText);
  std::string packet;
  packet.reserve(kHeaderBytes + text.size());
  append_number(packet, static_cast<std::uint32_t>(message.kind));
  append_number(packet, static_cast<std::uint32_t>(message.code));
  append_number(packet, static_cast<std::uint32_t>(text.size()));
  packet.append(text);
  return packet;
}

Result<Message> decode(std::string_view packet) {
  if (packet.size() < kHeaderBytes || packet.size() > kMaxMessageBytes) {
    return std::unexpected(Error::from_code(
        EPROTO, {"sync socket: packet of ", std::to_string(packet.size()), " bytes"}));
  }
  const std::uint32_t kind = number_at(packet, 0);
  if (kind == 0 || kind >= kNames.size()) {
    return std::unexpected(
        Error::from_code(EPROTO, {"sync socket: message of kind ", std::to_string(kind)}));
  }
  Message message{.kind = static_cast<Message::Kind>(kind),
                  .code = static_cast<int>(number_at(packet, 4)),
                  .text = std::string(packet.substr(kHeaderBytes))};
  if (message.code < 0) {
    return std::unexpected(
        Error::from_code(EPROTO, {"sync socket: errno ", std::to_string(message.code)}));
  }
  if (number_at(packet, 8) != message.text.size()) {
    return std::unexpected(
        Error::from_code(EPROTO, {"sync socket: text of another length than told"}));
  }
  return message;
}

std::string_view kind_name(Message::Kind kind) { return kNames.at(static_cast<std::size_t>(kind)); }

}  // namespace myrt::init
