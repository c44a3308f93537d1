#include "container/out_of_memory.h"

#include <signal.h>

#include <optional>

#include <myrt/log.h>

#include "base/text.h"
#include "cgroup/oom.h"

namespace myrt::container {

namespace {

/// What there is to tell, which is not that this is why: the kernel counts kills, and not of whom.
/// Nothing when cgroups cannot be read, since that is not what failed.
std::optional<std::string> told(const Record& record) {
  const Result<OutOfMemory> known = cgroup::out_of_memory(record.cgroups);
  return known.has_value() && known->killed > 0 ? std::optional(cgroup::out_of_memory_text(*known))
                                                : std::nullopt;
}

}  // namespace

Error explained(const Error& error, const Record& record) {
  const std::optional<std::string> reason = told(record);
  return reason.has_value() ? Error::sentence(error.code(), error.text() + "; " + *reason) : error;
}

void warn_of_out_of_memory(const sys::ExitStatus& status, const Record& record) {
  if (status.signal != SIGKILL) {
    return;
  }
  if (const std::optional<std::string> reason = told(record)) {
    log(LogLevel::kWarning, base::concat({"the program of container ", record.id,
                                          " was killed by signal 9; ", *reason}));
  }
}

}  // namespace myrt::container
