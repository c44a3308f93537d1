// What /proc says: mountinfo, and who a process is. Parsers are pure; readers use the host's /proc.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <myrt/result.h>

namespace myrt::sys {

/// One line of /proc/PID/mountinfo (proc(5)); octal escapes are undone.
struct MountEntry {
  int id = 0;
  int parent = 0;
  std::string root;
  std::string point;
  std::string options;
  std::string optional_fields;  // "shared:1 master:2", space separated
  std::string type;
  std::string source;
  std::string super_options;
};
std::vector<MountEntry> parse_mountinfo(std::string_view text);
Result<std::vector<MountEntry>> own_mountinfo();

/// From /proc/PID/stat. `start_time` is in clock ticks since boot and tells a reused pid from the
/// process meant.
struct ProcessStat {
  char state = '?';  // 'Z' zombie, 'X' dead
  std::string comm;
  std::uint64_t start_time = 0;
  int threads = 0;    // with a leader that has ended ('Z') and others that run, more than 1
  int exit_code = 0;  // wait(2) status of a zombie, when we may see it
  // Bit n-1: signal n waits for the first thread. Standard signals (1..31) only; among them SIGKILL
  // for the process as a whole.
  std::uint64_t pending_signals = 0;
  std::uint64_t ignored_signals = 0;  // bit n-1: signal n is ignored; standard signals (1..31) only
  // Where the words of the command line and of the environment lie; 0 without the right to know.
  std::uint64_t arguments_start = 0;
  std::uint64_t environment_end = 0;
};
Result<ProcessStat> parse_process_stat(std::string_view text);
/// ESRCH when there is no such process.
Result<ProcessStat> process_stat(pid_t pid);

}  // namespace myrt::sys
