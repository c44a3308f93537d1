// How system calls end: with arguments that do no harm, so that what differs is the work of a
// filter or of capabilities.
#include <linux/keyctl.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <string>

#include "differential/probe/report.h"

namespace myrt::test {
namespace {

struct Call {
  const char* name;
  long number;
  std::array<long, 4> arguments;
};

constexpr long kX32 = 0x40000000;  // __X32_SYSCALL_BIT
constexpr long kUnknown = 4000;
constexpr long kCompat = -1;  // getpgid as a program of 32 bits calls it

// A pointer of 0 is where the kernel wants one: EFAULT says that the call was let through.
constexpr auto kCalls = std::to_array<Call>({
    {"bpf", SYS_bpf, {-1}},
    {"chmod", SYS_chmod, {}},
    {"chown", SYS_chown, {}},
    {"clone3", SYS_clone3, {}},
    {"getcwd", SYS_getcwd, {}},
    {"getpgid", SYS_getpgid, {}},
    {"io_uring_setup", SYS_io_uring_setup, {}},
    {"kcmp", SYS_kcmp, {1, 1, -1}},
    {"keyctl", SYS_keyctl, {KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0}},
    {"mkdir", SYS_mkdir, {}},
    {"mount", SYS_mount, {}},
    {"personality", SYS_personality, {0xffffffff}},
    {"personality_linux32", SYS_personality, {8}},
    {"personality_other", SYS_personality, {4}},
    {"ptrace", SYS_ptrace, {PTRACE_TRACEME}},
    {"reboot", SYS_reboot, {}},
    {"sched_setscheduler", SYS_sched_setscheduler, {0, -1}},
    {"sethostname", SYS_sethostname, {0, -1}},
    {"setns", SYS_setns, {-1}},
    {"socket_inet", SYS_socket, {AF_INET, SOCK_STREAM}},
    {"socket_netlink", SYS_socket, {AF_NETLINK, SOCK_RAW}},
    {"socket_raw", SYS_socket, {AF_INET, SOCK_RAW, 1}},
    {"socket_unix", SYS_socket, {AF_UNIX, SOCK_STREAM}},
    {"socket_vsock", SYS_socket, {AF_VSOCK, SOCK_STREAM}},
    {"swapoff", SYS_swapoff, {}},
    {"syslog", SYS_syslog, {10}},
    {"unknown", kUnknown, {}},
    {"unshare", SYS_unshare, {}},
    {"x32", SYS_getpgid | kX32, {}},
    {"compat", kCompat, {}},
});

#ifdef __x86_64__
long compat_call() {
  long result = 132;  // getpgid
  __asm__ volatile("int $0x80" : "+a"(result) : "b"(0L) : "memory", "r8", "r9", "r10", "r11");
  errno = result < 0 ? static_cast<int>(-result) : 0;
  return result < 0 ? -1 : result;
}
#else
long compat_call() { return 0; }
#endif

int errno_of(const Call& call) {
  errno = 0;
  const auto& [first, second, third, fourth] = call.arguments;
  const long result =
      call.number == kCompat ? compat_call() : ::syscall(call.number, first, second, third, fourth);
  return result < 0 ? errno : 0;
}

std::string ending_of(const Call& call) {
  const pid_t child = ::fork();
  if (child < 0) {
    return "fork: " + outcome(child);
  }
  if (child == 0) {
    ::_exit(errno_of(call));
  }
  int status = 0;
  if (const pid_t waited = ::waitpid(child, &status, 0); waited < 0) {
    return "waitpid: " + outcome(waited);
  }
  if (WIFSIGNALED(status)) {
    return std::string("SIG") + ::sigabbrev_np(WTERMSIG(status));
  }
  errno = WEXITSTATUS(status);
  return outcome(errno == 0 ? 0 : -1);
}

}  // namespace

void report_system_calls() {
  Section section("calls");
  for (const Call& call : kCalls) {
    section.add(call.name, ending_of(call));
  }
}

}  // namespace myrt::test
