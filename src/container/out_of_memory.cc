#include "container/out_of_memory.h"

#include <signal.h>

#include <optional>

#include <myrt/log.h>

#include "base/text.h"
#include "cgroup/oom.h"

namespace myrt::container {

std::optional<std::string> told_of_memory(const Record& record) {
  const Result<OutOfMemory> known = cgroup::out_of_memory(record.cgroups);
  return known.has_value() && known->killed > 0 ? std::optional(cgroup::out_of_memory_text(*known))
                                                : std::nullopt;
}

Error explained(const Error& error, const std::optional<std::string>& reason) {
  return reason.has_value() ? Error::sentence(error.code(), error.text() + "; " + *reason) : error;
}

void warn_of_out_of_memory(const sys::ExitStatus& status, const Record& record) {
  if (status.signal != SIGKILL) {
    return;
  }
  if (const std::optional<std::string> reason = told_of_memory(record)) {
    log(LogLevel::kWarning, base::concat({"the program of container ", record.id,
                                          " was killed by signal 9; ", *reason}));
  }
}

}  // namespace myrt::container
