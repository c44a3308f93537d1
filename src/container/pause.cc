// `pause` and `resume`: the freezer of the container's cgroup.
#include <signal.h>

#include <cerrno>

#include <myrt/container.h>

#include "cgroup/manager.h"
#include "container/lifecycle.h"
#include "container/process_id.h"
#include "container/store.h"

namespace myrt {

namespace {

Error not_running() { return Error::sentence(ESRCH, "container not running"); }

Result<void> check_pausable(const container::Record& record, Status status) {
  if (status != Status::kCreated && status != Status::kRunning) {
    return std::unexpected(not_running());
  }
  if (record.cgroups.empty()) {
    return std::unexpected(container::without_cgroups("cannot pause"));
  }
  return {};
}

/// Whether SIGKILL waits for the process, which it does as long as the process is frozen (v1).
bool is_being_killed(const container::ProcessId& process) {
  constexpr std::uint64_t kKillBit = 1U << (SIGKILL - 1U);
  const std::optional<sys::ProcessStat> stat = container::look_up(process);
  return stat.has_value() && (stat->pending_signals & kKillBit) != 0;
}

}  // namespace

Result<void> pause(const Store& store, std::string_view id) {
  const container::Entry entry = MYRT_TRY(container::open_entry(store, id));
  const container::Record before =
      MYRT_TRY(in("container " + entry.id, container::read_record(entry.directory.get())));
  MYRT_TRY(container::refuse_creating(before, "pause"));
  // `start` waits for the container process, which must not stand still meanwhile.
  MYRT_TRY(container::lock(entry, -1));
  const container::Record record =
      MYRT_TRY(in("container " + entry.id, container::read_record(entry.directory.get())));
  MYRT_TRY(check_pausable(record, container::status_of(record, entry.directory.get())));
  Result<void> frozen = cgroup::freeze(record.cgroups);
  if (!frozen.has_value() && frozen.error().code() == ENOENT) {
    return std::unexpected(Error("cannot pause a container without a freezer cgroup"));
  }
  MYRT_TRY(std::move(frozen));
  // `kill` and `delete --force` take no lock: SIGKILL first, then a thaw. If that thaw came before
  // the end of our freezing, nobody else lets the process die.
  if (is_being_killed(record.process)) {
    MYRT_TRY(container::thaw_all(record));
    return std::unexpected(not_running());
  }
  return {};
}

Result<void> resume(const Store& store, std::string_view id) {
  const container::Entry entry = MYRT_TRY(container::open_entry(store, id));
  const container::Record record =
      MYRT_TRY(in("container " + entry.id, container::read_record(entry.directory.get())));
  MYRT_TRY(container::refuse_creating(record, "resume"));
  // Without the lock: whoever holds it may be waiting for a process that somebody froze.
  if (container::status_of(record, entry.directory.get()) != Status::kPaused) {
    return std::unexpected(Error::sentence(EINVAL, "container not paused"));
  }
  return cgroup::resume(record.cgroups);
}

}  // namespace myrt
