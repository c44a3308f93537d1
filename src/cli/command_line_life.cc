// `create`, `run`, `start`, `kill` and `delete`.
#include "cli/command_line_parts.h"

namespace myrt::cli {

namespace {

void add_create_options(CLI::App& command, CreateCommand& create) {
  CreateOptions& options = create.options;
  command.add_option("-b,--bundle", options.bundle,
                     "Directory with config.json; the current one by default");
  command.add_option("-f,--config", options.config, "File in place of the bundle's config.json");
  command.add_option("--console-socket", options.console_socket,
                     "Unix socket that receives the master of the terminal");
  command.add_option("--pidfd-socket", options.pidfd_socket,
                     "Unix socket that receives a pidfd of the process");
  command.add_option("--pid-file", options.pid_file, "File for the pid of the container process");
  command.add_flag("--no-pivot", options.no_pivot, "Change the root without pivot_root(2)");
  command.add_flag("--no-new-keyring", options.no_new_keyring, "Keep the caller's session keyring");
  command
      .add_option("--preserve-fds", options.preserve_fds, "Pass so many descriptors after stderr")
      ->check(CLI::Range(0, 1 << 20));
  command.add_option(
      "--overlay", create.overlay,
      "LOWER[:LOWER...][,upper=DIR,work=DIR]: image layers as the root, leftmost on top");
  add_id(command, create.id);
}

}  // namespace

void add_life_cycle(CLI::App& app, CommandLine& line) {
  add_command<CreateCommand>(app, line, "create", "Create a container from a bundle",
                             [](CLI::App& command, CreateCommand& data) {
                               add_create_options(command, data);
                               // go-runc's library can send it; a created container is detached
                               // anyway.
                               command.add_flag("--detach")->group("");
                             });
  add_command<RunCommand>(
      app, line, "run", "Create and start a container, and wait for it",
      [](CLI::App& command, RunCommand& data) {
        add_create_options(command, data.create);
        command.add_flag("-d,--detach", data.options.detach, "Return when it has started");
        command.add_flag("--keep", data.options.keep, "Keep the state when it has ended");
        command.add_flag("--no-subreaper", data.options.no_subreaper,
                         "Do not adopt processes that lose their parent");
      });
  add_command<StartCommand>(
      app, line, "start", "Run the program of a created container",
      [](CLI::App& command, StartCommand& data) { add_id(command, data.id); });
  add_command<KillCommand>(
      app, line, "kill", "Send a signal to a container", [](CLI::App& command, KillCommand& data) {
        command.add_flag("-a,--all", data.all, "To all of its processes");
        add_id(command, data.id);
        command.add_option("SIGNAL", data.signal, "Name or number; TERM by default");
      });
  add_command<DeleteCommand>(app, line, "delete", "Delete a stopped container",
                             [](CLI::App& command, DeleteCommand& data) {
                               command.add_flag("-f,--force", data.force, "Kill it first");
                               command.add_flag("-r,--regex", data.regex,
                                                "ID is a regular expression: all that match");
                               add_id(command, data.id);
                             });
}

}  // namespace myrt::cli
