// One function a command: what was typed, the library's call, what is printed.
#pragma once

#include <myrt/result.h>

#include "cli/command_line.h"

namespace myrt::cli {

// The exit status of the command; an error is told and exits with 1, in `exec` with 255.
Result<int> execute(const Globals& globals, const CreateCommand& command);
Result<int> execute(const Globals& globals, const RunCommand& command);
Result<int> execute(const Globals& globals, const StartCommand& command);
Result<int> execute(const Globals& globals, const ExecCommand& command);
Result<int> execute(const Globals& globals, const StateCommand& command);
Result<int> execute(const Globals& globals, const KillCommand& command);
Result<int> execute(const Globals& globals, const DeleteCommand& command);
Result<int> execute(const Globals& globals, const PauseCommand& command);
Result<int> execute(const Globals& globals, const ResumeCommand& command);
Result<int> execute(const Globals& globals, const UpdateCommand& command);
Result<int> execute(const Globals& globals, const PsCommand& command);
Result<int> execute(const Globals& globals, const EventsCommand& command);
Result<int> execute(const Globals& globals, const ListCommand& command);
Result<int> execute(const Globals& globals, const FeaturesCommand& command);
Result<int> execute(const Globals& globals, const SpecCommand& command);

/// The state root that the global options and the environment choose.
Result<Store> store_of(const Globals& globals);

/// How many descriptors LISTEN_FDS passes to this very process (sd_listen_fds(3)).
int listen_fds();
/// LISTEN_FDNAMES, which has their names.
std::string listen_names();
/// NOTIFY_SOCKET, the service manager's socket (sd_notify(3)); empty: there is none.
std::string notify_socket();
/// Where systemd is reached.
BusEnvironment bus_environment();

}  // namespace myrt::cli
