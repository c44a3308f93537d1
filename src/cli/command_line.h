// The command line as data: what was typed, checked and taken apart. The only part that sees CLI11.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include <myrt/container.h>
#include <myrt/exec.h>

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
struct ExecCommand {
  std::string id;
  ExecOptions options;  // but for `user`, which is checked later
  std::optional<std::string> user;
};
struct PauseCommand {
  std::string id;
};
struct ResumeCommand {
  std::string id;
};
struct PsCommand {
  std::string id;
  bool json = false;
  std::vector<std::string> arguments;  // for ps(1)
};
struct UpdateCommand {
  std::string id;
  std::optional<std::string> resources;       // file with JSON; "-" is stdin
  std::map<std::string, std::string> limits;  // option without its dashes, what was typed
};
struct EventsCommand {
  std::string id;
  std::string interval = "5s";  // as typed
  bool once = false;            // the statistics of now alone
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

using Command =
    std::variant<std::monostate, CreateCommand, RunCommand, StartCommand, ExecCommand, StateCommand,
                 KillCommand, DeleteCommand, PauseCommand, ResumeCommand, UpdateCommand, PsCommand,
                 EventsCommand, ListCommand, SpecCommand, FeaturesCommand>;

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
