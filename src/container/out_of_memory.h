// Telling of a process that was killed whether the container's memory was ever out.
#pragma once

#include <cerrno>

#include <myrt/result.h>

#include "container/record.h"
#include "sys/process.h"

namespace myrt::container {

/// `error` with their number and the limit behind it when the kernel has killed processes of the
/// container for lack of memory.
Error explained(const Error& error, const Record& record);

/// The same for a failure that says of a process of the container that SIGKILL has ended it
/// (ECHILD); any other passes through.
template <typename T>
[[nodiscard]] Result<T> with_out_of_memory(Result<T> result, const Record& record) {
  if (!result.has_value() && result.error().code() == ECHILD) {
    return std::unexpected(explained(result.error(), record));
  }
  return result;
}

/// The same as a warning when SIGKILL has ended the container's program.
void warn_of_out_of_memory(const sys::ExitStatus& status, const Record& record);

}  // namespace myrt::container
