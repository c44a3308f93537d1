// Between a container and the service manager that started the runtime (sd_notify(3)). The
// container sends to a socket of the runtime's, which passes on what a container may say: it must
// not name the unit's main process, nor store descriptors with the manager.
#pragma once

#include <poll.h>
#include <sys/types.h>

#include <optional>
#include <string>
#include <string_view>

#include <myrt/result.h>

#include "sys/unique_fd.h"

namespace myrt::container {

/// The directory in a container's state directory that holds the socket, and that the container has
/// at /run/notify.
inline constexpr const char* kNotifyDirectory = "notify";

/// Makes the directory, without the socket.
Result<void> make_notify_directory(int state_directory);

/// What the service manager gets of a datagram from the container.
struct Notification {
  std::string lines;  // each with its newline; empty: nothing
  bool ready = false;
  friend bool operator==(const Notification&, const Notification&) = default;
};
/// The lines READY, RELOADING with MONOTONIC_USEC, STOPPING, STATUS, ERRNO and WATCHDOG, with the
/// values that they may have. READY=1 has MAINPID=`main_pid` in front, a pid of the runtime's
/// namespace.
Notification notification(std::string_view datagram, pid_t main_pid);

class NotifyRelay {
 public:
  /// Makes the container's socket and connects to the manager's. To be called before the program is
  /// released, which may send at once. Nothing when the container has no directory for it.
  static Result<std::optional<NotifyRelay>> open(int state_directory, const std::string& manager,
                                                 pid_t main_pid);

  /// What to wait for: a datagram, or room for the one that is to be passed on.
  [[nodiscard]] struct ::pollfd interest() const;
  /// Acts on what poll(2) has filled in.
  void act(const struct ::pollfd& ready);
  /// Passes on what a process that has ended had sent before.
  void drain();

  /// Relays until the program has said READY=1, or the process of `pidfd` has ended. Then waits, at
  /// most five seconds, until the manager has read it all: it finds out who sent a message by the
  /// sender's pid, which must exist as long.
  Result<void> until_ready(int pidfd);

 private:
  NotifyRelay(sys::UniqueFd container, sys::UniqueFd manager, pid_t main_pid)
      : container_(std::move(container)), manager_(std::move(manager)), main_pid_(main_pid) {}

  void receive();
  void send();
  void wait_until_read() const;
  Result<void> barrier() const;

  sys::UniqueFd container_;
  sys::UniqueFd manager_;
  pid_t main_pid_;
  Notification kept_;
  bool ready_ = false;
};

}  // namespace myrt::container
