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

/// Gives the listener to its agent, with the state in `record`, whose process is the one that has
/// the filter. It is taken out of that process, whose filter may forbid it to send anything.
Result<void> take_listener(const seccomp::Filter& filter, const Record& record, int agent,
                           init::Launched& launched);

/// The pid in decimal, without a newline: a new file, which replaces what has the name. No path: no
/// file.
Result<void> write_pid_file(const std::string& path, pid_t pid);

/// Sends the pidfd to a stream socket. No path: nothing.
Result<void> send_pidfd(const std::string& path, int pidfd);

}  // namespace myrt::container
