// What a hostile program in a container tries on a process that it can see: the test program
// itself, bound into the container as `/probe` (see probe.h).
#pragma once

#include <string>
#include <vector>

namespace myrt::test {

/// The command line that tries to change the file that process `pid` executes, through
/// /proc/PID/exe: by changing its mount, by cloning that, and, once the process has ended, by
/// opening the file. It prints for each way its errno, 0 when it worked: "mount_setattr:
/// 22\nopen_tree: 22\nopen: 30\n".
std::vector<std::string> spoil_executable(const std::string& pid);

/// The command line that prints in which mappings of process `pid` `text` lies, one a line, by
/// their names in /proc/PID/maps.
std::vector<std::string> search_memory(const std::string& pid, const std::string& text);

/// The command line that looks for `file`, an absolute path, in the root of every process that it
/// sees, until it is killed. It prints "looking", and each path under which it finds the file:
/// "/proc/7/root/FILE".
std::vector<std::string> reach_file(const std::string& file);

/// Whether this is a command line of the above, and its `main`.
bool is_spy(int argc, char** argv);
int spy_main(int argc, char** argv);

}  // namespace myrt::test
