// Profiles for tests.
#pragma once

#include <linux/seccomp.h>
#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <myrt/spec_seccomp.h>

#include "base/text.h"
#include "seccomp/support.h"

namespace myrt::seccomp::test {

/// A kernel that has everything.
inline KernelSupport all_support() {
  return {.kill_process = true,
          .log = true,
          .notify = true,
          .flags = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG |
                   SECCOMP_FILTER_FLAG_SPEC_ALLOW | SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV};
}

/// One entry of `syscalls`.
inline SeccompRule rule(std::vector<std::string> names,
                        SeccompAction action = SeccompAction::kAllow,
                        std::vector<SeccompArgument> args = {}) {
  return {.names = std::move(names), .action = action, .errno_ret = {}, .args = std::move(args)};
}

/// The words of a text with single spaces.
inline std::vector<std::string> words(std::string_view text) {
  const std::vector<std::string_view> parts = base::split(text, ' ');
  return {parts.begin(), parts.end()};
}

/// What is listed is allowed, the rest is EPERM.
inline Seccomp allow_list(std::vector<SeccompRule> rules) {
  Seccomp seccomp;
  seccomp.default_action = SeccompAction::kErrno;
  seccomp.syscalls = std::move(rules);
  return seccomp;
}

/// In the manner of the profile that engines send by default: an allow list for several
/// architectures, with conditions on clone, personality and socket, errno values of its own, and
/// names that not every libseccomp knows.
inline Seccomp engine_profile() {
  constexpr std::uint64_t kNewNamespaces = 0x7e020000;  // CLONE_NEW*
  constexpr auto kEqual = SeccompOperator::kEqual;
  Seccomp seccomp = allow_list({
      rule(words("_llseek _newselect accept accept4 access alarm bind brk capget capset chdir "
                 "chmod chown chown32 clock_gettime clock_gettime64 clock_nanosleep close "
                 "close_range connect dup dup2 dup3 epoll_create1 epoll_ctl epoll_pwait eventfd2 "
                 "execve execveat exit exit_group faccessat faccessat2 fchmod fchown fcntl "
                 "fcntl64 fork fstat fstat64 fstatfs fsync ftruncate futex futex_time64 getcwd "
                 "getdents getdents64 getegid geteuid getgid getpid getppid getrandom "
                 "getsockname getsockopt gettid getuid ioctl kill listen lseek lstat madvise "
                 "mkdir mkdirat mmap mmap2 mprotect mremap munmap nanosleep newfstatat open "
                 "openat openat2 pidfd_open pipe pipe2 poll ppoll prctl pread64 prlimit64 "
                 "pwrite64 read readlink readv recvfrom recvmsg rename renameat2 rt_sigaction "
                 "rt_sigprocmask rt_sigreturn rt_sigsuspend select sendfile sendmsg sendto "
                 "setgid setgroups setsid setuid sigreturn socketcall stat statx symlink sysinfo "
                 "tgkill time umask uname unlink utimensat vfork wait4 waitid write writev "
                 "a_call_of_the_future cacheflush")),
      rule({"personality"}, SeccompAction::kAllow,
           {{.index = 0, .value = 0, .value_two = 0, .op = kEqual}}),
      rule({"personality"}, SeccompAction::kAllow,
           {{.index = 0, .value = 8, .value_two = 0, .op = kEqual}}),
      rule({"clone"}, SeccompAction::kAllow,
           {{.index = 0,
             .value = kNewNamespaces,
             .value_two = 0,
             .op = SeccompOperator::kMaskedEqual}}),
      rule({"socket"}, SeccompAction::kAllow,
           {{.index = 0, .value = AF_VSOCK, .value_two = 0, .op = SeccompOperator::kNotEqual}}),
      rule({"clone3"}, SeccompAction::kErrno),
      rule({"bdflush", "io_pgetevents", "kexec_load", "mount", "umount2", "unshare"},
           SeccompAction::kErrno),
  });
  seccomp.syscalls[5].errno_ret = ENOSYS;
  seccomp.default_errno_ret = EPERM;
  seccomp.architectures = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"};
  return seccomp;
}

}  // namespace myrt::seccomp::test
