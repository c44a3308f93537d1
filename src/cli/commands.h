// One function a command: what was typed, the library's call, what is printed.
#pragma once

#include <myrt/result.h>

#include "cli/command_line.h"

namespace myrt::cli {

/// The exit status of the command; an error is told and exits with 1.
Result<int> create_command(const Globals& globals, const CreateCommand& command);
Result<int> run_command(const Globals& globals, const RunCommand& command);
Result<int> start_command(const Globals& globals, const StartCommand& command);
Result<int> state_command(const Globals& globals, const StateCommand& command);
Result<int> kill_command(const Globals& globals, const KillCommand& command);
Result<int> delete_command(const Globals& globals, const DeleteCommand& command);
Result<int> list_command(const Globals& globals, const ListCommand& command);
Result<int> features_command();
Result<int> spec_command(const SpecCommand& command);

/// The state root that the global options and the environment choose.
Result<Store> store_of(const Globals& globals);

/// How many descriptors LISTEN_FDS passes to this very process (sd_listen_fds(3)).
int listen_fds();

}  // namespace myrt::cli
