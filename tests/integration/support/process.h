// Starts programs for the tests and waits for them, never for longer than a given time.
//
// The test process is a child subreaper: what a runtime leaves behind (a container's first process,
// on purpose, or a forgotten helper) becomes its child, so a test can take the exit status of a
// container as an engine would.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <iosfwd>
#include <optional>
#include <string>
#include <vector>

#include "support/fd.h"

namespace myrt::test {

using std::chrono::milliseconds;

inline constexpr milliseconds kDefaultTimeout{20'000};

/// As whom a program runs that is not to run as the test does, root with all groups.
struct Identity {
  uid_t uid = 0;
  gid_t gid = 0;
  std::vector<std::filesystem::path> cgroups = {};  ///< enters them first, as root
  pid_t inside = 0;  ///< joins this process's user and mount namespace, and is root there
};

/// A program to start. Descriptors are borrowed and must live until the start.
struct Command {
  std::vector<std::string> argv = {};  ///< argv[0] is looked up in $PATH when it has no slash
  std::optional<std::vector<std::string>> env =
      std::nullopt;                        ///< NAME=value; unset: that of the test process
  std::string cwd = {};                    ///< empty: that of the test process
  std::optional<Identity> identity = {};   ///< unset: that of the test process
  std::string stdin_text = {};             ///< what it reads, unless `stdin_fd` is given
  int stdin_fd = -1;                       ///< -1: `stdin_text`, then end of file
  int stdout_fd = -1;                      ///< -1: captured
  int stderr_fd = -1;                      ///< -1: captured
  std::vector<int> extra_fds = {};         ///< become 3, 4, ...; everything else is closed
  milliseconds timeout = kDefaultTimeout;  ///< for `run`: killed after this time
};

/// How a process ended. Exactly one of `exit_code` and `signal` says so, unless it was not ours to
/// wait for.
struct Outcome {
  int exit_code = -1;  ///< 0 to 255, or -1 when it died of a signal
  int signal = 0;
  bool timed_out = false;  ///< it was still running after the time given, and was killed
  long peak_memory_kib =
      0;  ///< its largest resident set (getrusage(2)), at least that of the test program
  std::string out = {};
  std::string err = {};
};

std::ostream& operator<<(std::ostream& stream, const Outcome& outcome);

/// Starts, waits and collects. A program that cannot be started ends with exit code 127 and a line
/// on stderr.
Outcome run(const Command& command);

/// A running program; killed and reaped by the destructor when it still runs.
class Process {
 public:
  explicit Process(const Command& command);
  Process(Process&& other) noexcept;
  Process& operator=(Process&&) = delete;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  pid_t pid() const { return pid_; }
  void signal(int number) const;
  /// Waits for its end; kills it when `timeout` has passed. May be called again, with the same
  /// result.
  Outcome wait(milliseconds timeout = kDefaultTimeout);
  /// What it, or a process that inherited its output, has written so far.
  std::string out() const;
  std::string err() const;

 private:
  pid_t pid_ = -1;
  Fd pidfd_;
  Fd out_;
  Fd err_;
  std::optional<Outcome> outcome_;
};

/// Waits for a child of the test process that it did not start itself: a container whose runtime
/// has exited. The child is not killed on a timeout. A pid that is no child gives a test failure.
Outcome wait_child(pid_t pid, milliseconds timeout = kDefaultTimeout);

/// Collects every child that has ended, without waiting.
void reap_all();

/// Pids of all living descendants of the test process, ascending. Zombies do not count.
std::vector<pid_t> descendants();

/// True as soon as `condition` is; false when it is not within `timeout`. Asks again every two
/// milliseconds.
bool eventually(const std::function<bool()>& condition, milliseconds timeout = milliseconds(5'000));

/// Whether a process with this pid exists and is not a zombie.
bool alive(pid_t pid);

}  // namespace myrt::test
