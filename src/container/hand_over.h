// What `create` and `exec` hand to others while they bring a process up: its terminal, its seccomp
// listener, its pid.
#pragma once

#include <sys/types.h>

#include <optional>
#include <string>

#include <myrt/result.h>

#include "container/record.h"
#include "init/launch.h"
#include "plan/plan.h"
#include "seccomp/filter.h"
#include "sys/unique_fd.h"

namespace myrt::container {

/// The master of a process's terminal.
struct Terminal {
  sys::UniqueFd master;  // not open: the process has no terminal
  std::string name;      // of the other end, in the container
};

/// Takes the terminal out of the process, if the plan has one.
Result<Terminal> receive_terminal(const plan::Plan& plan, init::Launched& launched);

/// Gives the terminal to the console socket. Returned where no socket is named.
Result<sys::UniqueFd> give_terminal(Terminal terminal, const std::string& console_socket);

/// A connection to the agent of the filter's listener. Not open: there is no listener.
Result<sys::UniqueFd> connect_agent(const std::optional<seccomp::Filter>& filter);

/// Gives the listener to its agent, with `state`, a containerProcessState. It is taken out of the
/// process that has loaded the filter, which may forbid it to send anything.
Result<void> take_listener(const std::string& state, int agent, init::Launched& launched);

/// Where `--pid-file` will be. Not open: no path was given.
struct PidFile {
  sys::UniqueFd directory;
  std::string name;
};
/// Opens the directory: a mistake in the path is found before anything is done.
Result<PidFile> open_pid_file(const std::string& path);
/// The pid in decimal, without a newline: a new file, which replaces what has the name.
Result<void> write_pid_file(const PidFile& file, pid_t pid);

/// Sends the pidfd to a stream socket. No path: nothing.
Result<void> send_pidfd(const std::string& path, int pidfd);

}  // namespace myrt::container
