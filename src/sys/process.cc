#include "sys/process.h"

#include <linux/sched.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>

#include "sys/kernel_defs.h"
#include "sys/proc.h"
#include "sys/retry.h"

#ifdef MYRT_COVERAGE
#include <gcov.h>
#endif

namespace myrt::sys {

namespace {

struct NamespaceFlag {
  std::uint64_t flag;
  std::string_view name;  // as /proc/PID/ns has it
};
constexpr std::array<NamespaceFlag, 8> kNamespaceFlags{{{CLONE_NEWUSER, "user"},
                                                        {CLONE_NEWNS, "mnt"},
                                                        {CLONE_NEWPID, "pid"},
                                                        {CLONE_NEWNET, "net"},
                                                        {CLONE_NEWIPC, "ipc"},
                                                        {CLONE_NEWUTS, "uts"},
                                                        {CLONE_NEWCGROUP, "cgroup"},
                                                        {CLONE_NEWTIME, "time"}}};

/// What a failed clone3 was asked for: "clone3 (new namespaces: mnt pid; into a cgroup)".
std::string describe(const CloneRequest& request) {
  std::string namespaces;
  for (const auto& [flag, name] : kNamespaceFlags) {
    if ((request.flags & flag) != 0) {
      namespaces += " ";
      namespaces += name;
    }
  }
  std::string text = "clone3 (new namespaces:" + (namespaces.empty() ? " none" : namespaces);
  if (request.cgroup >= 0) {
    text += "; into a cgroup";
  }
  return text + ")";
}

Result<void> prctl_set(int option, std::string_view name, unsigned long value) {
  // Five arguments always: some options want the unused ones to be zero.
  if (::prctl(option, value, 0UL, 0UL, 0UL) < 0) {
    const int code = errno;
    return std::unexpected(Error::from_code(code, {"prctl ", name, " ", std::to_string(value)}));
  }
  return {};
}

}  // namespace

namespace {

/// clone(2), for what it can say: flags in 32 bits, no cgroup. Its first three arguments are alike
/// on all our architectures; the other two are not used.
long legacy_clone(const struct clone_args& args) {
  return ::syscall(SYS_clone, args.flags | args.exit_signal, nullptr, args.pidfd, 0, 0);
}

}  // namespace

Result<Cloned> clone_process(const CloneRequest& request) {
  int pidfd = -1;
  struct clone_args args{};
  args.flags = request.flags | CLONE_PIDFD;
  args.pidfd = reinterpret_cast<std::uintptr_t>(&pidfd);
  // A sibling takes the signal of the process that made its parent; the kernel refuses another one
  // here.
  args.exit_signal = (request.flags & CLONE_PARENT) != 0 ? 0 : SIGCHLD;
  if (request.cgroup >= 0) {
    args.flags |= CLONE_INTO_CGROUP;
    args.cgroup = static_cast<__u64>(request.cgroup);
  }
  long pid = ::syscall(SYS_clone3, &args, sizeof(args));
  // ENOSYS is what the seccomp profiles of engines say, as a filter cannot see clone3's flags.
  // EPERM is what a profile older than clone3 says; the kernel says that of namespaces only.
  const bool filtered = errno == ENOSYS || (errno == EPERM && request.flags == 0);
  if (pid < 0 && filtered && request.cgroup < 0) {
    pid = legacy_clone(args);
  }
  if (pid < 0) {
    const int code = errno;
    return std::unexpected(Error(code, describe(request)));
  }
  // The child's copy of `pidfd` is still -1: the kernel writes the parent's memory alone.
  return Cloned{.pid = static_cast<pid_t>(pid), .pidfd = UniqueFd(pidfd)};
}

Result<ExitStatus> wait_for(pid_t pid) {
  siginfo_t info{};
  // __WALL: a child whose exit signal is not SIGCHLD counts too (wait(2)).
  const int result = again_after_eintr(
      [&] { return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | __WALL); });
  if (result < 0) {
    const int code = errno;
    return std::unexpected(Error::from_code(code, {"wait for process ", std::to_string(pid)}));
  }
  if (info.si_code == CLD_EXITED) {
    return ExitStatus{.code = info.si_status};
  }
  return ExitStatus{.signal = info.si_status};
}

