// The rows of a table of ps(1) that are about certain processes. Pure.
#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <string_view>

#include <myrt/result.h>

namespace myrt::container {

/// The first line of `table`, and those whose word below its column PID is one of `pids` (sorted).
/// Errors say what is wrong with the table: no such column, or something else than numbers in it,
/// as when a column with blanks in it stands further left.
Result<std::string> rows_of(std::string_view table, std::span<const pid_t> pids);

}  // namespace myrt::container
