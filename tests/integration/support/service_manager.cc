#include "support/service_manager.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>
#include <filesystem>

#include <gtest/gtest.h>

#include "support/files.h"

namespace myrt::test {

ServiceManager::ServiceManager(std::string address)
    : address_(std::move(address)), socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
  sockaddr_un name{};
  name.sun_family = AF_UNIX;
  socklen_t length = sizeof name;
  Fd directory;
  if (address_.starts_with('@')) {
    address_.copy(name.sun_path + 1, sizeof(name.sun_path) - 1, 1);
    length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  } else {
    const std::filesystem::path path = address_;
    directory = open_fd(path.parent_path(), O_PATH | O_DIRECTORY);
    const std::string text =
        "/proc/self/fd/" + std::to_string(directory.get()) + "/" + path.filename().string();
    text.copy(name.sun_path, sizeof(name.sun_path) - 1);
  }
  if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&name), length) != 0) {
    ADD_FAILURE() << "bind to " << address_ << ": " << std::strerror(errno);
  }
}

Command ServiceManager::started(Command command) const {
  if (!command.env.has_value()) {
    ADD_FAILURE() << "the environment of the tests may have a service manager of its own";
    return command;
  }
  command.env->push_back("NOTIFY_SOCKET=" + address_);
  return command;
}

std::vector<std::string> ServiceManager::receive(int patience_ms) const {
  pollfd poll_fd{.fd = socket_.get(), .events = POLLIN, .revents = 0};
  std::array<char, 8192> buffer{};
  if (::poll(&poll_fd, 1, patience_ms) != 1) {
    return {};
  }
  const ssize_t count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
  return lines_of(std::string(buffer.data(), count < 0 ? 0 : static_cast<std::size_t>(count)));
}

std::vector<std::string> ServiceManager::lines_until(const std::string& last) const {
  std::vector<std::string> all;
  while (std::ranges::find(all, last) == all.end()) {
    const std::vector<std::string> more = receive(5'000);
    if (more.empty()) {
      break;
    }
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

std::vector<std::string> ServiceManager::lines() const {
  std::vector<std::string> all;
  for (std::vector<std::string> more = receive(0); !more.empty(); more = receive(0)) {
    all.insert(all.end(), more.begin(), more.end());
  }
  return all;
}

}  // namespace myrt::test
