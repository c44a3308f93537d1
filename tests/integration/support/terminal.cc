#include "support/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

#include <gtest/gtest.h>

#include "support/files.h"

namespace myrt::test {

std::string read_terminal(int master, const std::string& end) {
  constexpr int kPatienceMs = 20'000;
  std::string text;
  std::array<char, 512> buffer{};
  while (!contains(text, end)) {
    pollfd poll_fd{.fd = master, .events = POLLIN, .revents = 0};
    if (::poll(&poll_fd, 1, kPatienceMs) != 1) {
      break;
    }
    const ssize_t count = ::read(master, buffer.data(), buffer.size());
    if (count <= 0) {  // EIO: the other end is closed
      break;
    }
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return text;
}

Terminal::Terminal() : master_(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC)) {
  std::array<char, 64> name{};
  if (::grantpt(master_.get()) != 0 || ::unlockpt(master_.get()) != 0 ||
      ::ptsname_r(master_.get(), name.data(), name.size()) != 0) {
    ADD_FAILURE() << "make a pseudo terminal: " << std::strerror(errno);
  }
  slave_ = open_fd(name.data(), O_RDWR | O_NOCTTY);
}

void Terminal::resize(unsigned short rows, unsigned short columns) const {
  winsize size{};
  size.ws_row = rows;
  size.ws_col = columns;
  if (::ioctl(master_.get(), TIOCSWINSZ, &size) != 0) {
    ADD_FAILURE() << "resize a terminal: " << std::strerror(errno);
  }
}

}  // namespace myrt::test
