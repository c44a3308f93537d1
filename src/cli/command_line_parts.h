// The commands that CLI11 is told of, one function a family of them. Only files named command_line*
// see CLI11.
#pragma once

#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "cli/command_line.h"

namespace myrt::cli {

// The commands after whose ID the words of another program's command line follow.
inline constexpr const char* kExecName = "exec";
inline constexpr const char* kPsName = "ps";

void add_life_cycle(CLI::App& app, CommandLine& line);
void add_exec(CLI::App& app, CommandLine& line);
void add_resources(CLI::App& app, CommandLine& line);
void add_queries(CLI::App& app, CommandLine& line);

inline CLI::Option* add_id(CLI::App& command, std::string& id) {
  return command.add_option("ID", id, "Name of the container")->required();
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

}  // namespace myrt::cli
