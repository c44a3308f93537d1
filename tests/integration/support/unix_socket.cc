#include "support/unix_socket.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <gtest/gtest.h>

namespace myrt::test {
namespace {

constexpr int kPatienceMs = 1'000;

bool readable(int fd) {
  pollfd poll_fd{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&poll_fd, 1, kPatienceMs) == 1;
}

// Through a descriptor, because a path of more than 107 bytes does not fit into the address
// (unix(7)).
sockaddr_un address_in(const Fd& directory, const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text =
      "/proc/self/fd/" + std::to_string(directory.get()) + "/" + path.filename().string();
  std::memcpy(address.sun_path, text.c_str(), text.size() + 1);
  return address;
}

}  // namespace

UnixListener::UnixListener(const std::filesystem::path& path)
    : path_(path), socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  const Fd directory = open_fd(path.parent_path(), O_PATH | O_DIRECTORY);
  const sockaddr_un address = address_in(directory, path);
  if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 ||
      ::listen(socket_.get(), 4) != 0) {
    ADD_FAILURE() << "listen on " << path << ": " << std::strerror(errno);
  }
}

void UnixListener::fill() {
  const Fd directory = open_fd(path_.parent_path(), O_PATH | O_DIRECTORY);
  const sockaddr_un address = address_in(directory, path_);
  for (;;) {
    Fd own(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
    if (::connect(own.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      EXPECT_EQ(errno, EAGAIN) << "connect to " << path_ << ": " << std::strerror(errno);
      return;
    }
    own_.push_back(std::move(own));
  }
}

std::optional<SocketMessage> UnixListener::receive() const {
  if (!readable(socket_.get())) {
    return std::nullopt;
  }
  const Fd connection(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!connection || !readable(connection.get())) {
    return std::nullopt;
  }
  std::array<char, 65536> data{};
  alignas(cmsghdr) std::array<char, 256> control{};
  iovec part{.iov_base = data.data(), .iov_len = data.size()};
  msghdr header{};
  header.msg_iov = &part;
  header.msg_iovlen = 1;
  header.msg_control = control.data();
  header.msg_controllen = control.size();
  const ssize_t count = ::recvmsg(connection.get(), &header, MSG_CMSG_CLOEXEC);
  if (count < 0) {
    return std::nullopt;
  }
  SocketMessage message;
  message.data.assign(data.data(), static_cast<std::size_t>(count));
  for (cmsghdr* item = CMSG_FIRSTHDR(&header); item != nullptr; item = CMSG_NXTHDR(&header, item)) {
    if (item->cmsg_level == SOL_SOCKET && item->cmsg_type == SCM_RIGHTS) {
      const std::size_t number = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);
      for (std::size_t index = 0; index < number; ++index) {
        int fd = -1;
        std::memcpy(&fd, CMSG_DATA(item) + index * sizeof(int), sizeof fd);
        message.fds.emplace_back(fd);
      }
    }
  }
  char more = 0;
  message.closed_after = readable(connection.get()) && ::read(connection.get(), &more, 1) == 0;
  return message;
}

}  // namespace myrt::test
