#include "sys/socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "sys/file.h"
#include "sys/retry.h"

namespace myrt::sys {

namespace {

// SCM_MAX_FD of the kernel: no message carries more.
constexpr std::size_t kMaxDescriptors = 253;

/// Room for one control message with the most descriptors that there can be.
struct ControlBuffer {
  alignas(cmsghdr) std::array<char, CMSG_SPACE(kMaxDescriptors * sizeof(int))> bytes{};
};

/// sendmsg(2) of `data` with `descriptors`; the number of bytes sent. No SIGPIPE.
Result<std::size_t> send_message(int socket, std::string_view data,
                                 std::span<const int> descriptors) {
  if (data.empty() || descriptors.size() > kMaxDescriptors) {
    // An empty packet would be received as the end of file.
    return std::unexpected(
        Error::from_code(EINVAL, {"send ", std::to_string(data.size()), " bytes and ",
                                  std::to_string(descriptors.size()), " descriptors"}));
  }
  iovec part{.iov_base = const_cast<char*>(data.data()), .iov_len = data.size()};
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  ControlBuffer control;
  if (!descriptors.empty()) {
    message.msg_control = control.bytes.data();
    message.msg_controllen = CMSG_SPACE(descriptors.size_bytes());
    cmsghdr* header = CMSG_FIRSTHDR(&message);
    header->cmsg_level = SOL_SOCKET;
    header->cmsg_type = SCM_RIGHTS;
    header->cmsg_len = CMSG_LEN(descriptors.size_bytes());
    std::memcpy(CMSG_DATA(header), descriptors.data(), descriptors.size_bytes());
  }
  const ssize_t count =
      again_after_eintr([&] { return ::sendmsg(socket, &message, MSG_NOSIGNAL); });
  if (count < 0) {
    const int code = errno;
    return std::unexpected(
        Error::from_code(code, {"send ", std::to_string(data.size()), " bytes and ",
                                std::to_string(descriptors.size()), " descriptors"}));
  }
  return static_cast<std::size_t>(count);
}

/// Takes ownership of the descriptors that `message` brought.
std::vector<UniqueFd> take_descriptors(msghdr& message) {
  std::vector<UniqueFd> descriptors;
  for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr;
       header = CMSG_NXTHDR(&message, header)) {
    if (header->cmsg_level != SOL_SOCKET || header->cmsg_type != SCM_RIGHTS) {
      continue;
    }
    const std::size_t count = (header->cmsg_len - CMSG_LEN(0)) / sizeof(int);
    for (std::size_t i = 0; i < count; ++i) {
      int fd = -1;
      std::memcpy(&fd, CMSG_DATA(header) + i * sizeof(int), sizeof(fd));
      descriptors.emplace_back(fd);
    }
  }
  return descriptors;
}

}  // namespace

Result<std::pair<UniqueFd, UniqueFd>> seqpacket_pair() {
  std::array<int, 2> ends{-1, -1};
  if (::socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends.data()) < 0) {
    return std::unexpected(Error::from_errno({"socketpair"}));
  }
  return std::pair(UniqueFd(ends[0]), UniqueFd(ends[1]));
}

Result<void> send_packet(int socket, std::string_view packet) {
  if (packet.empty()) {
    return std::unexpected(Error(EINVAL, "send an empty packet"));
  }
  // A packet goes whole or not at all.
  if (again_after_eintr([&] { return ::write(socket, packet.data(), packet.size()); }) < 0) {
    const int code = errno;
    return std::unexpected(
        Error::from_code(code, {"send a packet of ", std::to_string(packet.size()), " bytes"}));
  }
  return {};
}

Result<void> send_packet_with(int socket, std::string_view packet,
                              std::span<const int> descriptors) {
  static_cast<void>(MYRT_TRY(send_message(socket, packet, descriptors)));
  return {};
}

Result<Packet> receive_packet(int socket, std::size_t limit) {
  Packet packet{.data = std::string(limit, '\0'), .descriptors = {}};
  iovec part{.iov_base = packet.data.data(), .iov_len = packet.data.size()};
  ControlBuffer control;
  msghdr message{};
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.bytes.data();
  message.msg_controllen = control.bytes.size();
  ssize_t count = 0;
  do {
    // A peer that ended with packets of ours unread leaves ECONNRESET, which is reported once and
    // before the packets that it had sent: those are still there, and after them the end of file.
    count = ::recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
  } while (count < 0 && (errno == EINTR || errno == ECONNRESET));
  if (count < 0) {
    return std::unexpected(Error::from_errno({"receive a packet"}));
  }
  packet.descriptors = take_descriptors(message);
  if ((message.msg_flags & MSG_TRUNC) != 0) {
    return std::unexpected(Error::from_code(
        EMSGSIZE, {"receive a packet of at most ", std::to_string(limit), " bytes"}));
  }
  if ((message.msg_flags & MSG_CTRUNC) != 0) {  // the kernel could not give us them all
    return std::unexpected(Error(EMFILE, "receive the descriptors of a packet"));
  }
  packet.data.resize(static_cast<std::size_t>(count));
  return packet;
}

Result<UniqueFd> connect_stream(const std::string& path) {
  UniqueFd fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) {
    return std::unexpected(Error::from_errno({"socket"}));
  }
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  UniqueFd target;
  std::string name = path;
  if (name.size() >= sizeof(address.sun_path)) {
    target = MYRT_TRY(in("connect to " + path, open_at(AT_FDCWD, path, O_PATH)));
    name = "/proc/self/fd/" + std::to_string(target.get());
  }
  name.copy(address.sun_path, sizeof(address.sun_path) - 1);
  const int result = again_after_eintr([&] {
    return ::connect(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof(address));
  });
  if (result < 0) {
    return std::unexpected(Error::from_errno({"connect to ", path}));
  }
  return fd;
}

Result<void> send_descriptor(int socket, std::string_view data, int descriptor) {
  std::size_t sent = MYRT_TRY(send_message(socket, data, {&descriptor, 1}));
  while (
      sent <
      data.size()) {  // a signal may end a long send early; the descriptor went with the first byte
    sent += MYRT_TRY(send_message(socket, data.substr(sent), {}));
  }
  return {};
}

}  // namespace myrt::sys
