#include "cli/command_line.h"

#include <algorithm>
#include <memory>

#include <CLI/CLI.hpp>

#include "base/text.h"
#include "cli/arguments.h"
#include "cli/command_line_parts.h"

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
                 "Leave out cgroups that may not be made: true, false or auto")
      ->check(CLI::IsMember({"true", "false", "auto"}));
  app.add_option("--allow-annotations", globals.allow_annotations,
                 "Honour annotations of this family: overlay")
      ->delimiter(',')
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->check(CLI::IsMember({"overlay"}));
}

bool takes_value(const CLI::App& app, const std::string& name) {
  const CLI::Option* option = app.get_option_no_throw(name);
  return option != nullptr && option->get_items_expected_min() > 0;
}

/// Whether the value of an option is the next argument: `--user 1`, `-u 1`, `-tu 1`, but neither
/// `--user=1` nor `-u1`.
bool value_follows(const CLI::App& app, std::string_view argument) {
  if (argument.starts_with("--")) {
    return argument.find('=') == std::string_view::npos && takes_value(app, std::string(argument));
  }
  for (std::size_t i = 1; i < argument.size(); ++i) {
    if (takes_value(app, {'-', argument[i]})) {
      return i + 1 == argument.size();
    }
  }
  return false;
}

/// How many of the arguments are for us: what follows the ID of `exec` and `ps` is for another
/// program, and CLI11 must not look for options in it.
int own_arguments(const CLI::App& app, int argc, const char* const* argv) {
  const CLI::App* level = &app;
  for (int i = 1; i < argc; ++i) {
    const std::string argument = argv[i];
    if (argument == "--") {
      return level == &app ? argc : std::min(i + 2, argc);
    }
    if (argument.size() > 1 && argument.starts_with('-')) {
      i += value_follows(*level, argument) ? 1 : 0;
    } else if (level != &app) {
      return i + 1;
    } else if (argument == kExecName || argument == kPsName) {
      level = app.get_subcommand(argument);
    } else {
      return argc;
    }
  }
  return argc;
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
  add_exec(app, line);
  add_resources(app, line);
  add_queries(app, line);
  const int own = own_arguments(app, argc, argv);
  std::vector<std::string> arguments = normalized_arguments(own, argv);
  std::ranges::reverse(arguments);  // as CLI11 wants a vector
  try {
    app.parse(arguments);
  } catch (const CLI::CallForVersion&) {
    line.output = version + "\n";
  } catch (const CLI::CallForHelp&) {
    const auto chosen = app.get_subcommands();
    if (app.remaining_size(true) > 0) {
      // Engines ask `checkpoint --help` whether there is such a command.
      line.error = unexpected_text(app);
    } else {
      line.output = chosen.empty() ? app.help() : chosen.front()->help("myrt");
    }
  } catch (const CLI::CallForAllHelp&) {
    line.output = app.help("", CLI::AppFormatMode::All);
  } catch (const CLI::ArgumentMismatch& mismatch) {
    line.error = missing_value_text(mismatch.what());
  } catch (const CLI::ParseError& error) {
    line.error = app.remaining_size(true) > 0 ? unexpected_text(app) : error.what();
  }
  std::vector<std::string> rest(argv + own, argv + argc);
  if (auto* exec = std::get_if<ExecCommand>(&line.command)) {
    exec->options.changes.args = std::move(rest);
  } else if (auto* ps = std::get_if<PsCommand>(&line.command)) {
    ps->arguments = std::move(rest);
  }
  return line;
}

}  // namespace myrt::cli
