// `start`: lets the container process execute its program, and says why it could not.
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <optional>
#include <tuple>

#include <myrt/container.h>
#include <myrt/log.h>
#include <myrt/spec.h>

#include "base/text.h"
#include "cgroup/manager.h"
#include "container/json_text.h"
#include "container/lifecycle.h"
#include "container/notify.h"
#include "container/out_of_memory.h"
#include "container/process_id.h"
#include "container/store.h"
#include "init/exec_fifo.h"
#include "init/hooks.h"
#include "init/start_program.h"
#include "sys/file.h"
#include "sys/process.h"

namespace myrt {

namespace container {

bool is_creating(const Record& record) {
  return record.phase == Phase::kCreating && is_alive(record.creator);
}

Error without_cgroups(std::string_view what) {
  return Error(base::concat({what,
                             " a container without cgroups: they were disabled when it was "
                             "created, or its creator may make none"}));
}

Result<void> refuse_creating(const Record& record, std::string_view command) {
  if (is_creating(record)) {
    return std::unexpected(
        Error("cannot " + std::string(command) + " a container that is creating"));
  }
  return {};
}

namespace {

/// The fifo is closed without a word. Executed, or killed on the way? A process that died keeps its
/// name until it is reaped, and execve(2) would have changed ours.
Result<void> check_executed(const Record& record) {
  const std::optional<sys::ProcessStat> stat =
      init::decided([&record] { return look_up(record.process); });
  if (!stat.has_value() || stat->comm != init::kWaitingName || is_alive(*stat)) {
    return {};
  }
  const int signal = stat->exit_code & 0x7f;  // wait(2)'s encoding
  return std::unexpected(Error::sentence(
      signal == SIGKILL ? ECHILD : 0,
      "the container process was gone before its program was executed: " +
          (signal != 0 ? "killed by signal " + std::to_string(signal)
                       : "exited with status " + std::to_string(stat->exit_code >> 8))));
}

Result<void> check_has_process(const Record& record) {
  if (!record.has_process) {
    return std::unexpected(
        Error("cannot start a container without a process: config.json has no /process"));
  }
  return {};
}

Result<void> check_startable(Status status) {
  switch (status) {
    case Status::kCreated:
      return {};
    case Status::kRunning:
      return std::unexpected(Error("cannot start an already running container"));
    case Status::kStopped:
      return std::unexpected(Error("cannot start a container that has stopped"));
    default:
      return std::unexpected(
          Error("cannot start a container that is " + std::string(status_word(status))));
  }
}

/// A failing poststart hook stops the container (runtime.md "Lifecycle", since 1.3).
Result<void> run_poststart(const Entry& entry, const Record& record) {
  const Hooks hooks = MYRT_TRY(saved_hooks(entry));
  Result<void> done = init::run_hooks(
      hooks.poststart, {.kind = "poststart",
                        .state = hook_state(record).with("running", record.process.pid),
                        .directory = record.bundle});
  if (!done.has_value()) {
    Result<void> killed = kill_process(record);
    if (!killed.has_value()) {
      log(LogLevel::kDebug, "stop after a failed poststart hook: " + killed.error().text());
    }
    run_poststop(entry, record);
    Record stopped = record;
    stopped.has_poststop = false;  // `delete` must not run them again
    MYRT_TRY(write_record(entry.directory.get(), stopped));
  }
  return done;
}

Result<void> start_checked(const Entry& entry, const Record& record,
                           const std::string& notify_socket) {
  MYRT_TRY(check_startable(status_of(record, entry.directory.get())));
  return start_detached(entry, record, notify_socket);
}

}  // namespace

Result<void> start_created(const Entry& entry, const Record& record) {
  MYRT_TRY(check_has_process(record));
  MYRT_TRY(init::release(entry.directory.get()));
  MYRT_TRY(with_out_of_memory(check_executed(record), record));
  if (::unlinkat(entry.directory.get(), init::kExecFifoName, 0) != 0 && errno != ENOENT) {
    return std::unexpected(Error::from_errno({"remove ", init::kExecFifoName}));
  }
  return record.has_poststart ? run_poststart(entry, record) : Result<void>{};
}

Result<void> start_detached(const Entry& entry, const Record& record,
                            const std::string& notify_socket) {
  std::optional<NotifyRelay> notify =
      MYRT_TRY(NotifyRelay::open(entry.directory.get(), notify_socket, record.process.pid));
  if (!notify.has_value()) {
    return start_created(entry, record);
  }
  const sys::UniqueFd pidfd = MYRT_TRY(open_process(record.process));
  MYRT_TRY(start_created(entry, record));
  unlock(entry);  // others may signal and delete meanwhile
  return notify->until_ready(pidfd.get());
}

}  // namespace container

Result<void> start(const Store& store, std::string_view id, const std::string& notify_socket) {
  const container::Entry entry = MYRT_TRY(container::open_entry(store, id));
  const container::Record before =
      MYRT_TRY(in("container " + entry.id, container::read_record(entry.directory.get())));
  MYRT_TRY(container::refuse_creating(before, "start"));
  MYRT_TRY(container::lock(entry, -1));
  const container::Record record =
      MYRT_TRY(in("container " + entry.id, container::read_record(entry.directory.get())));
  return container::start_checked(entry, record, notify_socket);
}

}  // namespace myrt
