// What the engine tests need of the host's programs.
#pragma once

#include <string>

#include "support/process.h"

namespace myrt::test {

/// The directories that Debian installs to, without /usr/local: the engines tested are its
/// packages.
inline constexpr const char* kHostPath = "/usr/sbin:/usr/bin:/sbin:/bin";

/// Whether one of these directories has the program.
bool is_installed(const std::string& program);

/// The same command on a terminal of its own, by script(1): what the terminal shows becomes its
/// output, with "\r\n" at the end of lines, and its exit status is the command's.
Command on_terminal(Command command);

/// Runs it like that for a user who types this and then waits. At the end of its input script(1)
/// would type an end of file, which shows up in the output and makes podman's monitor drop what is
/// on its way.
Outcome run_on_terminal(const Command& command, const std::string& typed = "");

}  // namespace myrt::test
