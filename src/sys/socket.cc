#include "sys/socket.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
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

Result<UniqueFd> unix_socket(int type) {
  UniqueFd fd(::socket(AF_UNIX, type | SOCK_CLOEXEC, 0));
  if (!fd.is_open()) {
    return std::unexpected(Error::from_errno({"socket"}));
  }
  return fd;
}

struct Address {
  sockaddr_un value{};
  socklen_t length = sizeof(sockaddr_un);
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&value); }
};

/// `name` fits: at most 107 bytes.
Address address_of(std::string_view name) {
  Address address;
  address.value.sun_family = AF_UNIX;
  name.copy(address.value.sun_path, sizeof(address.value.sun_path) - 1);
  return address;
}

Result<void> connect_to(int socket, const Address& address, const std::string& name) {
  if (again_after_eintr([&] { return ::connect(socket, address.get(), address.length); }) < 0) {
    return std::unexpected(Error::from_errno({"connect to ", name}));
  }
  return {};
}

Result<void> connect_by_path(int socket, const std::string& path) {
  if (path.size() < sizeof(sockaddr_un::sun_path)) {
    return connect_to(socket, address_of(path), path);
  }
  const UniqueFd target = MYRT_TRY(in("connect to " + path, open_at(AT_FDCWD, path, O_PATH)));
  return connect_to(socket, address_of("/proc/self/fd/" + std::to_string(target.get())), path);
}

/// An abstract name is a NUL and then the name, without a NUL at its end (unix(7)).
Result<void> connect_abstract(int socket, const std::string& name) {
  if (name.size() > sizeof(sockaddr_un::sun_path)) {
    return std::unexpected(Error::from_code(ENAMETOOLONG, {"connect to ", name}));
  }
  Address address = address_of("");
  name.copy(address.value.sun_path + 1, sizeof(address.value.sun_path) - 1, 1);
  address.length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  return connect_to(socket, address, name);
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
  UniqueFd fd = MYRT_TRY(unix_socket(SOCK_STREAM));
  MYRT_TRY(connect_by_path(fd.get(), path));
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

Result<UniqueFd> bind_datagram(int directory, const std::string& name, mode_t mode) {
  UniqueFd fd = MYRT_TRY(unix_socket(SOCK_DGRAM));
  if (::unlinkat(directory, name.c_str(), 0) != 0 && errno != ENOENT) {
    return std::unexpected(Error::from_errno({"remove ", name}));
  }
  // There is no bindat(2), and the directory's own path may be too long.
  const Address address = address_of("/proc/self/fd/" + std::to_string(directory) + "/" + name);
  if (::bind(fd.get(), address.get(), address.length) != 0) {
    return std::unexpected(Error::from_errno({"bind to ", name}));
  }
  // By descriptor: somebody may have put a link there since.
  const UniqueFd made = MYRT_TRY(open_at(directory, name, O_PATH | O_NOFOLLOW));
  const struct ::stat status = MYRT_TRY(status_of(made.get(), name));
  if (!S_ISSOCK(status.st_mode)) {
    return std::unexpected(Error(name + " was replaced by another file"));
  }
  const std::string path = "/proc/self/fd/" + std::to_string(made.get());
  if (::chmod(path.c_str(), mode) != 0) {
    return std::unexpected(Error::from_errno({"chmod ", name}));
  }
  return fd;
}

Result<UniqueFd> connect_datagram(const std::string& address) {
  UniqueFd fd = MYRT_TRY(unix_socket(SOCK_DGRAM | SOCK_NONBLOCK));
  if (address.starts_with('/')) {
    MYRT_TRY(connect_by_path(fd.get(), address));
  } else if (address.starts_with('@') && address.size() > 1) {
    MYRT_TRY(connect_abstract(fd.get(), address));
  } else {
    return std::unexpected(
        Error::sentence(EINVAL, "\"" + address + "\" is neither an absolute path nor @NAME"));
  }
  return fd;
}

Result<std::optional<std::string>> receive_datagram(int socket, std::size_t limit) {
  std::string data(limit, '\0');
  // recv(2) and not recvmsg(2): without room for them the kernel lets go of descriptors itself.
  // Closing them here could wait for the file system that they are of.
  const ssize_t count = again_after_eintr(
      [&] { return ::recv(socket, data.data(), data.size(), MSG_DONTWAIT | MSG_TRUNC); });
  if (count < 0 && errno == EAGAIN) {
    return std::nullopt;
  }
  if (count < 0) {
    return std::unexpected(Error::from_errno({"receive a datagram"}));
  }
  const auto length = static_cast<std::size_t>(count);
  data.resize(length > limit ? 0 : length);
  return data;
}

}  // namespace myrt::sys
