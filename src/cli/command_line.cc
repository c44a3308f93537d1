#include "cli/command_line.h"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/arguments.h"

namespace myrt::cli {

namespace {

void add_globals(CLI::App& app, Globals& globals) {
  app.add_option("--root", globals.root, "Directory for the state of containers");
  app.add_option("--log", globals.log, "Append log lines to this file");
  app.add_option_function<std::string>(
         "--log-format",
         [&globals](const std::string& format) { globals.log_json = format == "json"; },
         "text or json")
      ->check(CLI::IsMember({"text", "json"}));
  app.add_flag("--debug", globals.debug, "Log what is done");
  app.add_flag("--systemd-cgroup", globals.systemd_cgroup, "Let systemd manage the cgroups");
  app.add_option("--cgroup-manager", globals.cgroup_manager, "cgroupfs, systemd or disabled")
      ->check(CLI::IsMember({"cgroupfs", "systemd", "disabled"}));
  app.add_option("--rootless", globals.rootless,
                 "true, false or auto; told from the effective user")
      ->check(CLI::IsMember({"true", "false", "auto"}));
  app.add_option("--allow-annotations", globals.allow_annotations,
                 "Honour annotations of this family: overlay")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(CLI::IsMember({"overlay"}));
}

CLI::Option* add_id(CLI::App& command, std::string& id) {
  return command.add_option("ID", id, "Name of the container")->required();
}

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

/// Adds one command: its options fill `data`, which becomes the command of the line when it is the
/// one typed.
template <typename Data, typename AddOptions>
void add_command(CLI::App& app, CommandLine& line, const char* name, const char* help,
                 AddOptions add_options) {
  CLI::App* command = app.add_subcommand(name, help);
  const auto data = std::make_shared<Data>();
  add_options(*command, *data);
  command->callback([&line, data, name] {
    line.command = *data;
    line.name = name;
  });
}

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

void add_queries(CLI::App& app, CommandLine& line) {
  add_command<StateCommand>(
      app, line, "state", "Print the state of a container as JSON",
      [](CLI::App& command, StateCommand& data) { add_id(command, data.id); });
  add_command<ListCommand>(
      app, line, "list", "List containers", [](CLI::App& command, ListCommand& data) {
        command
            .add_option_function<std::string>(
                "-f,--format", [&data](const std::string& format) { data.json = format == "json"; },
                "table or json")
            ->check(CLI::IsMember({"table", "json"}));
        command.add_flag("-q,--quiet", data.quiet, "Ids only");
      });
  add_command<FeaturesCommand>(app, line, "features", "Print what this runtime supports as JSON",
                               [](CLI::App&, FeaturesCommand&) {});
  add_command<SpecCommand>(
      app, line, "spec", "Write a config.json to start from",
      [](CLI::App& command, SpecCommand& data) {
        command.add_option("-b,--bundle", data.bundle, "Directory to write it to");
        command.add_option("-f,--config", data.file, "Name of the file");
        command.add_flag("--rootless", data.rootless, "For a user without privileges");
      });
}

/// CLI11 names what is left over backwards, and an unknown command not at all.
std::string unexpected_text(const CLI::App& app) {
  const std::vector<std::string> words = app.remaining(true);
  if (app.get_subcommands().empty() && !words.front().starts_with('-')) {
    return "unknown command " + base::quote(words.front());
  }
  return (words.size() == 1 ? "unexpected argument: " : "unexpected arguments: ") +
         base::join(words, " ");
}

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv, const std::string& version) {
  CommandLine line;
  CLI::App app("OCI container runtime", "myrt");
  app.require_subcommand(1);
  // The last of an option given twice counts: docker puts configured arguments before its own.
  app.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
  app.set_version_flag("-v,--version", version);
  add_globals(app, line.globals);
  add_life_cycle(app, line);
  add_queries(app, line);
  std::vector<std::string> arguments = normalized_arguments(argc, argv);
  std::ranges::reverse(arguments);  // as CLI11 wants a vector
  try {
    app.parse(arguments);
  } catch (const CLI::CallForVersion&) {
    line.output = version + "\n";
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    line.output = chosen.empty() ? app.help() : chosen.front()->help("myrt");
  } catch (const CLI::CallForAllHelp&) {
    line.output = app.help("", CLI::AppFormatMode::All);
  } catch (const CLI::ArgumentMismatch& mismatch) {
    line.error = missing_value_text(mismatch.what());
  } catch (const CLI::ParseError& error) {
    line.error = app.remaining_size(true) > 0 ? unexpected_text(app) : error.what();
  }
  return line;
}

}  // namespace myrt::cli
