#include "init/message.h"

#include <cerrno>
#include <cstring>

#include <gtest/gtest.h>

namespace myrt::init {
namespace {

/// A header of three numbers, in the machine's order, and a text.
std::string packet(std::uint32_t kind, std::uint32_t code, std::uint32_t length,
                   std::string_view text) {
  std::string bytes(12, '\0');
  std::memcpy(bytes.data(), &kind, 4);
  std::memcpy(bytes.data() + 4, &code, 4);
  std::memcpy(bytes.data() + 8, &length, 4);
  return bytes.append(text);
}

std::string refusal(std::string_view bytes) {
  const Result<Message> message = decode(bytes);
  if (message.has_value()) {
    return "accepted";
  }
  EXPECT_EQ(message.error().code(), EPROTO);
  return message.error().text();
}

TEST(EncodeMessage, WritesThreeNumbersAndTheText) {
  EXPECT_EQ(encode({.kind = Message::Kind::kFailed, .code = 13, .text = "open /x"}),
            packet(14, 13, 7, "open /x"));
}

TEST(EncodeMessage, CutsATextThatIsTooLong) {
  const std::string bytes =
      encode({.kind = Message::Kind::kReady, .text = std::string(kMaxMessageText + 1, 'x')});

  EXPECT_EQ(bytes, packet(12, 0, 8192, std::string(8192, 'x')));
  EXPECT_EQ(bytes.size(), kMaxMessageBytes);
}

TEST(DecodeMessage, ReadsWhatEncodeWrites) {
  const std::string text("a\0b\n", 4);

  const Result<Message> message =
      decode(encode({.kind = Message::Kind::kConsole, .code = 0, .text = text}));

  ASSERT_TRUE(message.has_value()) << message.error().text();
  EXPECT_EQ(message->kind, Message::Kind::kConsole);
  EXPECT_EQ(message->code, 0);
  EXPECT_EQ(message->text, text);
}

TEST(DecodeMessage, KnowsEveryKindOfTheProtocol) {
  for (std::uint32_t kind = 1; kind <= 14; ++kind) {
    const Result<Message> message = decode(packet(kind, 0, 0, ""));

    ASSERT_TRUE(message.has_value()) << kind;
    EXPECT_EQ(message->kind, static_cast<Message::Kind>(kind));
  }
}

TEST(DecodeMessage, RefusesAPacketShorterThanItsHeader) {
  EXPECT_EQ(refusal(""), "sync socket: packet of 0 bytes: Protocol error");
  EXPECT_EQ(refusal(packet(8, 0, 0, "").substr(0, 11)),
            "sync socket: packet of 11 bytes: Protocol error");
}

TEST(DecodeMessage, RefusesAPacketLongerThanAnyThatIsSent) {
  EXPECT_EQ(refusal(packet(8, 0, 8193, std::string(8193, 'x'))),
            "sync socket: packet of 8205 bytes: Protocol error");
}

TEST(DecodeMessage, RefusesUnknownKinds) {
  EXPECT_EQ(refusal(packet(0, 0, 0, "")), "sync socket: message of kind 0: Protocol error");
  EXPECT_EQ(refusal(packet(15, 0, 0, "")), "sync socket: message of kind 15: Protocol error");
  EXPECT_EQ(refusal(packet(0xFFFFFFFF, 0, 0, "")),
            "sync socket: message of kind 4294967295: Protocol error");
}

TEST(DecodeMessage, RefusesANegativeErrno) {
  EXPECT_EQ(refusal(packet(12, 0xFFFFFFFF, 0, "")), "sync socket: errno -1: Protocol error");
}

TEST(DecodeMessage, RefusesALengthThatIsNotTheTexts) {
  const std::string expected = "sync socket: text of another length than told: Protocol error";

  EXPECT_EQ(refusal(packet(8, 0, 1, "")), expected);
  EXPECT_EQ(refusal(packet(8, 0, 2, "abc")), expected);
  EXPECT_EQ(refusal(packet(8, 0, 0xFFFFFFFF, "abc")), expected);
}

TEST(KindName, IsWhatMessagesSay) {
  EXPECT_EQ(kind_name(Message::Kind::kCloned), "cloned");
  EXPECT_EQ(kind_name(Message::Kind::kIdMapsWritten), "id maps written");
  EXPECT_EQ(kind_name(Message::Kind::kListenerTaken), "listener taken");
  EXPECT_EQ(kind_name(Message::Kind::kFailed), "failed");
}

}  // namespace
}  // namespace myrt::init
