#include "sys/captured.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "sys/c_strings.h"
#include "sys/file.h"
#include "sys/unique_fd.h"

namespace myrt::sys {

namespace {

/// posix_spawn(3), both outputs to `output`.
Result<pid_t> spawn(const std::string& program, const std::vector<std::string>& argv, int output) {
  ::posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  ::posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::sigset_t signals;
  ::sigemptyset(&signals);
  ::posix_spawnattr_setsigmask(&attributes, &signals);
  ::sigaddset(&signals, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &signals);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
  pid_t pid = 0;
  const int code = ::posix_spawnp(&pid, program.c_str(), &actions, &attributes,
                                  c_strings(argv).data(), ::environ);
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (code != 0) {
    return std::unexpected(Error::from_code(code, {"execute ", program}));
  }
  return pid;
}

}  // namespace

Result<Captured> run_captured(const std::string& program, const std::vector<std::string>& argv,
                              std::size_t limit) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return std::unexpected(Error::from_errno({"pipe"}));
  }
  UniqueFd reading(ends[0]);
  UniqueFd writing(ends[1]);
  const pid_t pid = MYRT_TRY(spawn(program, argv, writing.get()));
  writing = {};
  Result<std::string> output = read_all(reading.get(), "the output of " + program, limit);
  reading = {};  // one that writes on ends by it
  const ExitStatus status = MYRT_TRY(wait_for(pid));
  return Captured{.status = status, .output = MYRT_TRY(std::move(output))};
}

}  // namespace myrt::sys
