// Where messages go: the log file as engines read it, and stderr.
#pragma once

#include <string>
#include <string_view>

#include <myrt/log.h>
#include <myrt/result.h>

namespace myrt::cli {

struct LogSettings {
  std::string file;  // empty: none
  bool json = false;
  bool debug = false;
  bool quiet = false;  // a command whose output engines parse: no warnings
};

/// Opens the log file (appended to, made with mode 0644) and takes over the library's log lines.
/// Warnings go to stderr without a log file; with one, warnings and debug lines go there when
/// `debug` is set: engines take the file for one error message.
Result<void> open_log(const LogSettings& settings);

/// The one line of a failed command: to the log file, if there is one, and as plain text to stderr,
/// each in one write.
void report_error(std::string_view message);

/// All of `text` to a descriptor; `name` is for the message.
Result<void> write_all(int fd, std::string_view text, std::string_view name);
/// All of `text` to stdout.
Result<void> print(std::string_view text);

/// `{"level":"error","msg":"...","time":"..."}` with a newline, or the same as key=value pairs.
std::string log_line(LogLevel level, std::string_view message, bool json, std::string_view time);

}  // namespace myrt::cli
