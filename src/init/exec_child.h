// `exec` in the processes it makes. A container can trace what appears among its processes when it
// has CAP_SYS_PTRACE, and read or take over what it finds there (CVE-2016-9962). So two processes
// share the work:
//
//   joiner       a child of the runtime, in the runtime's pid namespace, where the container does
//                not see it, born on the plan's initial CPUs: enters the cgroup, goes to the final
//                CPUs, enters all namespaces (the pid namespace is for its children), finds the
//                program, forgets the runtime's command line and environment, takes on all
//                restrictions and ids, clones, ends
//   the process  a child of the runtime, in the container's pid namespace: has the container's
//                root, rights and filter from its first instruction, and no descriptor but the
//                sync socket and what the program gets; waits for Committed, leads a session,
//                executes
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <vector>

#include <myrt/result.h>

#include "init/child.h"
#include "init/launch.h"
#include "sys/unique_fd.h"

namespace myrt::init {

/// What the joiner inherits beside the sync socket.
struct ExecDoors {
  sys::UniqueFd process;             // pidfd of the container process, for setns(2)
  std::uint64_t namespaces = 0;      // CLONE_NEW* to join with it
  sys::UniqueFd root;                // to chroot to, without a mount namespace of its own
  std::vector<sys::UniqueFd> tasks;  // cgroup v1: `tasks` files
  sys::UniqueFd cgroup;              // cgroup v2: the directory, for the clone of the joiner
};

/// Starts the joiner. `child.plan` needs a process, its ids and descriptor counts alone. What
/// comes: kConsole (with a terminal), kFiltered (with a listener), then Launched::successor gives
/// the process, which waits for kCommitted; Launched::wait_executed tells the rest. EBUSY: the
/// cgroup v2 directory has controllers for cgroups below it and takes no processes.
Result<Launched> launch_exec(const ChildPlan& child, ExecDoors doors);

}  // namespace myrt::init
