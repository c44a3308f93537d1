// myrt: the command line. What it does before anything else is a matter of safety: stdio is there,
// nothing leaked into us stays open, and what enters a container cannot be written by it.
#include <fcntl.h>
#include <malloc.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <type_traits>

#include <myrt/runtime.h>
#include <myrt/state.h>

#include "cli/command_line.h"
#include "cli/commands.h"
#include "cli/output.h"
#include "cli/version.h"

namespace {

using namespace myrt;       // NOLINT(google-build-using-namespace): the program's own file
using namespace myrt::cli;  // NOLINT(google-build-using-namespace): the program's own file

/// A closed stdin, stdout or stderr would be the number of the next file we open.
bool open_stdio() {
  std::array<struct ::pollfd, 3> stdio = {{{.fd = STDIN_FILENO, .events = 0, .revents = 0},
                                           {.fd = STDOUT_FILENO, .events = 0, .revents = 0},
                                           {.fd = STDERR_FILENO, .events = 0, .revents = 0}}};
  if (::poll(stdio.data(), stdio.size(), 0) <= 0) {
    return true;
  }
  return std::ranges::all_of(stdio, [](const struct ::pollfd& entry) {
    return (entry.revents & POLLNVAL) == 0 ||
           ::open("/dev/null", O_RDWR) == entry.fd;  // NOLINT(android-cloexec-open): stdio
  });
}

/// Commands whose output engines take whole: a warning would be read as part of it, in `exec` of
/// what the program says.
bool is_quiet(const std::string& name) {
  constexpr std::array<std::string_view, 10> kQuiet = {
      "delete", "exec", "features", "kill", "list", "pause", "ps", "resume", "start", "state"};
  return std::ranges::find(kQuiet, name) != kQuiet.end();
}

std::string id_of(const Command& command) {
  return std::visit(
      [](const auto& data) -> std::string {
        using Data = std::decay_t<decltype(data)>;
        if constexpr (std::is_same_v<Data, RunCommand>) {
          return " " + data.create.id;
        } else if constexpr (requires { data.id; }) {
          return " " + data.id;
        } else {
          return "";
        }
      },
      command);
}

/// For commands that put a process into a container: how many descriptors are to stay. -1 for the
/// others.
int kept_descriptors(const Command& command) {
  if (const auto* create = std::get_if<CreateCommand>(&command)) {
    return create->options.preserve_fds + listen_fds();
  }
  if (const auto* run = std::get_if<RunCommand>(&command)) {
    return run->create.options.preserve_fds + listen_fds();
  }
  if (const auto* exec = std::get_if<ExecCommand>(&command)) {
    return exec->options.preserve_fds + listen_fds();
  }
  return -1;
}

Result<int> dispatch(const CommandLine& line) {
  return std::visit(
      [&line](const auto& data) -> Result<int> {
        if constexpr (std::is_same_v<std::decay_t<decltype(data)>, std::monostate>) {
          return std::unexpected(Error("no command"));
        } else {
          return execute(line.globals, data);
        }
      },
      line.command);
}

std::string version_text() {
  std::string text = "myrt version " + std::string(version());
  if (!commit().empty()) {
    text += "\ncommit: " + std::string(commit());
  }
  return text + "\nspec: " + std::string(kOciVersion) + "\nlibseccomp: " + libseccomp_version();
}

}  // namespace

// What std::visit throws for a variant that lost its value: Command cannot lose it.
// NOLINTNEXTLINE(bugprone-exception-escape)
int main(int argc, char** argv, char** envp) {
  if (!open_stdio()) {
    return 1;
  }
  // The heap grows in steps of this size instead of 132 kB: one call for a whole run.
  ::mallopt(M_TOP_PAD, 1 << 20);
  const CommandLine line = parse_command_line(argc, argv, version_text());
  const int kept = kept_descriptors(line.command);
  // Before the log is opened: it closes all that it does not know.
  Result<void> prepared = kept >= 0 ? prepare_program(argv, envp, kept) : Result<void>{};
  // A reader that goes away is an error of write(2), told like others.
  ::signal(SIGPIPE, SIG_IGN);
  // Ignored by our caller, it would take our children away before they are waited for (wait(2)).
  ::signal(SIGCHLD, SIG_DFL);
  const LogSettings settings{.file = line.globals.log,
                             .json = line.globals.log_json,
                             .debug = line.globals.debug,
                             .quiet = is_quiet(line.name)};
  if (const Result<void> opened = open_log(settings); !opened.has_value()) {
    report_error(opened.error().text());
    return 1;
  }
  if (!line.error.empty()) {
    report_error(line.error + " (see myrt --help)");
    return 1;
  }
  if (!line.output.empty()) {
    return print(line.output).has_value() ? 0 : 1;
  }
  const Result<int> status =
      prepared.has_value() ? dispatch(line) : std::unexpected(std::move(prepared).error());
  if (!status.has_value()) {
    report_error(line.name + id_of(line.command) + ": " + status.error().text());
    // 255 tells it from the program's own exit status, as runc does.
    return std::holds_alternative<ExecCommand>(line.command) ? 255 : 1;
  }
  return *status;
}
