// File descriptors of the tests themselves: owned, close-on-exec, closed at the end of their scope.
#pragma once

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <string>
#include <utility>

namespace myrt::test {

/// Owns one descriptor; -1 is none.
class Fd {
 public:
  Fd() = default;
  explicit Fd(int fd) : fd_(fd) {}
  Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Fd& operator=(Fd&& other) noexcept {
    if (this != &other) {
      reset();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  Fd(const Fd&) = delete;
  Fd& operator=(const Fd&) = delete;
  ~Fd() { reset(); }

  int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }
  void reset() {
    if (fd_ >= 0) {
      ::close(fd_);
      fd_ = -1;
    }
  }

 private:
  int fd_ = -1;
};

/// Both ends of a pipe, close-on-exec.
struct Pipe {
  Fd read;
  Fd write;
};

inline Pipe make_pipe() {
  int ends[2] = {-1, -1};
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return {};
  }
  return {.read = Fd(ends[0]), .write = Fd(ends[1])};
}

/// Opens `path` with `flags` and O_CLOEXEC; -1 with errno set when that fails.
inline Fd open_fd(const std::string& path, int flags, unsigned mode = 0600) {
  return Fd(::open(path.c_str(), flags | O_CLOEXEC, mode));
}

/// What is left to read from `fd`, until its end.
inline std::string read_to_end(int fd) {
  std::string content;
  std::array<char, 4096> buffer{};
  ssize_t count = 0;
  while ((count = ::read(fd, buffer.data(), buffer.size())) > 0) {
    content.append(buffer.data(), static_cast<std::size_t>(count));
  }
  return content;
}

}  // namespace myrt::test
