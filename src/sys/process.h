// Processes: clone3(2), pidfds, waiting, namespaces, closing descriptors.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <myrt/result.h>

#include "sys/unique_fd.h"

namespace myrt::sys {

struct CloneRequest {
  std::uint64_t flags = 0;  // CLONE_NEW*, CLONE_PARENT
  int cgroup = -1;          // directory of a cgroup v2, for CLONE_INTO_CGROUP; -1: none
};
struct Cloned {
  pid_t pid = 0;   // 0 in the child
  UniqueFd pidfd;  // in the parent
};
/// clone3(2) without CLONE_VM: returns twice. Flush stdio first. In the child glibc's cached thread
/// id is stale.
Result<Cloned> clone_process(const CloneRequest& request);

struct ExitStatus {
  int code = 0;    // exit code, meaningful when signal is 0
  int signal = 0;  // the signal that ended the process, or 0
  /// As a shell reports it: the exit code, or 128 + signal.
  [[nodiscard]] int shell_code() const { return signal != 0 ? 128 + signal : code; }
};
/// waitid(2) for exactly this child; again after EINTR.
Result<ExitStatus> wait_for(pid_t pid);

Result<UniqueFd> pidfd_open(pid_t pid);
/// pidfd_send_signal(2).
Result<void> pidfd_send_signal(int pidfd, int signal);
/// pidfd_getfd(2): a duplicate of `fd` of the other process.
Result<UniqueFd> pidfd_getfd(int pidfd, int fd);
/// Waits until the process ended, at most `milliseconds` (-1: for ever). False on time-out.
Result<bool> wait_pidfd(int pidfd, int milliseconds);

/// Waits until there is something to read, or the other end is closed; as above.
Result<bool> wait_readable(int fd, int milliseconds);

Result<void> setns(int fd, int type, std::string_view name);
Result<void> unshare(int flags, std::string_view name);

/// Overwrites the words of the calling process's own command line and environment, which others
/// read in /proc/PID/cmdline and /proc/PID/environ. Needs the /proc of its own pid namespace.
Result<void> forget_arguments();

/// close_range(2): closes first..last, really or by setting close-on-exec.
Result<void> close_range(unsigned first, unsigned last, bool only_set_cloexec);

/// prctl(PR_SET_PDEATHSIG).
Result<void> set_parent_death_signal(int signal);
Result<void> set_dumpable(bool dumpable);
Result<void> set_child_subreaper(bool on);
Result<void> set_no_new_privileges();

/// Ends the calling process at once: flushes coverage counters, then _exit(2). For processes that
/// were cloned.
[[noreturn]] void child_exit(int code);

}  // namespace myrt::sys
