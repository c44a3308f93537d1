// Telling of a process that was killed whether the container's memory was ever out.
#pragma once

#include <cerrno>
#include <optional>
#include <string>

#include <myrt/result.h>

#include "container/record.h"
#include "sys/process.h"

namespace myrt::container {

/// How many processes of the container the kernel has killed for lack of memory, and the limit.
/// Not that this is why: the kernel counts kills, and not of whom. Nothing without any, and when
/// the cgroups cannot be read, since that is not what failed.
std::optional<std::string> told_of_memory(const Record& record);

/// `error` with `reason` behind it, if there is one.
Error explained(const Error& error, const std::optional<std::string>& reason);

/// A failure that says of a process of the container that SIGKILL has ended it (ECHILD) with what
/// was told of memory meanwhile; any other passes through.
template <typename T>
[[nodiscard]] Result<T> with_out_of_memory(Result<T> result,
                                           const std::optional<std::string>& told) {
  if (!result.has_value() && result.error().code() == ECHILD) {
    return std::unexpected(explained(result.error(), told));
  }
  return result;
}

/// The same with what is to be told now.
template <typename T>
[[nodiscard]] Result<T> with_out_of_memory(Result<T> result, const Record& record) {
  if (!result.has_value() && result.error().code() == ECHILD) {
    return std::unexpected(explained(result.error(), told_of_memory(record)));
  }
  return result;
}

/// As a warning when SIGKILL has ended the container's program.
void warn_of_out_of_memory(const sys::ExitStatus& status, const Record& record);

}  // namespace myrt::container
