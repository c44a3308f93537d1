// The container process, from clone3(2) to execve(2). Everything here runs in the child and only
// there.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "init/channel.h"
#include "plan/plan.h"
#include "rootfs/prepare.h"
#include "seccomp/filter.h"
#include "sys/unique_fd.h"

namespace myrt::init {

/// The state that hooks get on stdin, as JSON text in three pieces: a process learns its pid after
/// the clone.
struct StateText {
  std::string before_status;
  std::string before_pid;
  std::string after_pid;

  [[nodiscard]] std::string with(std::string_view status, pid_t pid) const {
    return before_status + std::string(status) + before_pid + std::to_string(pid) + after_pid;
  }
};

/// What the container process inherits: opened by the runtime before the clone.
struct Inherited {
  Channel channel;  // the child's end
  rootfs::Sources sources;
  std::vector<sys::UniqueFd> joins;  // as many as NamespacePlan::joins
  std::vector<sys::UniqueFd> tasks;  // cgroup v1: one `tasks` file a hierarchy
  sys::UniqueFd cgroup;              // cgroup v2: the directory, for the clone itself
  sys::UniqueFd exec_fifo;           // see exec_fifo.h
  sys::UniqueFd procfs;              // the runtime's /proc, for a new time namespace
};

/// What the child needs that is no descriptor. Lives in the runtime's memory, which the clone
/// copies.
struct ChildPlan {
  const plan::Plan* plan = nullptr;
  const seccomp::Filter* filter = nullptr;  // none: no seccomp
  StateText hook_state;
  std::uint64_t ignored_signals =
      0;  // bit n-1: signal n is ignored in the runtime, and must not be in the container
  // The filter is loaded with the other restrictions even when it could wait for execve(2).
  bool filter_first = false;
  bool foreign_formats = false;  // binfmt_misc may take what is neither ELF nor script
  bool privileged = true;        // the runtime's effective uid is 0
};

/// Becomes the container: returns only as another program, or not at all. Failures go to the sync
/// socket before kReady and into the exec fifo after it.
[[noreturn]] void child_main(const ChildPlan& child, Inherited inherited);

/// The middle process (NamespacePlan::through_joiner): joins, then clones the container process as
/// its own sibling and ends. A failure goes to the sync socket.
[[noreturn]] void joiner_main(const ChildPlan& child, Inherited inherited);

}  // namespace myrt::init
