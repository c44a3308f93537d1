#include "init/hooks.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <optional>
#include <tuple>

#include "sys/c_strings.h"
#include "sys/file.h"
#include "sys/process.h"

namespace myrt::init {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMaxCaptured = 2048;
constexpr std::size_t kPipeBytes = 65536;  // pipe(7), "Pipe capacity"

struct Pipe {
  sys::UniqueFd read;
  sys::UniqueFd write;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return std::unexpected(Error::from_errno({"pipe"}));
  }
  return Pipe{.read = sys::UniqueFd(ends[0]), .write = sys::UniqueFd(ends[1])};
}

/// The stdio of the hook, and nothing else open; false with errno when it cannot be had.
bool set_stdio(int input, int output) {
  return ::dup2(input, STDIN_FILENO) >= 0 && ::dup2(output, STDOUT_FILENO) >= 0 &&
         ::dup2(output, STDERR_FILENO) >= 0 &&
         sys::close_range(STDERR_FILENO + 1, ~0U, false).has_value();
}

/// The runtime in the foreground queues signals, and ignores SIGPIPE: both would survive execve(2).
void reset_signals() {
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::signal(SIGPIPE, SIG_DFL);
}

/// In the hook's process, which becomes the hook. The exit status 127 and a sentence on the
/// captured stderr are all that can be said from here.
[[noreturn]] void become_hook(const Hook& hook, const HookRun& run, int input, int output) {
  const std::vector<std::string> none;
  const std::vector<std::string> path = {hook.path};
  const std::vector<std::string>& environment =
      hook.env.has_value() ? *hook.env
                           : (run.default_environment != nullptr ? *run.default_environment : none);
  const std::vector<char*> argv = sys::c_strings(hook.args.empty() ? path : hook.args);
  const std::vector<char*> envp = sys::c_strings(environment);
  std::string step = "stdio";
  if (set_stdio(input, output)) {
    step = "chdir " + run.directory;
    if (::chdir(run.directory.c_str()) == 0) {
      step = "execute";
      reset_signals();
      // With a group of its own, so that a time-out ends what it has started as well; and not
      // beyond the runtime.
      ::setpgid(0, 0);
      std::ignore = sys::set_parent_death_signal(SIGKILL);
      ::execve(hook.path.c_str(), argv.data(), envp.data());
    }
  }
  const std::string text = Error::from_errno({step}).text();
  std::ignore = ::write(STDERR_FILENO, text.data(), text.size());  // the exit status says the rest
  sys::child_exit(127);
}

/// Milliseconds until `deadline` for poll(2), -1 without one.
int remaining(const std::optional<Clock::time_point>& deadline) {
  if (!deadline.has_value()) {
    return -1;
  }
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(*deadline - Clock::now()).count();
  return static_cast<int>(std::clamp<std::int64_t>(left + 1, 0, 1 << 30));
}

/// The talk with one hook: its stdin gets the state, its output is captured, until it has ended.
class Conversation {
 public:
  Conversation(sys::UniqueFd input, sys::UniqueFd output, std::string_view state)
      : input_(std::move(input)), output_(std::move(output)), state_(state) {}

  /// False: the deadline passed first.
  Result<bool> until_end(int pidfd, const std::optional<Clock::time_point>& deadline) {
    for (;;) {
      std::array<struct ::pollfd, 3> wait = {
          {{.fd = pidfd, .events = POLLIN, .revents = 0},
           {.fd = output_.get(), .events = POLLIN, .revents = 0},
           {.fd = input_.get(), .events = POLLOUT, .revents = 0}}};
      const int left = remaining(deadline);
      const int count = ::poll(wait.data(), wait.size(), left);
      if (count < 0 && errno != EINTR) {
        return std::unexpected(Error::from_errno({"poll"}));
      }
      if (count < 0) {
        continue;
      }
      if (wait[1].revents != 0) {
        capture();
      }
      if (wait[2].revents != 0) {
        feed();
      }
      if (wait[0].revents != 0) {
        // A process that the hook left behind may hold the pipe: what is there now is all that is
        // taken.
        capture();
        return true;
      }
      // Not the count of poll(2): a hook that never stops writing is always ready.
      if (left == 0) {
        return false;
      }
    }
  }

  [[nodiscard]] const std::string& captured() const { return captured_; }

