#include "sys/socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>

#include <gtest/gtest.h>

#include "support.h"
#include "sys/file.h"

namespace myrt::sys {
namespace {

class PacketTest : public testing::Test {
 protected:
  void SetUp() override {
    auto ends = seqpacket_pair();
    ASSERT_TRUE(ends.has_value());
    one_ = std::move(ends->first);
    two_ = std::move(ends->second);
  }

  UniqueFd one_;
  UniqueFd two_;
};

std::string path_of(int fd) {
  return read_link(AT_FDCWD, "/proc/self/fd/" + std::to_string(fd)).value_or("");
}

TEST_F(PacketTest, EndsAreCloseOnExec) {
  EXPECT_EQ(::fcntl(one_.get(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(::fcntl(two_.get(), F_GETFD), FD_CLOEXEC);
}

TEST_F(PacketTest, KeepsPacketsApart) {
  ASSERT_TRUE(send_packet(one_.get(), "first").has_value());
  ASSERT_TRUE(send_packet(one_.get(), std::string_view("\0x", 2)).has_value());
  const auto first = receive_packet(two_.get(), 100);
  const auto second = receive_packet(two_.get(), 100);
  ASSERT_TRUE(first.has_value());
  ASSERT_TRUE(second.has_value());
  EXPECT_EQ(first->data, "first");
  EXPECT_TRUE(first->descriptors.empty());
  EXPECT_EQ(second->data, std::string("\0x", 2));
}

TEST_F(PacketTest, CarriesDescriptorsWithCloseOnExec) {
  const auto null = open_at(AT_FDCWD, "/dev/null", O_RDONLY);
  const auto zero = open_at(AT_FDCWD, "/dev/zero", O_RDONLY);
  ASSERT_TRUE(null.has_value());
  ASSERT_TRUE(zero.has_value());
  const std::array<int, 2> descriptors{null->get(), zero->get()};
  ASSERT_TRUE(send_packet_with(one_.get(), "two of them", descriptors).has_value());
  const auto packet = receive_packet(two_.get(), 100);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->data, "two of them");
  ASSERT_EQ(packet->descriptors.size(), 2U);
  EXPECT_EQ(path_of(packet->descriptors[0].get()), "/dev/null");
  EXPECT_EQ(path_of(packet->descriptors[1].get()), "/dev/zero");
  EXPECT_EQ(::fcntl(packet->descriptors[0].get(), F_GETFD), FD_CLOEXEC);
}

TEST_F(PacketTest, CarriesAsManyDescriptorsAsTheKernelAllows) {
  const std::vector<int> most(253, one_.get());  // SCM_MAX_FD (unix(7))
  ASSERT_TRUE(send_packet_with(one_.get(), "x", most).has_value());
  const auto packet = receive_packet(two_.get(), 1);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->descriptors.size(), 253U);
  const std::vector<int> more(254, one_.get());
  const auto done = send_packet_with(one_.get(), "x", more);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text(), "send 1 bytes and 254 descriptors: Invalid argument");
}

TEST_F(PacketTest, TakesAPacketOfExactlyTheLimit) {
  ASSERT_TRUE(send_packet(one_.get(), "12345").has_value());
  const auto packet = receive_packet(two_.get(), 5);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->data, "12345");
}

TEST_F(PacketTest, RefusesALongerPacketAndClosesItsDescriptors) {
  const int lowest = ::dup(0);
  ::close(lowest);
  const std::array<int, 1> descriptors{one_.get()};
  ASSERT_TRUE(send_packet_with(one_.get(), "123456", descriptors).has_value());
  const auto packet = receive_packet(two_.get(), 5);
  ASSERT_FALSE(packet.has_value());
  EXPECT_EQ(packet.error().text(), "receive a packet of at most 5 bytes: Message too long");
  EXPECT_EQ(::fcntl(lowest, F_GETFD), -1);
}

TEST_F(PacketTest, SaysWhenAPacketIsTooLongToSend) {
  const auto done = send_packet(one_.get(), std::string(64 << 20, 'x'));  // above net.core.wmem_max
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text(), "send a packet of 67108864 bytes: Message too long");
}

TEST_F(PacketTest, RefusesToSendWhatWouldReadAsTheEnd) {
  EXPECT_EQ(send_packet(one_.get(), "").error().code(), EINVAL);
  EXPECT_EQ(send_packet_with(one_.get(), "", {}).error().code(), EINVAL);
}

TEST_F(PacketTest, EndsWithAnEmptyPacket) {
  one_.reset();
  const auto packet = receive_packet(two_.get(), 100);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->data, "");
}

TEST_F(PacketTest, GivesTheLastWordsOfAPeerThatLeftOursUnread) {
  // The kernel reports ECONNRESET first in this case.
  ASSERT_TRUE(send_packet(two_.get(), "never read").has_value());
  ASSERT_TRUE(send_packet(one_.get(), "last words").has_value());
  one_.reset();
  const auto words = receive_packet(two_.get(), 100);
  const auto end = receive_packet(two_.get(), 100);
  ASSERT_TRUE(words.has_value()) << words.error().text();
  EXPECT_EQ(words->data, "last words");
  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(end->data, "");
}

TEST_F(PacketTest, SendingDescriptorsToAClosedPeerRaisesNoSignal) {
  two_.reset();
  const auto done = send_packet_with(one_.get(), "x", {});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), EPIPE);
}

