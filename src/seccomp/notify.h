// Handing the listener of a filter to its agent (config-linux.md "Seccomp", listenerPath). Runs in
// the runtime; the agent answers the container's system calls from then on.
#pragma once

#include <string>
#include <string_view>

#include <myrt/result.h>

#include "sys/unique_fd.h"

namespace myrt::seccomp {

/// Connects to the agent's stream socket. To be done before the container process exists, so that
/// an agent that is not there is found in time.
Result<sys::UniqueFd> connect_agent(const std::string& listener_path);

/// Sends `process_state`, the text of one containerProcessState (runtime-spec, config-linux.md "The
/// Container Process State"), with `listener` riding on its first byte. The agent reads to the end
/// of file: close `agent` after.
Result<void> send_listener(int agent, std::string_view process_state, int listener);

}  // namespace myrt::seccomp
