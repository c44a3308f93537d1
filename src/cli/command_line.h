// The command line as data: what was typed, checked and taken apart. The only part that sees CLI11.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <myrt/container.h>

namespace myrt::cli {

/// Options before the command.
struct Globals {
  std::string root;  // empty: the default
  std::string log;
  bool log_json = false;
  bool debug = false;
  bool systemd_cgroup = false;
  std::string cgroup_manager = "cgroupfs";
  std::string rootless = "auto";
  std::vector<std::string> allow_annotations;
};

struct CreateCommand {
  std::string id;
  CreateOptions options;
  std::optional<std::string> overlay;  // argument of --overlay
};
struct RunCommand {
  CreateCommand create;
  RunOptions options;
};
struct StartCommand {
  std::string id;
};
struct StateCommand {
  std::string id;
};
struct KillCommand {
  std::string id;
  std::string signal = "TERM";
  bool all = false;
};
struct DeleteCommand {
  std::string id;
  bool force = false;
  bool regex = false;
};
struct ListCommand {
  bool json = false;
  bool quiet = false;
};
struct FeaturesCommand {};
struct SpecCommand {
  std::string bundle;
  std::string file = "config.json";
  bool rootless = false;
};

using Command = std::variant<std::monostate, CreateCommand, RunCommand, StartCommand, StateCommand,
                             KillCommand, DeleteCommand, ListCommand, SpecCommand, FeaturesCommand>;

struct CommandLine {
  Globals globals;
  Command command;
  std::string name;    // of the command
  std::string output;  // for stdout, and nothing else is to be done: --help, --version
  std::string error;   // the command line is wrong
};

/// `version` is what --version prints.
CommandLine parse_command_line(int argc, const char* const* argv, const std::string& version);

}  // namespace myrt::cli
