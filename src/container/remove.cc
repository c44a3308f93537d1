// `delete`: everything that `create` made goes, whatever state it was left in.
#include <signal.h>
#include <unistd.h>

#include <cerrno>

#include <myrt/container.h>
#include <myrt/log.h>

#include "cgroup/layout.h"
#include "cgroup/manager.h"
#include "cgroup/paths.h"
#include "cgroup/systemd_unit.h"
#include "container/inputs.h"
#include "container/json_text.h"
#include "container/lifecycle.h"
#include "container/process_id.h"
#include "container/resctrl.h"
#include "container/shared_mounts.h"
#include "container/store.h"
#include "container/systemd_scope.h"
#include "init/hooks.h"
#include "sys/file.h"
#include "sys/process.h"

namespace myrt {

namespace container {

namespace {

constexpr int kKillMilliseconds = 10'000;

/// Kills what holds the container in half-made states: the runtime that creates it, and the
/// container process. Their identity is checked, so nobody else is hit.
Result<void> kill_creation(const Record& record) {
  std::vector<sys::UniqueFd> killed;
  for (const ProcessId& process : {record.creator, record.process}) {
    Result<sys::UniqueFd> pidfd = open_process(process);
    if (!pidfd.has_value()) {
      continue;  // gone
    }
    Result<void> sent = sys::pidfd_send_signal(pidfd->get(), SIGKILL);
    if (!sent.has_value() && sent.error().code() != ESRCH) {
      return sent;
    }
    killed.push_back(*std::move(pidfd));
  }
  // A hook may have frozen it: on v1 not even SIGKILL ends a frozen process.
  MYRT_TRY(thaw_all(record));
  for (const sys::UniqueFd& pidfd : killed) {
    MYRT_TRY(sys::wait_pidfd(pidfd.get(), kKillMilliseconds));  // the lock tells what is left
  }
  return {};
}

Result<void> check_removable(const Entry& entry, Status status) {
  if (status == Status::kStopped || status == Status::kCreated) {
    return {};
  }
  return std::unexpected(Error("cannot delete container " + entry.id +
                               " that is not stopped: " + std::string(status_word(status))));
}

Result<void> remove_locked(const Store& store, const Entry& entry, const Record& record,
                           bool force) {
  const Status status = status_of(record, entry.directory.get());
  if (!force) {
    MYRT_TRY(check_removable(entry, status));
  }
  if (status != Status::kStopped) {
    MYRT_TRY(kill_process(record));
  }
  return destroy(store, entry, record);
}

/// Where a container's cgroup can be below each hierarchy's root, the likeliest first. A scope ends
/// with its processes.
Result<std::vector<std::string>> places_of(const std::string& cgroups_path, const std::string& id) {
  std::vector<std::string> places;
  const bool is_systemds = cgroup::parse_systemd_path(cgroups_path).has_value();
  if (!is_systemds) {
    places.push_back(MYRT_TRY(cgroup::container_path(cgroups_path, id)));
  }
  // Without a path the record alone would tell whether it was created with --systemd-cgroup.
  if (is_systemds || cgroups_path.empty()) {
    places.push_back(MYRT_TRY(cgroup::unit_place(cgroups_path, id, false)).path);
  }
  return places;
}

/// The directories of the first of `places` that is there in a hierarchy; none when none is.
std::vector<std::string> existing(const cgroup::Layout& layout,
                                  const std::vector<std::string>& places) {
  for (const std::string& place : places) {
    std::vector<std::string> directories;
    bool exists = false;
    for (const cgroup::Hierarchy& hierarchy : layout.hierarchies) {
      directories.push_back(hierarchy.mount_point + place);
      exists = exists || ::access(directories.back().c_str(), F_OK) == 0;
    }
    if (exists) {
      return directories;
    }
  }
  return {};
}

/// A damaged state.json: the saved config tells where the cgroups are, and what lives in them.
/// Without a config nothing had been made yet.
Result<void> clean_without_record(const Entry& entry) {
  const Result<Spec> saved = saved_spec(entry);
  if (!saved.has_value()) {
    return saved.error().code() == ENOENT ? Result<void>{} : std::unexpected(saved.error());
  }
  const Spec& spec = *saved;
  const std::vector<std::string> places = MYRT_TRY(places_of(spec.linux.cgroups_path, entry.id));
  const cgroup::Layout layout = MYRT_TRY(cgroup::detect_layout());
  const std::vector<std::string> directories = existing(layout, places);
  MYRT_TRY(cgroup::kill_all(directories));
  return cgroup::remove(directories);
}

/// What `delete --force` does before it has the lock: whoever holds it may be waiting for what is
/// to be killed.
Result<void> force_open(const Entry& entry) {
  const Result<Record> record = read_record(entry.directory.get());
  if (!record.has_value()) {
    return {};  // told, if at all, under the lock
  }
  if (record->phase == Phase::kCreating) {
    return kill_creation(*record);
  }
  return kill_process(*record);
}

}  // namespace

Result<Hooks> saved_hooks(const Entry& entry) {
  Spec spec = MYRT_TRY(saved_spec(entry));
  return std::move(spec.hooks);
}

void run_poststop(const Entry& entry, const Record& record) {
  const Result<Hooks> hooks = saved_hooks(entry);
  if (!hooks.has_value()) {
    log(LogLevel::kWarning, "poststop hooks: " + hooks.error().text());
    return;
  }
  for (std::size_t i = 0; i < hooks->poststop.size(); ++i) {
    const Result<void> done = init::run_hook(hooks->poststop[i], i,
                                             {.kind = "poststop",
                                              .state = hook_state(record).with("stopped", 0),
                                              .directory = record.bundle});
    if (!done.has_value()) {
      log(LogLevel::kWarning, done.error().text());
    }
  }
}

Result<void> thaw_all(const Record& record) {
  Result<void> thawed = cgroup::thaw(record.cgroups);
  // ENOENT: there is no freezer.
  return !thawed.has_value() && thawed.error().code() == ENOENT ? Result<void>{} : thawed;
}

Result<void> kill_process(const Record& record) {
  Result<sys::UniqueFd> pidfd = open_process(record.process);
  if (pidfd.has_value()) {
    Result<void> sent = sys::pidfd_send_signal(pidfd->get(), SIGKILL);
    if (!sent.has_value() && sent.error().code() != ESRCH) {
      return sent;
    }
    MYRT_TRY(thaw_all(record));
    if (!MYRT_TRY(sys::wait_pidfd(pidfd->get(), kKillMilliseconds))) {
      return std::unexpected(Error("the container process " + std::to_string(record.process.pid) +
                                   " is still there 10 s after SIGKILL"));
    }
  }
  if (record.own_pid_namespace || (!pidfd.has_value() && has_lost_place(record))) {
    return {};
  }
  return cgroup::kill_all(record.cgroups);
}

Result<void> destroy(const Store& store, const Entry& entry, const Record& record) {
  const bool has_place = MYRT_TRY(stop_scope(record));
  if (has_place) {
    MYRT_TRY(in("cgroup", cgroup::remove(record.cgroups)));
  }
  MYRT_TRY(in("resctrl", remove_resctrl_groups(record.resctrl)));
  if (record.shared_mounts.has_value()) {
    MYRT_TRY(in("mounts", unmount_shared(*record.shared_mounts)));
  }
  if (record.has_poststop) {
    run_poststop(entry, record);
  }
  return remove_entry(store, entry);
}

}  // namespace container

Result<void> remove(const Store& store, std::string_view id, bool force) {
  Result<container::Entry> opened = container::open_entry(store, id);
  if (!opened.has_value() && force && opened.error().code() == ENOENT) {
    return {};
  }
  const container::Entry entry = MYRT_TRY(std::move(opened));
  if (force) {
    MYRT_TRY(container::force_open(entry));
  } else {
    const container::Record before =
        MYRT_TRY(in("container " + entry.id, container::read_record(entry.directory.get())));
    // The lock would be waited for as long as a creation takes.
    if (container::is_creating(before)) {
      return container::check_removable(entry, Status::kCreating);
    }
  }
  Result<void> locked = container::lock(entry, force ? container::kKillMilliseconds : -1);
  if (!locked.has_value() && force && locked.error().code() == ENOENT) {
    return {};
  }
  MYRT_TRY(std::move(locked));
  Result<container::Record> record = container::read_record(entry.directory.get());
  if (!record.has_value() && force) {
    log(LogLevel::kDebug, "container " + entry.id + ": " + record.error().text());
    MYRT_TRY(container::clean_without_record(entry));
    return container::remove_entry(store, entry);
  }
  const container::Record known = MYRT_TRY(in("container " + entry.id, std::move(record)));
  return container::remove_locked(store, entry, known, force);
}

}  // namespace myrt
