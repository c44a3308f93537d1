#include "init/channel.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>

#include <cerrno>

#include <gtest/gtest.h>

#include "sys/file.h"
#include "sys/socket.h"

namespace myrt::init {
namespace {

using Kind = Message::Kind;

/// Both ends of a socket. SIGPIPE is ignored, as the runtime ignores it.
class ChannelTest : public testing::Test {
 protected:
  void SetUp() override {
    before_ = ::signal(SIGPIPE, SIG_IGN);
    auto ends = sys::seqpacket_pair();
    ASSERT_TRUE(ends.has_value()) << ends.error().text();
    ours = Channel(std::move(ends->first));
    theirs = Channel(std::move(ends->second));
  }
  void TearDown() override { ::signal(SIGPIPE, before_); }

  Channel ours;
  Channel theirs;

 private:
  sighandler_t before_ = SIG_DFL;
};

TEST_F(ChannelTest, CarriesAKindAndItsText) {
  ASSERT_TRUE(theirs.send(Kind::kFiltered, "7").has_value());

  const Result<Channel::Received> received = ours.wait_for(Kind::kFiltered);

  ASSERT_TRUE(received.has_value()) << received.error().text();
  EXPECT_EQ(received->text, "7");
  EXPECT_TRUE(received->descriptors.empty());
}

TEST_F(ChannelTest, KeepsMessagesApart) {
  ASSERT_TRUE(theirs.send(Kind::kRunHooks).has_value());
  ASSERT_TRUE(theirs.send(Kind::kReady).has_value());

  EXPECT_TRUE(ours.wait_for(Kind::kRunHooks).has_value());
  EXPECT_TRUE(ours.wait_for_plain(Kind::kReady).has_value());
}

TEST_F(ChannelTest, CarriesADescriptorThatIsCloseOnExec) {
  auto pair = sys::seqpacket_pair();
  ASSERT_TRUE(pair.has_value());
  ASSERT_TRUE(theirs.send_with(Kind::kConsole, "/dev/pts/0", pair->second.get()).has_value());

  const Result<Channel::Received> received = ours.wait_for(Kind::kConsole);

  ASSERT_TRUE(received.has_value()) << received.error().text();
  EXPECT_EQ(received->text, "/dev/pts/0");
  ASSERT_EQ(received->descriptors.size(), 1U);
  const int fd = received->descriptors.front().get();
  EXPECT_EQ(::fcntl(fd, F_GETFD), FD_CLOEXEC);
  ASSERT_TRUE(sys::write_all(fd, "through it", "the descriptor").has_value());
  const Result<sys::Packet> packet = sys::receive_packet(pair->first.get(), 64);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->data, "through it");
}

TEST_F(ChannelTest, GivesTheOtherSidesFailureAsItsOwn) {
  ASSERT_TRUE(theirs.send_failure(Error(ENOENT, "process.cwd: chdir /work")).has_value());

  const Result<Channel::Received> received = ours.wait_for(Kind::kReady);

  ASSERT_FALSE(received.has_value());
  EXPECT_EQ(received.error().code(), ENOENT);
  EXPECT_EQ(received.error().text(), "process.cwd: chdir /work: No such file or directory");
}

TEST_F(ChannelTest, GivesAFailureWithoutErrnoAsOne) {
  ASSERT_TRUE(theirs.send_failure(Error("/dev/pts/ptmx is not the ptmx of a devpts")).has_value());

  const Result<void> received = ours.wait_for_plain(Kind::kCommitted);

  ASSERT_FALSE(received.has_value());
  EXPECT_EQ(received.error().code(), 0);
  EXPECT_EQ(received.error().text(), "/dev/pts/ptmx is not the ptmx of a devpts");
}

TEST_F(ChannelTest, RefusesAnotherKindThanTheOneExpected) {
  ASSERT_TRUE(theirs.send(Kind::kReady).has_value());
  ASSERT_TRUE(theirs.send(Kind::kReady).has_value());

  const Result<Channel::Received> received = ours.wait_for(Kind::kRunHooks);
  const Result<void> plain = ours.wait_for_plain(Kind::kCommitted);

  ASSERT_FALSE(received.has_value());
  EXPECT_EQ(received.error().code(), EPROTO);
  EXPECT_EQ(received.error().text(),
            "sync socket: \"ready\" instead of \"run hooks\": Protocol error");
  ASSERT_FALSE(plain.has_value());
  EXPECT_EQ(plain.error().text(),
            "sync socket: \"ready\" instead of \"committed\": Protocol error");
}

TEST_F(ChannelTest, RefusesAPacketThatIsNoMessage) {
  ASSERT_TRUE(sys::send_packet(theirs.fd(), "hello").has_value());

  const Result<Channel::Received> received = ours.wait_for(Kind::kReady);

  ASSERT_FALSE(received.has_value());
  EXPECT_EQ(received.error().text(), "sync socket: packet of 5 bytes: Protocol error");
}

TEST_F(ChannelTest, TellsTheEndOfTheOtherSide) {
  theirs.close();

  const Result<Channel::Received> received = ours.wait_for(Kind::kReady);
  const Result<void> plain = ours.wait_for_plain(Kind::kReady);

  ASSERT_FALSE(received.has_value());
  EXPECT_EQ(received.error().code(), EPIPE);
  EXPECT_EQ(received.error().text(), "sync socket: closed instead of \"ready\": Broken pipe");
  ASSERT_FALSE(plain.has_value());
  EXPECT_EQ(plain.error().code(), EPIPE);
}

TEST_F(ChannelTest, TellsTheEndOfASideThatLeftAMessageUnread) {
  ASSERT_TRUE(ours.send(Kind::kIdMapsWritten).has_value());
  theirs.close();

  const Result<Channel::Received> received = ours.wait_for(Kind::kReady);

  ASSERT_FALSE(received.has_value());
  EXPECT_EQ(received.error().code(), EPIPE);
}

TEST_F(ChannelTest, TellsTheEndByPlainReadsToo) {
  ASSERT_TRUE(ours.send(Kind::kIdMapsWritten).has_value());
  theirs.close();

  const Result<void> received = ours.wait_for_plain(Kind::kReady);

  ASSERT_FALSE(received.has_value());
  EXPECT_EQ(received.error().code(), EPIPE);
}

TEST_F(ChannelTest, CannotSendToASideThatIsGone) {
  theirs.close();

  const Result<void> sent = ours.send(Kind::kCommitted);

  ASSERT_FALSE(sent.has_value());
  EXPECT_EQ(sent.error().code(), EPIPE);
}

}  // namespace
}  // namespace myrt::init
