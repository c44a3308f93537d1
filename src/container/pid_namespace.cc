#include "container/pid_namespace.h"

#include <fcntl.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <string>
#include <string_view>

#include "base/text.h"
#include "container/process_id.h"
#include "sys/directory.h"
#include "sys/file.h"
#include "sys/process.h"

namespace myrt::container {

namespace {

Result<std::string> namespace_link(std::string_view pid) {
  return sys::read_link(AT_FDCWD, base::concat({"/proc/", pid, "/ns/pid"}));
}

/// The processes whose pid namespace is that of `process`. Those that end meanwhile have none.
Result<std::vector<pid_t>> namespace_of(const ProcessId& process) {
  const Result<std::string> own = namespace_link(std::to_string(process.pid));
  // Asked after the look: it may have been at another process that has the pid by now.
  if (!is_alive(process)) {
    return std::vector<pid_t>{};
  }
  if (!own.has_value() && own.error().code() == EACCES) {
    return std::vector<pid_t>{process.pid};
  }
  const std::string link = MYRT_TRY(own);
  // Whatever the record says: a namespace that the runtime lives in itself is the host's, and its
  // processes are not the container's.
  const std::string callers = MYRT_TRY(namespace_link("self"));
  if (link == callers) {
    return std::vector<pid_t>{process.pid};
  }
  std::vector<pid_t> pids;
  for (const std::string& name : MYRT_TRY(sys::names_in(AT_FDCWD, "/proc"))) {
    if (const std::optional<pid_t> number = base::parse_integer<pid_t>(name, 1)) {
      const Result<std::string> other = namespace_link(name);
      if (other.has_value() && *other == link) {
        pids.push_back(*number);
      }
    }
  }
  std::ranges::sort(pids);
  return pids;
}

/// Whether `pid` is a process of the container whose first one is `process`.
bool is_in_namespace_of(const ProcessId& process, pid_t pid) {
  if (pid == process.pid) {
    return is_alive(process);
  }
  const Result<std::string> own = namespace_link(std::to_string(process.pid));
  const Result<std::string> other = namespace_link(std::to_string(pid));
  // After both looks, as above.
  return own.has_value() && other.has_value() && *own == *other && is_alive(process);
}

}  // namespace

Result<std::vector<pid_t>> processes_without_cgroups(const Record& record) {
  if (!record.own_pid_namespace) {
    return is_alive(record.process) ? std::vector<pid_t>{record.process.pid} : std::vector<pid_t>{};
  }
  return namespace_of(record.process);
}

Result<void> signal_without_cgroups(const Record& record, int signal) {
  for (const pid_t pid : MYRT_TRY(processes_without_cgroups(record))) {
    const Result<sys::UniqueFd> process = sys::pidfd_open(pid);
    if (!process.has_value() && process.error().code() != ESRCH) {
      return std::unexpected(process.error());
    }
    if (!process.has_value()) {
      continue;  // it has ended meanwhile
    }
    // Asked again: the pid may have become another process's before it was opened.
    if (!is_in_namespace_of(record.process, pid)) {
      continue;
    }
    Result<void> sent = sys::pidfd_send_signal(process->get(), signal);
    if (!sent.has_value() && sent.error().code() != ESRCH) {
      return sent;
    }
  }
  return {};
}

}  // namespace myrt::container
