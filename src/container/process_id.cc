#include "container/process_id.h"

#include <cerrno>

#include "cgroup/manager.h"
#include "init/exec_fifo.h"
#include "sys/process.h"

namespace myrt::container {

Result<ProcessId> identify(pid_t pid) {
  const sys::ProcessStat stat = MYRT_TRY(sys::process_stat(pid));
  return ProcessId{.pid = pid, .start_time = stat.start_time};
}

std::optional<sys::ProcessStat> look_up(const ProcessId& process) {
  if (process.pid <= 0) {
    return std::nullopt;
  }
  Result<sys::ProcessStat> stat = sys::process_stat(process.pid);
  if (!stat.has_value() || stat->start_time != process.start_time) {
    return std::nullopt;
  }
  return *std::move(stat);
}

bool is_alive(const sys::ProcessStat& stat) {
  return (stat.state != 'Z' && stat.state != 'X') || stat.threads > 1;
}

bool is_alive(const ProcessId& process) {
  const std::optional<sys::ProcessStat> stat = look_up(process);
  return stat.has_value() && is_alive(*stat);
}

Result<sys::UniqueFd> open_process(const ProcessId& process) {
  const auto gone = [&] {
    return std::unexpected(Error::from_code(ESRCH, {"process ", std::to_string(process.pid)}));
  };
  if (process.pid <= 0) {
    return gone();
  }
  Result<sys::UniqueFd> pidfd = sys::pidfd_open(process.pid);
  // After opening: a pid that is reused from now on does not matter to the descriptor. Before a
  // failure is told: the pid may be a thread's by now, which is EINVAL.
  if (!is_alive(process)) {
    return gone();
  }
  return pidfd;
}

Status status_of(const Record& record, int state_directory) {
  if (record.phase == Phase::kCreating) {
    return is_alive(record.creator) ? Status::kCreating : Status::kStopped;
  }
  if (!is_alive(record.process)) {
    return Status::kStopped;
  }
  // A freezer that cannot be read is one that nobody can have used.
  if (cgroup::is_frozen(record.cgroups).value_or(false)) {
    return Status::kPaused;
  }
  return init::is_parked(state_directory) ? Status::kCreated : Status::kRunning;
}

}  // namespace myrt::container
