// `pause`, `resume`, `update`, `ps` and `events`.
#include "cli/command_line_parts.h"
#include "cli/update_options.h"

namespace myrt::cli {

namespace {

void add_update_options(CLI::App& command, UpdateCommand& data) {
  command.add_option("-r,--resources", data.resources,
                     "File with limits as in linux.resources of config.json, in place of the "
                     "options below; - is stdin");
  for (const LimitOption& option : limit_options()) {
    const std::string name(option.name);
    CLI::Option* added = command.add_option_function<std::string>(
        "--" + name, [&data, name](const std::string& text) { data.limits[name] = text; },
        std::string(option.help));
    if (option.help.empty()) {
      added->group("");  // not in the help
    }
  }
  add_id(command, data.id);
}

}  // namespace

void add_resources(CLI::App& app, CommandLine& line) {
  add_command<PauseCommand>(
      app, line, "pause", "Freeze all processes of a container",
      [](CLI::App& command, PauseCommand& data) { add_id(command, data.id); });
  add_command<ResumeCommand>(
      app, line, "resume", "Let a paused container go on",
      [](CLI::App& command, ResumeCommand& data) { add_id(command, data.id); });
  add_command<UpdateCommand>(app, line, "update", "Change the limits of a container",
                             add_update_options);
  add_command<PsCommand>(
      app, line, kPsName, "Show the processes of a container: ps [OPTIONS] ID [ARGUMENT...]",
      [](CLI::App& command, PsCommand& data) {
        command
            .add_option_function<std::string>(
                "-f,--format", [&data](const std::string& format) { data.json = format == "json"; },
                "table or json")
            ->check(CLI::IsMember({"table", "json"}));
        add_id(command, data.id);
      });
  add_command<EventsCommand>(
      app, line, "events", "Print the resource use of a container, and when it runs out of memory",
      [](CLI::App& command, EventsCommand& data) {
        command.add_option("--interval", data.interval,
                           "Time between two statistics, as 5s or 1m30s; default 5s");
        command.add_flag("--stats", data.once, "Print one statistics and exit");
        add_id(command, data.id);
      });
}

}  // namespace myrt::cli