/// Listens on a socket at `path`, bound under a short name first: only that fits into an address.
UniqueFd listen_at(const TemporaryDirectory& directory, const std::string& path) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const std::string bound = directory / "s";
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  bound.copy(address.sun_path, sizeof(address.sun_path) - 1);
  EXPECT_EQ(::bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address)), 0);
  EXPECT_EQ(::listen(fd.get(), 1), 0);
  std::filesystem::rename(bound, path);
  return fd;
}

TEST(ConnectStream, ReachesASocketAndSendsADescriptor) {
  const TemporaryDirectory directory;
  const UniqueFd listener = listen_at(directory, directory / "console.sock");
  const auto client = connect_stream(directory / "console.sock");
  ASSERT_TRUE(client.has_value()) << client.error().text();
  EXPECT_EQ(::fcntl(client->get(), F_GETFD), FD_CLOEXEC);
  const UniqueFd server(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const auto null = open_at(AT_FDCWD, "/dev/null", O_RDONLY);
  ASSERT_TRUE(null.has_value());
  ASSERT_TRUE(send_descriptor(client->get(), "/dev/pts/3", null->get()).has_value());
  const auto packet = receive_packet(server.get(), 100);
  ASSERT_TRUE(packet.has_value());
  EXPECT_EQ(packet->data, "/dev/pts/3");
  ASSERT_EQ(packet->descriptors.size(), 1U);
  EXPECT_EQ(path_of(packet->descriptors[0].get()), "/dev/null");
}

TEST(ConnectStream, ReachesPathsThatAreTooLongForAnAddress) {
  const TemporaryDirectory directory;
  // sun_path has 108 bytes (unix(7)): lengths around it, and far beyond.
  for (const std::size_t length : {106UL, 107UL, 108UL, 109UL, 250UL}) {
    const std::string path = directory / std::string(length - directory.path().size() - 1, 's');
    ASSERT_EQ(path.size(), length);
    const UniqueFd listener = listen_at(directory, path);
    const auto client = connect_stream(path);
    EXPECT_TRUE(client.has_value()) << length;
  }
}

TEST(ConnectStream, NamesThePath) {
  EXPECT_EQ(connect_stream("/nonexistent/s").error().text(),
            "connect to /nonexistent/s: No such file or directory");
  const std::string path = "/nonexistent/" + std::string(150, 's');
  EXPECT_EQ(connect_stream(path).error().text(),
            "connect to " + path + ": open " + path + ": No such file or directory");
}

TEST(BindDatagram, ReplacesAFileAndReceives) {
  const TemporaryDirectory directory;
  write_text(directory / "s", "old");
  const auto receiver = bind_datagram(directory.fd(), "s", 0622);
  ASSERT_TRUE(receiver.has_value()) << receiver.error().text();
  struct ::stat status = {};
  ASSERT_EQ(::stat((directory / "s").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode, S_IFSOCK | 0622U);
  const auto sender = connect_datagram(directory / "s");
  ASSERT_TRUE(sender.has_value()) << sender.error().text();
  ASSERT_TRUE(send_packet(sender->get(), "one").has_value());
  ASSERT_TRUE(send_packet(sender->get(), "too long").has_value());
  EXPECT_EQ(receive_datagram(receiver->get(), 5).value(), "one");
  EXPECT_EQ(receive_datagram(receiver->get(), 5).value(), "");
  EXPECT_EQ(receive_datagram(receiver->get(), 5).value(), std::nullopt);
}

TEST(ConnectDatagram, ReachesAnAbstractName) {
  const UniqueFd receiver(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  const std::string name = "@myrt-unit-" + std::to_string(::getpid());
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  name.copy(address.sun_path + 1, sizeof(address.sun_path) - 1, 1);
  ASSERT_EQ(::bind(receiver.get(), reinterpret_cast<const sockaddr*>(&address),
                   static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size())),
            0);
  const auto sender = connect_datagram(name);
  ASSERT_TRUE(sender.has_value()) << sender.error().text();
  EXPECT_TRUE(send_packet(sender->get(), "x").has_value());
  EXPECT_EQ(receive_datagram(receiver.get(), 5).value(), "x");
}

TEST(ConnectDatagram, RefusesWhatIsNoAddress) {
  for (const char* address : {"relative", "@", "vsock:2:1"}) {
    const auto done = connect_datagram(address);
    ASSERT_FALSE(done.has_value());
    EXPECT_EQ(done.error().text(),
              "\"" + std::string(address) + "\" is neither an absolute path nor @NAME");
  }
  EXPECT_EQ(connect_datagram("@" + std::string(108, 'x')).error().code(), ENAMETOOLONG);
}

TEST(ReceiveDatagram, LeavesDescriptorsBehind) {
  const TemporaryDirectory directory;
  const auto receiver = bind_datagram(directory.fd(), "s", 0600);
  const auto sender = connect_datagram(directory / "s");
  auto ends = seqpacket_pair();
  ASSERT_TRUE(receiver.has_value() && sender.has_value() && ends.has_value());
  const int end = ends->second.get();
  ASSERT_TRUE(send_packet_with(sender->get(), "BARRIER=1", {&end, 1}).has_value());
  ends->second.reset();
  EXPECT_EQ(receive_datagram(receiver->get(), 100).value(), "BARRIER=1");
  EXPECT_EQ(receive_packet(ends->first.get(), 1)->data, "") << "nobody has the other end";
}

TEST(SendDescriptor, NamesWhatItSent) {
  EXPECT_EQ(send_descriptor(-1, "abc", 0).error().text(),
            "send 3 bytes and 1 descriptors: Bad file descriptor");
}

}  // namespace
}  // namespace myrt::sys
