// What the commands share once a container exists.
#pragma once

#include <string>
#include <string_view>

#include <myrt/container.h>
#include <myrt/spec.h>

#include "container/record.h"
#include "container/store.h"

namespace myrt::container {

/// Whether the runtime that creates the container is still at it. Nothing but `delete --force` is
/// for it then, and its lock would be waited for as long as the creation takes.
bool is_creating(const Record& record);
/// An error when it is.
Result<void> refuse_creating(const Record& record, std::string_view command);

/// What a command that acts on cgroups says of a container that has none: "cannot pause", "no
/// statistics of".
Error without_cgroups(std::string_view what);

/// start() for a container that is known to be created and whose lock is held.
Result<void> start_created(const Entry& entry, const Record& record);

/// start_created() by a command that ends then. With a service manager's `notify_socket`, and for a
/// container that can reach it, it gives the lock up and waits until the program is ready or ends.
Result<void> start_detached(const Entry& entry, const Record& record,
                            const std::string& notify_socket);

/// The hooks of the config that `create` read; the bundle's may be another by now.
Result<Hooks> saved_hooks(const Entry& entry);

/// Runs all poststop hooks. Failures are logged as warnings and the rest runs (runtime.md
/// "Lifecycle").
void run_poststop(const Entry& entry, const Record& record);

/// SIGKILL for the container process and, when its end does not end the others, for all in its
/// cgroups; waits until the process is gone or a zombie, at most ten seconds. A process that is
/// gone already is fine.
Result<void> kill_process(const Record& record);

/// Thaws the container's cgroups and all below: a frozen process of cgroup v1 dies only then, and a
/// container that may write its freezer can have frozen itself further down.
Result<void> thaw_all(const Record& record);

/// Takes everything of a stopped container away: cgroups, mounts, poststop hooks, state directory.
Result<void> destroy(const Store& store, const Entry& entry, const Record& record);

}  // namespace myrt::container
