// Small file operations of the tests. Those that cannot fail in a sound test report a failure and
// go on.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

namespace myrt::test {

/// The content of a file, empty when it cannot be read.
std::string read_file(const std::filesystem::path& path);

/// The content without white space at its end: for the one-value files of /proc and /sys.
std::string read_value(const std::filesystem::path& path);

/// Creates or replaces a file; the mode is set whatever the umask.
void write_file(const std::filesystem::path& path, const std::string& content, mode_t mode = 0644);

/// Names in a directory, sorted, without `.` and `..`; empty when there is none.
std::vector<std::string> list_directory(const std::filesystem::path& path);

/// Inode number of what `path` leads to, 0 when there is nothing. For namespaces:
/// /proc/<pid>/ns/<kind>.
std::uint64_t inode_of(const std::filesystem::path& path);

/// Lines of a text, without their newlines.
std::vector<std::string> lines_of(const std::string& text);

/// The value of `key` in a text of "key<separator>value" lines, such as /proc/<pid>/status (':' and
/// a tab).
std::string field_of(const std::string& text, const std::string& key);

bool contains(const std::string& text, const std::string& part);

/// As engines compare messages: without regard to upper and lower case.
bool contains_ignoring_case(const std::string& text, const std::string& part);

}  // namespace myrt::test
