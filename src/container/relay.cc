#include "container/relay.h"

#include <unistd.h>

#include <cerrno>

namespace myrt::container {

namespace {

constexpr std::size_t kChunk = 16384;
/// How long a reader that does not read may hold up the end of a container.
constexpr int kDrainMilliseconds = 5000;

}  // namespace

std::array<struct ::pollfd, 2> Relay::interest() const {
  const bool room = !ended_ && kept_.size() < kChunk;
  return {{{.fd = room ? from_ : -1, .events = POLLIN, .revents = 0},
           {.fd = kept_.empty() ? -1 : to_, .events = POLLOUT, .revents = 0}}};
}

void Relay::read_some() {
  std::array<char, kChunk> buffer{};
  const ssize_t count = ::read(from_, buffer.data(), buffer.size());
  if (count > 0) {
    kept_.append(buffer.data(), static_cast<std::size_t>(count));
  } else if (count == 0 || (errno != EAGAIN && errno != EINTR)) {
    ended_ = true;  // the end of input; EIO: the last slave of the pseudo-terminal was closed
  }
}

void Relay::write_some() {
  const ssize_t count = ::write(to_, kept_.data(), kept_.size());
  if (count > 0) {
    kept_.erase(0, static_cast<std::size_t>(count));
  } else if (count < 0 && errno != EAGAIN && errno != EINTR) {
    kept_.clear();  // nobody will read it
    ended_ = true;
  }
}

void Relay::act(const std::array<struct ::pollfd, 2>& ready) {
  if (ready[1].fd >= 0 && ready[1].revents != 0) {
    write_some();
  }
  if (ready[0].fd >= 0 && ready[0].revents != 0) {
    read_some();
  }
}

void Relay::drain() {
  for (;;) {
    std::array<struct ::pollfd, 2> wait = interest();
    // What the program wrote last is there already; a reader may need time.
    if (::poll(wait.data(), wait.size(), kept_.empty() ? 0 : kDrainMilliseconds) <= 0) {
      return;
    }
    act(wait);
    if (ended_ && kept_.empty()) {
      return;
    }
  }
}

}  // namespace myrt::container
