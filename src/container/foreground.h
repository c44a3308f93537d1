// A container in the foreground: the runtime stays, forwards signals, relays the terminal, and ends
// as the program ends.
#pragma once

#include <sys/types.h>

#include <memory>

#include <myrt/result.h>

#include "container/notify.h"
#include "sys/process.h"
#include "sys/unique_fd.h"

namespace myrt::container {

/// Made before the program is started, so that no signal is lost: from then on every signal that
/// can be caught is queued. Restores the signal mask and the caller's terminal at its end.
class Foreground {
 public:
  /// `terminal` is the master of the container's pseudo-terminal, or not open. With it the caller's
  /// own terminal, if stdin is one, becomes raw, and its size is copied now and on every SIGWINCH.
  static Result<Foreground> begin(sys::UniqueFd terminal);

  Foreground(const Foreground&) = delete;
  Foreground& operator=(const Foreground&) = delete;
  Foreground(Foreground&&) noexcept;
  Foreground& operator=(Foreground&&) = delete;
  ~Foreground();

  /// Until the container process has ended; it is reaped. Children that come to us as a subreaper
  /// are reaped as well. `notify`, if there is one, is borrowed.
  Result<sys::ExitStatus> wait(pid_t pid, int pidfd, NotifyRelay* notify = nullptr);

 private:
  struct Saved;  // the caller's signal mask and terminal settings
  Foreground(sys::UniqueFd signals, sys::UniqueFd terminal, std::unique_ptr<Saved> saved);

  sys::UniqueFd signals_;
  sys::UniqueFd terminal_;
  std::unique_ptr<Saved> saved_;
};

}  // namespace myrt::container