 private:
  /// What is in the pipe. Not until it is empty: whoever writes without an end would keep us here.
  void capture() {
    std::array<char, 4096> buffer{};
    for (std::size_t taken = 0; taken < kPipeBytes;) {
      const ssize_t count = ::read(output_.get(), buffer.data(), buffer.size());
      if (count <= 0) {
        if (count == 0) {
          output_.reset();
        }
        return;
      }
      const auto size = static_cast<std::size_t>(count);
      const std::size_t room = kMaxCaptured - captured_.size();
      captured_.append(buffer.data(), std::min(room, size));
      taken += size;
    }
  }

  void feed() {
    const ssize_t count = ::write(input_.get(), state_.data(), state_.size());
    if (count > 0) {
      state_.remove_prefix(static_cast<std::size_t>(count));
    }
    // A hook that does not read its stdin is none the worse for it: EPIPE ends the feeding.
    if (state_.empty() || (count < 0 && errno != EAGAIN && errno != EINTR)) {
      input_.reset();
    }
  }

  sys::UniqueFd input_;
  sys::UniqueFd output_;
  std::string_view state_;
  std::string captured_;
};

Result<void> set_nonblocking(int fd) {
  if (::fcntl(fd, F_SETFL, O_NONBLOCK) != 0) {
    return std::unexpected(Error::from_errno({"set a pipe non-blocking"}));
  }
  return {};
}

std::string with_output(const std::string& text, std::string captured) {
  while (!captured.empty() && captured.back() == '\n') {
    captured.pop_back();
  }
  // Errors are one line, and nothing in them steers a terminal.
  std::ranges::replace_if(captured, [](unsigned char c) { return c < 0x20 || c == 0x7f; }, ' ');
  return captured.empty() ? text : text + ", output: " + captured;
}

/// A hook need not read its stdin. The runtime ignores SIGPIPE anyway; the container process,
/// before startContainer hooks, has its program's signals already.
class IgnoredBrokenPipe {
 public:
  IgnoredBrokenPipe() : before_(::signal(SIGPIPE, SIG_IGN)) {}
  IgnoredBrokenPipe(const IgnoredBrokenPipe&) = delete;
  IgnoredBrokenPipe& operator=(const IgnoredBrokenPipe&) = delete;
  ~IgnoredBrokenPipe() { ::signal(SIGPIPE, before_); }

 private:
  sighandler_t before_;
};

Result<void> converse(const Hook& hook, const HookRun& run) {
  const IgnoredBrokenPipe ignored;
  Pipe input = MYRT_TRY(make_pipe());
  Pipe output = MYRT_TRY(make_pipe());
  MYRT_TRY(set_nonblocking(input.write.get()));
  MYRT_TRY(set_nonblocking(output.read.get()));
  const sys::Cloned hook_process = MYRT_TRY(sys::clone_process({}));
  if (hook_process.pid == 0) {
    become_hook(hook, run, input.read.get(), output.write.get());
  }
  input.read.reset();
  output.write.reset();
  std::optional<Clock::time_point> deadline;
  if (hook.timeout_seconds.has_value()) {
    deadline = Clock::now() + std::chrono::seconds(*hook.timeout_seconds);
  }
  Conversation conversation(std::move(input.write), std::move(output.read), run.state);
  const Result<bool> ended = conversation.until_end(hook_process.pidfd.get(), deadline);
  if (!ended.value_or(false)) {
    ::kill(-hook_process.pid, SIGKILL);  // the group; its number is the hook's until it is reaped
    MYRT_TRY(sys::pidfd_send_signal(hook_process.pidfd.get(), SIGKILL));
  }
  const sys::ExitStatus status = MYRT_TRY(sys::wait_for(hook_process.pid));
  if (!MYRT_TRY(ended)) {
    return std::unexpected(Error(
        with_output("killed after its timeout of " + std::to_string(*hook.timeout_seconds) + " s",
                    conversation.captured())));
  }
  if (status.signal != 0) {
    return std::unexpected(Error(
        with_output("killed by signal " + std::to_string(status.signal), conversation.captured())));
  }
  if (status.code != 0) {
    return std::unexpected(
        Error(with_output("exit status " + std::to_string(status.code), conversation.captured())));
  }
  return {};
}

}  // namespace

Result<void> run_hook(const Hook& hook, std::size_t index, const HookRun& run) {
  return in(std::string(run.kind) + " hook " + std::to_string(index) + " (" + hook.path + ")",
            converse(hook, run));
}

Result<void> run_hooks(const std::vector<Hook>& hooks, const HookRun& run) {
  for (std::size_t i = 0; i < hooks.size(); ++i) {
    MYRT_TRY(run_hook(hooks[i], i, run));
  }
  return {};
}

}  // namespace myrt::init
