// `exec`.
#include "cli/command_line_parts.h"

namespace myrt::cli {

namespace {

/// An option that may be given several times, one value each.
template <typename T>
CLI::Option* add_list(CLI::App& command, const std::string& names, std::vector<T>& values,
                      const std::string& help) {
  return command.add_option(names, values, help)
      ->multi_option_policy(CLI::MultiOptionPolicy::TakeAll)
      ->allow_extra_args(false);
}

/// What differs from the container's own process.
void add_changes(CLI::App& command, ExecCommand& exec) {
  ExecChanges& changes = exec.options.changes;
  command.add_option("--cwd", changes.cwd, "Working directory in the container");
  add_list(command, "-e,--env", changes.env, "NAME=value, beside the container's environment");
  command.add_option("-u,--user", exec.user, "UID[:GID], numbers alone");
  add_list(command, "-g,--additional-gids", changes.additional_gids, "One more group")
      ->delimiter(',');
  add_list(command, "-c,--cap", changes.capabilities, "One more capability")->delimiter(',');
  command.add_option("--apparmor", changes.apparmor_profile, "AppArmor profile");
  command.add_option("--process-label", changes.selinux_label, "SELinux label of the process");
  command.add_flag("--no-new-privs", changes.no_new_privileges,
                   "No more privileges by executing files (PR_SET_NO_NEW_PRIVS)");
}

void add_options(CLI::App& command, ExecCommand& exec) {
  ExecOptions& options = exec.options;
  command.add_option("-p,--process", options.process_file,
                     "File with the process as JSON, in place of a command line");
  command.add_flag("-t,--tty", options.terminal, "Give it a terminal");
  command.add_option("--console-socket", options.console_socket,
                     "Unix socket that receives the master of the terminal");
  command.add_flag("-d,--detach", options.detach, "Return when the program runs");
  command.add_option("--pid-file", options.pid_file, "File for the pid of the process");
  command.add_option("--pidfd-socket", options.pidfd_socket,
                     "Unix socket that receives a pidfd of the process");
  command
      .add_option("--preserve-fds", options.preserve_fds, "Pass so many descriptors after stderr")
      ->check(CLI::Range(0, 1 << 20));
  add_list(command, "--cgroup", options.cgroups,
           "[CONTROLLER,...:]PATH: cgroup below the container's");
  command.add_flag("--ignore-paused", options.ignore_paused, "Also in a paused container");
}

}  // namespace

void add_exec(CLI::App& app, CommandLine& line) {
  add_command<ExecCommand>(app, line, kExecName,
                           "Run a program in a container: exec [OPTIONS] ID PROGRAM [ARGUMENT...]",
                           [](CLI::App& command, ExecCommand& data) {
                             add_options(command, data);
                             add_changes(command, data);
                             add_id(command, data.id);
                           });
}

}  // namespace myrt::cli
