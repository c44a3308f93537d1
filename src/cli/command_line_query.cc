// `state`, `list`, `features` and `spec`.
#include "cli/command_line_parts.h"

namespace myrt::cli {

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

}  // namespace myrt::cli
