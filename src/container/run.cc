// `run`: create and start; in the foreground also wait and delete.
#include <unistd.h>

#include <cerrno>
#include <optional>

#include <myrt/container.h>
#include <myrt/log.h>

#include "container/create.h"
#include "container/foreground.h"
#include "container/lifecycle.h"
#include "container/notify.h"
#include "container/out_of_memory.h"
#include "container/record.h"
#include "sys/process.h"

namespace myrt {

namespace {

constexpr int kLockMilliseconds = 10'000;

/// A container that could not be started, or has ended, unless somebody else has deleted it. Its
/// trouble comes second: it is logged.
Result<void> destroy(const Store& store, const container::Created& created) {
  MYRT_TRY(container::lock(created.entry, kLockMilliseconds));
  MYRT_TRY(container::kill_process(created.record));
  if (!created.record.has_poststop) {
    return container::destroy(store, created.entry, created.record);
  }
  // As it is by now: a start that failed may have run the hooks already.
  const Result<container::Record> record = container::read_record(created.entry.directory.get());
  return container::destroy(store, created.entry, record.value_or(created.record));
}

void take_away(const Store& store, const container::Created& created) {
  const Result<void> removed = destroy(store, created);
  if (!removed.has_value() && removed.error().code() != ENOENT) {
    log(LogLevel::kWarning, "delete " + created.entry.id + ": " + removed.error().text());
  }
}

Result<sys::ExitStatus> run_in_foreground(container::Created& created,
                                          const std::string& notify_socket) {
  // The service manager's main process is this one: it lives as long as the container.
  std::optional<container::NotifyRelay> notify = MYRT_TRY(
      container::NotifyRelay::open(created.entry.directory.get(), notify_socket, ::getpid()));
  container::Foreground foreground =
      MYRT_TRY(container::Foreground::begin(std::move(created.terminal)));
  MYRT_TRY(container::start_created(created.entry, created.record));
  container::unlock(created.entry);  // others may signal and delete
  return foreground.wait(created.record.process.pid, created.pidfd.get(),
                         notify.has_value() ? &*notify : nullptr);
}

}  // namespace

Result<int> run(const Store& store, std::string_view id, const CreateOptions& options,
                const RunOptions& run_options) {
  CreateOptions create_options = options;
  create_options.foreground = !run_options.detach;
  if (!run_options.detach && !run_options.no_subreaper) {
    MYRT_TRY(sys::set_child_subreaper(true));
  }
  container::Created created = MYRT_TRY(container::create_container(store, id, create_options));
  if (run_options.detach) {
    Result<void> started =
        container::start_detached(created.entry, created.record, options.notify_socket);
    if (!started.has_value()) {
      take_away(store, created);
      return std::unexpected(std::move(started).error());
    }
    return 0;
  }
  const Result<sys::ExitStatus> status = run_in_foreground(created, options.notify_socket);
  if (status.has_value()) {
    // Before its cgroups are gone.
    container::warn_of_out_of_memory(*status, created.record);
  }
  if (!run_options.keep || !status.has_value()) {
    take_away(store, created);
  }
  return status.has_value() ? Result<int>(status->shell_code()) : std::unexpected(status.error());
}

}  // namespace myrt
