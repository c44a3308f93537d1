// Finding the program of a container, and saying why it cannot be executed before anybody waits for
// it.
#pragma once

#include <string>
#include <string_view>

#include <myrt/result.h>

namespace myrt::init {

/// The path to execute for `name`, as execvp(3) would choose it: with a slash `name` itself,
/// otherwise the first executable file in the directories of `search_path`. Checked with the
/// calling process's file-system ids and effective capabilities (access(2) with AT_EACCESS). The
/// texts keep the words that engines turn into exit statuses 126 and 127.
Result<std::string> find_program(const std::string& name, std::string_view search_path);

/// Looks at the file's first bytes for what execve(2) would refuse with a bare errno: a missing ELF
/// or script interpreter, a foreign architecture, CRLF in the #! line, no known format. With
/// `foreign_formats` (binfmt_misc could take the file) only missing interpreters of native files
/// are told. A file that cannot be read is no fault.
Result<void> diagnose_program(const std::string& path, bool foreign_formats);

}  // namespace myrt::init
