// What a container looks like to a program inside: `probe` runs as the container's program and says
// all that it can see. It is static and uses few system calls of its own, as it also runs under
// filters.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace myrt::test {

/// The descriptors that the caller preserves: the report goes to the first; the end of the second
/// ends the probe, so that the caller can look at the process from outside before.
constexpr int kReportFd = 3;
constexpr int kGateFd = 4;

/// One part of the report: a line of JSON, an object of strings whose names begin with the part's.
/// It is written when it goes out of scope, so a filter that ends the probe does not take what was
/// seen before.
class Section {
 public:
  explicit Section(std::string_view name) : name_(name) {}
  ~Section();
  Section(const Section&) = delete;
  Section& operator=(const Section&) = delete;
  Section(Section&&) = delete;
  Section& operator=(Section&&) = delete;

  void add(std::string_view field, std::string_view value);
  void add_number(std::string_view field, long long value) { add(field, std::to_string(value)); }

 private:
  std::string name_;
  std::string members_;
};

/// `ok`, or the name of errno, for what a system call returned.
std::string outcome(long result);

/// The bytes of a file from its beginning, at most `limit`; empty when it cannot be read.
std::string beginning_of(const std::string& path, std::size_t limit);

void report_ids();
void report_capabilities();
void report_attributes();
void report_limits();
void report_signals();
void report_scheduling();

void report_environment(char** environment);
void report_descriptors();
void report_terminal();
void report_names();
void report_keyring();
void report_network();

/// What each path is, what it holds, and whether it can be written to.
void report_paths(std::span<char*> paths);
/// What is in /dev.
void report_devices();

/// How some system calls end, each in a process of its own.
void report_system_calls();

/// As a hook: appends a line to the log, with what the hook was told and where it runs.
int log_hook(std::string_view kind, const std::string& log);

}  // namespace myrt::test
