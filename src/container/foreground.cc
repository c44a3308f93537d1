#include "container/foreground.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <tuple>
#include <utility>

#include "container/relay.h"

namespace myrt::container {

struct Foreground::Saved {
  sigset_t mask = {};
  std::optional<struct ::termios> settings;
};

namespace {

/// Signals that mean a fault of ours, or a job-control stop by the kernel, keep their effect.
sigset_t queued_signals() {
  sigset_t set;
  ::sigfillset(&set);
  for (const int number :
       {SIGBUS, SIGFPE, SIGILL, SIGSEGV, SIGTRAP, SIGSYS, SIGTTIN, SIGTTOU, SIGTSTP}) {
    ::sigdelset(&set, number);
  }
  return set;
}

void copy_size(int terminal) {
  struct ::winsize size = {};
  // Without a terminal on our side there is no size to copy.
  if (terminal >= 0 && ::ioctl(STDIN_FILENO, TIOCGWINSZ, &size) == 0) {
    std::ignore = ::ioctl(terminal, TIOCSWINSZ, &size);
  }
}

Result<std::optional<struct ::termios>> make_raw() {
  struct ::termios settings = {};
  if (::tcgetattr(STDIN_FILENO, &settings) != 0) {
    return std::nullopt;  // stdin is not a terminal
  }
  struct ::termios raw = settings;
  ::cfmakeraw(&raw);
  if (::tcsetattr(STDIN_FILENO, TCSANOW, &raw) != 0) {
    return std::unexpected(Error::from_errno({"make the terminal raw"}));
  }
  return settings;
}

/// Children other than the container process: those that lost their parent, given to us as a
/// subreaper.
void reap_others(pid_t pid) {
  for (;;) {
    siginfo_t info = {};
    if (::waitid(P_ALL, 0, &info, WEXITED | WNOHANG | WNOWAIT) != 0 || info.si_pid == 0 ||
        info.si_pid == pid) {
      return;
    }
    std::ignore = ::waitid(P_PID, static_cast<id_t>(info.si_pid), &info, WEXITED | WNOHANG);
  }
}

void take_signal(int signals, int terminal, pid_t pid, int pidfd) {
  struct ::signalfd_siginfo info = {};
  while (::read(signals, &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
    const int number = static_cast<int>(info.ssi_signo);
    if (number == SIGCHLD) {
      reap_others(pid);
    } else if (number == SIGWINCH && terminal >= 0) {
      copy_size(terminal);
    } else if (number != SIGPIPE) {
      // It may have ended meanwhile, which the pidfd tells.
      std::ignore = sys::pidfd_send_signal(pidfd, number);
    }
  }
}

}  // namespace

Foreground::Foreground(sys::UniqueFd signals, sys::UniqueFd terminal, std::unique_ptr<Saved> saved)
    : signals_(std::move(signals)), terminal_(std::move(terminal)), saved_(std::move(saved)) {}

Foreground::Foreground(Foreground&&) noexcept = default;

Foreground::~Foreground() {
  if (!saved_) {
    return;  // moved from
  }
  if (saved_->settings.has_value()) {
    std::ignore = ::tcsetattr(STDIN_FILENO, TCSADRAIN, &*saved_->settings);
  }
  std::ignore = ::sigprocmask(SIG_SETMASK, &saved_->mask, nullptr);
}

Result<Foreground> Foreground::begin(sys::UniqueFd terminal) {
  auto saved = std::make_unique<Saved>();
  const sigset_t queued = queued_signals();
  if (::sigprocmask(SIG_BLOCK, &queued, &saved->mask) != 0) {
    return std::unexpected(Error::from_errno({"block signals"}));
  }
  sys::UniqueFd signals(::signalfd(-1, &queued, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!signals.is_open()) {
    return std::unexpected(Error::from_errno({"queue signals"}));
  }
  if (terminal.is_open()) {
    if (::fcntl(terminal.get(), F_SETFL, O_RDWR | O_NONBLOCK) != 0) {
      return std::unexpected(Error::from_errno({"set the terminal non-blocking"}));
    }
    copy_size(terminal.get());
    saved->settings = MYRT_TRY(make_raw());
  }
  return Foreground(std::move(signals), std::move(terminal), std::move(saved));
}

Result<sys::ExitStatus> Foreground::wait(pid_t pid, int pidfd, NotifyRelay* notify) {
  // Without a terminal there is nothing to copy: the container has our own stdio.
  Relay input(terminal_.is_open() ? STDIN_FILENO : -1, terminal_.get());
  Relay output(terminal_.get(), STDOUT_FILENO);
  constexpr struct ::pollfd kNone = {.fd = -1, .events = 0, .revents = 0};
  for (;;) {
    const auto in_interest = input.interest();
    const auto out_interest = output.interest();
    std::array<struct ::pollfd, 7> wait = {{{.fd = pidfd, .events = POLLIN, .revents = 0},
                                            {.fd = signals_.get(), .events = POLLIN, .revents = 0},
                                            in_interest[0],
                                            in_interest[1],
                                            out_interest[0],
                                            out_interest[1],
                                            notify != nullptr ? notify->interest() : kNone}};
    if (::poll(wait.data(), wait.size(), -1) < 0 && errno != EINTR) {
      return std::unexpected(Error::from_errno({"wait for the container"}));
    }
    input.act({wait[2], wait[3]});
    output.act({wait[4], wait[5]});
    if (notify != nullptr) {
      notify->act(wait[6]);
    }
    if (wait[0].revents != 0) {
      break;  // signals that came with the end have nobody left to go to
    }
    if (wait[1].revents != 0) {
      take_signal(signals_.get(), terminal_.get(), pid, pidfd);
    }
  }
  if (terminal_.is_open()) {
    output.drain();
  }
  if (notify != nullptr) {
    notify->drain();
  }
  return sys::wait_for(pid);
}

}  // namespace myrt::container