Result<void> forget_arguments() {
  const ProcessStat own = MYRT_TRY(process_stat(::getpid()));
  if (own.arguments_start == 0 || own.environment_end < own.arguments_start) {
    return std::unexpected(Error("/proc/PID/stat: no place of the command line"));
  }
  // The environment follows the command line on the stack (execve(2) puts them there).
  // NOLINTNEXTLINE(performance-no-int-to-ptr): the kernel gives the address as a number
  ::explicit_bzero(reinterpret_cast<void*>(own.arguments_start),
                   own.environment_end - own.arguments_start);
  return {};
}

// The pidfd calls are made directly: glibc 2.36 declares its wrappers without C linkage.

Result<UniqueFd> pidfd_open(pid_t pid) {
  const auto fd = static_cast<int>(::syscall(SYS_pidfd_open, pid, 0));  // always close-on-exec
  if (fd < 0) {
    const int code = errno;
    return std::unexpected(Error::from_code(code, {"pidfd_open ", std::to_string(pid)}));
  }
  return UniqueFd(fd);
}

Result<void> pidfd_send_signal(int pidfd, int signal) {
  if (::syscall(SYS_pidfd_send_signal, pidfd, signal, nullptr, 0) < 0) {
    const int code = errno;
    return std::unexpected(Error::from_code(code, {"send signal ", std::to_string(signal)}));
  }
  return {};
}

Result<UniqueFd> pidfd_getfd(int pidfd, int fd) {
  const auto copy = static_cast<int>(::syscall(SYS_pidfd_getfd, pidfd, fd, 0));  // close-on-exec
  if (copy < 0) {
    const int code = errno;
    return std::unexpected(Error::from_code(code, {"pidfd_getfd ", std::to_string(fd)}));
  }
  return UniqueFd(copy);
}

Result<bool> wait_pidfd(int pidfd, int milliseconds) { return wait_readable(pidfd, milliseconds); }

Result<bool> wait_readable(int fd, int milliseconds) {
  using Clock = std::chrono::steady_clock;
  const Clock::time_point deadline = Clock::now() + std::chrono::milliseconds(milliseconds);
  pollfd entry{.fd = fd, .events = POLLIN, .revents = 0};
  int left = milliseconds;
  for (;;) {
    const int ready = ::poll(&entry, 1, left);
    if (ready >= 0) {
      return ready > 0;
    }
    if (errno != EINTR) {
      return std::unexpected(Error::from_errno({"poll"}));
    }
    if (milliseconds >= 0) {
      const auto rest =
          std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
      left = rest > 0 ? static_cast<int>(rest) : 0;
    }
  }
}

Result<void> setns(int fd, int type, std::string_view name) {
  if (::setns(fd, type) < 0) {
    return std::unexpected(Error::from_errno({"setns ", name}));
  }
  return {};
}

Result<void> unshare(int flags, std::string_view name) {
  if (::unshare(flags) < 0) {
    return std::unexpected(Error::from_errno({"unshare ", name}));
  }
  return {};
}

Result<void> close_range(unsigned first, unsigned last, bool only_set_cloexec) {
  const int flags = only_set_cloexec ? static_cast<int>(CLOSE_RANGE_CLOEXEC) : 0;
  if (::close_range(first, last, flags) < 0) {
    const int code = errno;
    return std::unexpected(
        Error::from_code(code, {"close_range ", std::to_string(first), " to ", std::to_string(last),
                                only_set_cloexec ? " (set close-on-exec)" : ""}));
  }
  return {};
}

Result<void> set_parent_death_signal(int signal) {
  return prctl_set(PR_SET_PDEATHSIG, "PR_SET_PDEATHSIG", static_cast<unsigned long>(signal));
}

Result<void> set_dumpable(bool dumpable) {
  return prctl_set(PR_SET_DUMPABLE, "PR_SET_DUMPABLE", dumpable ? 1 : 0);
}

Result<void> set_child_subreaper(bool on) {
  return prctl_set(PR_SET_CHILD_SUBREAPER, "PR_SET_CHILD_SUBREAPER", on ? 1 : 0);
}

Result<void> set_no_new_privileges() {
  return prctl_set(PR_SET_NO_NEW_PRIVS, "PR_SET_NO_NEW_PRIVS", 1);
}

void child_exit(int code) {
#ifdef MYRT_COVERAGE
  ::__gcov_dump();  // _exit(2) runs no exit handlers, and one of them writes the counters
#endif
  ::_exit(code);
}

}  // namespace myrt::sys
