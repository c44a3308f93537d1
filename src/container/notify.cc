#include "container/notify.h"

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <tuple>

#include <myrt/log.h>

#include "base/text.h"
#include "plan/make_plan.h"
#include "sys/file.h"
#include "sys/socket.h"

namespace myrt::container {

namespace {

// systemd takes no more than 4096 bytes, and a line with the main process is added.
constexpr std::size_t kMaxDatagram = 4096 - 24;
constexpr int kManagerMilliseconds = 5000;  // as long as systemd-notify(1) waits
// More than wait in the queue of a datagram socket (net.unix.max_dgram_qlen).
constexpr int kMaxLeft = 1024;

enum class Values { kOne, kNumber, kText };

struct Field {
  std::string_view name;
  Values values;
};

constexpr std::string_view kReady = "READY";

/// Of the fields of sd_notify(3), those that say something about the sender alone. Sorted.
constexpr std::array<Field, 7> kFields = {{
    {"ERRNO", Values::kNumber},
    {"MONOTONIC_USEC", Values::kNumber},
    {kReady, Values::kOne},
    {"RELOADING", Values::kOne},
    {"STATUS", Values::kText},
    {"STOPPING", Values::kOne},
    {"WATCHDOG", Values::kOne},
}};

/// UTF-8 without control characters: systemctl(1) shows it on the terminals of administrators.
bool is_plain_text(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = base::utf8_length(text);
    const auto first = static_cast<unsigned char>(text.front());
    const bool is_c1 = length == 2 && first == 0xc2 && static_cast<unsigned char>(text[1]) < 0xa0;
    if (length == 0 || first < 0x20 || first == 0x7f || is_c1) {
      return false;
    }
    text.remove_prefix(length);
  }
  return true;
}

bool is_allowed(std::string_view value, Values values) {
  switch (values) {
    case Values::kOne:
      return value == "1";
    case Values::kNumber:
      return base::parse_integer<std::uint64_t>(value).has_value();
    case Values::kText:
      return is_plain_text(value);
  }
  return false;
}

bool is_passed_on(std::string_view line) {
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) {
    return false;
  }
  const auto* field = std::ranges::lower_bound(kFields, line.substr(0, equals), {}, &Field::name);
  return field != kFields.end() && field->name == line.substr(0, equals) &&
         is_allowed(line.substr(equals + 1), field->values);
}

/// A manager that has gone away, or does not listen, is no reason to stop the container.
void note(const Error& error) { log(LogLevel::kDebug, "NOTIFY_SOCKET: " + error.text()); }

}  // namespace

Result<void> make_notify_directory(int state_directory) {
  // The container's user need not be ours, and the umask must not decide.
  if (::mkdirat(state_directory, kNotifyDirectory, 0755) != 0 ||
      ::fchmodat(state_directory, kNotifyDirectory, 0755, 0) != 0) {
    return std::unexpected(Error::from_errno({"make the directory ", kNotifyDirectory}));
  }
  return {};
}

Notification notification(std::string_view datagram, pid_t main_pid) {
  Notification passed;
  for (const std::string_view line : base::split(datagram, '\n')) {
    if (!is_passed_on(line)) {
      continue;
    }
    if (line.starts_with(kReady) && !passed.ready) {
      passed.ready = true;
      passed.lines += "MAINPID=" + std::to_string(main_pid) + "\n";
    }
    passed.lines += line;
    passed.lines += '\n';
  }
  return passed;
}

Result<std::optional<NotifyRelay>> NotifyRelay::open(int state_directory,
                                                     const std::string& manager, pid_t main_pid) {
  if (manager.empty()) {
    return std::nullopt;
  }
  const Result<sys::UniqueFd> directory =
      sys::open_at(state_directory, kNotifyDirectory, O_PATH | O_DIRECTORY | O_NOFOLLOW);
  if (!directory.has_value()) {
    return directory.error().code() == ENOENT ? Result<std::optional<NotifyRelay>>(std::nullopt)
                                              : std::unexpected(directory.error());
  }
  sys::UniqueFd outside = MYRT_TRY(in("NOTIFY_SOCKET", sys::connect_datagram(manager)));
  // Whoever the program runs as may send.
  sys::UniqueFd inside = MYRT_TRY(
      in("NOTIFY_SOCKET", sys::bind_datagram(directory->get(), plan::kNotifySocketName, 0666)));
  return NotifyRelay(std::move(inside), std::move(outside), main_pid);
}

struct ::pollfd NotifyRelay::interest() const {
  return kept_.lines.empty() ? pollfd{.fd = container_.get(), .events = POLLIN, .revents = 0}
                             : pollfd{.fd = manager_.get(), .events = POLLOUT, .revents = 0};
}

void NotifyRelay::act(const struct ::pollfd& ready) {
  if (ready.revents == 0) {
    return;
  }
  if (kept_.lines.empty()) {
    receive();
  } else {
    send();
  }
}

void NotifyRelay::receive() {
  Result<std::optional<std::string>> datagram =
      sys::receive_datagram(container_.get(), kMaxDatagram);
  if (!datagram.has_value()) {
    note(datagram.error());
  } else if (datagram->has_value()) {
    kept_ = notification(**datagram, main_pid_);
  }
}

void NotifyRelay::send() {
  const ssize_t count =
      ::send(manager_.get(), kept_.lines.data(), kept_.lines.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
  if (count < 0 && (errno == EAGAIN || errno == EINTR)) {
    return;
  }
  if (count < 0) {
    note(Error::from_errno({"send ", kept_.lines}));
  }
  ready_ = ready_ || kept_.ready;
  kept_ = {};
}

void NotifyRelay::drain() {
  for (int left = kMaxLeft; left > 0; --left) {
    struct ::pollfd wait = interest();
    if (::poll(&wait, 1, kept_.lines.empty() ? 0 : kManagerMilliseconds) <= 0) {
      return;
    }
    act(wait);
  }
}

Result<void> NotifyRelay::until_ready(int pidfd) {
  while (!ready_) {
    std::array<struct ::pollfd, 2> wait = {
        {interest(), {.fd = pidfd, .events = POLLIN, .revents = 0}}};
    if (::poll(wait.data(), wait.size(), -1) < 0 && errno != EINTR) {
      return std::unexpected(Error::from_errno({"wait for READY=1"}));
    }
    act(wait[0]);
    if (wait[1].revents != 0) {
      drain();
      break;
    }
  }
  if (ready_) {
    wait_until_read();
  }
  return {};
}

void NotifyRelay::wait_until_read() const {
  Result<void> read = barrier();
  if (!read.has_value()) {
    note(read.error());
  }
}

/// sd_notify_barrier(3): the manager closes the descriptor when it has read what came before it.
Result<void> NotifyRelay::barrier() const {
  auto [ours, theirs] = MYRT_TRY(sys::seqpacket_pair());
  struct ::pollfd room = {.fd = manager_.get(), .events = POLLOUT, .revents = 0};
  std::ignore = ::poll(&room, 1, kManagerMilliseconds);  // without room sending says so
  const int descriptor = theirs.get();
  MYRT_TRY(sys::send_packet_with(manager_.get(), "BARRIER=1", {&descriptor, 1}));
  theirs.reset();
  struct ::pollfd closed = {.fd = ours.get(), .events = 0, .revents = 0};
  if (::poll(&closed, 1, kManagerMilliseconds) == 0) {
    return std::unexpected(Error("not read by the service manager within 5 s"));
  }
  return {};
}

}  // namespace myrt::container
