#include "init/exec_fifo.h"

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include "init/message.h"
#include "sys/file.h"

namespace myrt::init {

namespace {

constexpr char kReleased = '0';
constexpr std::size_t kSmallestPipe = 4096;

/// All that comes until every writer has closed the fifo: the container process by executing its
/// program or by ending.
Result<std::string> read_outcome(int fifo) {
  std::string data;
  std::array<char, kMaxMessageBytes> buffer{};
  for (;;) {
    const ssize_t count = ::read(fifo, buffer.data(), buffer.size());
    if (count == 0) {
      return data;
    }
    if (count > 0) {
      data.append(buffer.data(), static_cast<std::size_t>(count));
    } else if (errno != EINTR) {
      return std::unexpected(Error::from_errno({"read ", kExecFifoName}));
    }
  }
}

}  // namespace

Result<sys::UniqueFd> make_exec_fifo(int state_directory) {
  if (::mkfifoat(state_directory, kExecFifoName, 0600) != 0) {
    return std::unexpected(Error::from_errno({"make ", kExecFifoName}));
  }
  sys::UniqueFd fifo = MYRT_TRY(sys::open_at(state_directory, kExecFifoName, O_RDWR | O_NOFOLLOW));
  const int capacity = ::fcntl(fifo.get(), F_SETPIPE_SZ, kSmallestPipe);
  if (capacity < 0) {
    return std::unexpected(Error::from_errno({"set the size of ", kExecFifoName}));
  }
  MYRT_TRY(sys::write_all(fifo.get(), std::string(static_cast<std::size_t>(capacity), '\0'),
                          kExecFifoName));
  return fifo;
}

Result<void> park(int fifo) { return sys::write_all(fifo, {&kReleased, 1}, kExecFifoName); }

Result<void> report_failure(int fifo, const Error& error) {
  // Longer than the pipe would block for ever if `start` were gone.
  const std::string text = error.what().substr(0, kSmallestPipe / 2);
  return sys::write_all(
      fifo, encode({.kind = Message::Kind::kFailed, .code = error.code(), .text = text}),
      kExecFifoName);
}

bool is_parked(int state_directory) {
  const sys::UniqueFd fifo(
      ::openat(state_directory, kExecFifoName, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
  int bytes = 0;
  return fifo.is_open() && ::ioctl(fifo.get(), FIONREAD, &bytes) == 0 && bytes > 0;
}

Result<void> release(int state_directory) {
  // Without O_NONBLOCK the open would wait for a writer, and the process may be dead.
  const sys::UniqueFd fifo =
      MYRT_TRY(sys::open_at(state_directory, kExecFifoName, O_RDONLY | O_NONBLOCK | O_NOFOLLOW));
  if (::fcntl(fifo.get(), F_SETFL, 0) != 0) {
    return std::unexpected(Error::from_errno({"make ", kExecFifoName, " blocking"}));
  }
  const std::string data = MYRT_TRY(read_outcome(fifo.get()));
  const std::size_t filler = data.find_first_not_of('\0');
  if (filler == std::string::npos) {
    return std::unexpected(
        Error("the container process ended before it was started; a seccomp filter that forbids "
              "read(2), write(2) or "
              "close(2) does that"));
  }
  const std::string_view outcome = std::string_view(data).substr(filler + 1);
  if (data[filler] != kReleased) {
    return std::unexpected(Error::from_code(EPROTO, {kExecFifoName, ": unknown contents"}));
  }
  if (outcome.empty()) {
    return {};
  }
  Message failure = MYRT_TRY(decode(outcome));
  return std::unexpected(Error(failure.code, std::move(failure.text)));
}

}  // namespace myrt::init
