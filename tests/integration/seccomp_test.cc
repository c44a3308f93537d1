// linux.seccomp: actions, conditions, unknown names, the listener (config-linux.md "Seccomp").

#include <sys/syscall.h>

#include <cerrno>
#include <filesystem>
#include <ostream>

#include "support/fixture.h"
#include "support/probe.h"
#include "support/unix_socket.h"

namespace myrt::test {
namespace {

// Enough for a runtime to finish its set-up under the filter and for a static program to run.
constexpr const char* kEverydayCalls = R"(
    "access", "arch_prctl", "brk", "capget", "capset", "chdir", "clock_gettime", "clone", "clone3",
    "close", "close_range", "dup2", "dup3", "epoll_ctl", "epoll_pwait", "execve", "execveat", "exit",
    "exit_group", "faccessat", "faccessat2", "fchown", "fcntl", "fstat", "fstatfs", "futex",
    "getcwd", "getdents64", "getegid", "geteuid", "getgid", "getpid", "getppid", "getrandom",
    "gettid", "getuid", "ioctl", "kill", "lseek", "lstat", "madvise", "mmap", "mprotect", "munmap",
    "nanosleep", "newfstatat", "openat", "openat2", "pipe2", "poll", "ppoll", "prctl", "pread64",
    "prlimit64", "read", "readlink", "readlinkat", "recvfrom", "recvmsg", "rseq", "rt_sigaction",
    "rt_sigprocmask", "rt_sigreturn", "sched_getaffinity", "sched_yield", "seccomp", "sendmsg",
    "sendto", "set_robust_list", "set_tid_address", "setfsgid", "setfsuid", "setgid", "setgroups",
    "setresgid", "setresuid", "setsid", "setuid", "sigaltstack", "stat", "statfs", "statx", "tgkill",
    "umask", "uname", "unlink", "unlinkat", "wait4", "waitid", "write", "writev")";

class SeccompTest : public RuntimeTest {
 protected:
  Bundle& filter(const std::string& rules, const std::string& default_action = "SCMP_ACT_ALLOW") {
    return bundle_.set("/linux/seccomp", R"({"defaultAction": ")" + default_action +
                                             R"(", "syscalls": )" + rules + "}");
  }

  // errno of the system call, made inside, as text.
  std::string errno_of(long number, const std::vector<std::string>& arguments = {}) {
    if (!contains(bundle_.config(), "\"/probe\"")) {
      add_probe(bundle_);
    }
    bundle_.args(probe_syscall(number, arguments));
    const Outcome outcome = Container(bundle_).run();
    EXPECT_TRUE(succeeded(outcome));
    return outcome.out;
  }
};

class Seccomp : public SeccompTest {};
class MyrtSeccomp : public SeccompTest {};

TEST_F(Seccomp, FiltersOnlyWhenAskedTo) {
  bundle_.args({"/bin/grep", "^Seccomp:", "/proc/self/status"});
  EXPECT_EQ(Container(bundle_).run().out, "Seccomp:\t0\n");
  filter(R"([{"names": ["syslog"], "action": "SCMP_ACT_ERRNO"}])");
  EXPECT_EQ(Container(bundle_).run().out, "Seccomp:\t2\n");
}

TEST_F(Seccomp, FiltersWithoutNoNewPrivilegesToo) {
  filter(R"([{"names": ["syslog"], "action": "SCMP_ACT_ERRNO"}])")
      .set("/process/noNewPrivileges", "false");
  bundle_.args({"/bin/grep", "-E", "^(Seccomp|NoNewPrivs):", "/proc/self/status"});
  EXPECT_EQ(Container(bundle_).run().out, "NoNewPrivs:\t0\nSeccomp:\t2\n");
}

TEST_F(Seccomp, RefusesWithEpermByDefault) {
  filter(R"([{"names": ["getpriority"], "action": "SCMP_ACT_ERRNO"}])");
  EXPECT_EQ(errno_of(SYS_getpriority), std::to_string(EPERM) + "\n");
  EXPECT_EQ(errno_of(SYS_getppid), "0\n");
}

TEST_F(Seccomp, RefusesWithTheErrnoOfTheRule) {
  filter(R"([{"names": ["getpriority"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}])");
  EXPECT_EQ(errno_of(SYS_getpriority), "28\n");
}

TEST_F(Seccomp, HasRulesForSeveralNames) {
  filter(R"([{"names": ["getpriority", "getsid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28},
             {"names": ["getpgid"], "action": "SCMP_ACT_ERRNO", "errnoRet": 29}])");
  EXPECT_EQ(errno_of(SYS_getpriority), "28\n");
  EXPECT_EQ(errno_of(SYS_getsid), "28\n");
  EXPECT_EQ(errno_of(SYS_getpgid), "29\n");
}

TEST_F(Seccomp, KillsTheProcess) {
  for (const char* action :
       {"SCMP_ACT_KILL", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_TRAP"}) {
    filter(std::string(R"([{"names": ["mkdir", "mkdirat"], "action": ")") + action + "\"}]");
    bundle_.shell("mkdir /new; echo $?");
    const Outcome outcome = Container(bundle_).run();
    EXPECT_EQ(outcome.out, "159\n") << action;  // 128 + SIGSYS
    EXPECT_FALSE(std::filesystem::exists(bundle_.rootfs() / "new")) << action;
  }
}

TEST_F(Seccomp, LetsThroughWhatItOnlyLogs) {
  filter(R"([{"names": ["getpriority"], "action": "SCMP_ACT_LOG"}])");
  EXPECT_EQ(errno_of(SYS_getpriority), "0\n");
}

TEST_F(Seccomp, SkipsUnknownSystemCalls) {
  filter(
      R"([{"names": ["no_such_call", "getpriority"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}])");
  EXPECT_EQ(errno_of(SYS_getpriority), "28\n");
}

TEST_F(Seccomp, WithoutRulesAllowsEverything) {
  filter("[]");
  EXPECT_EQ(errno_of(SYS_getpriority), "0\n");
}

// Several values for one argument are alternatives, as old profiles mean them.
TEST_F(Seccomp, ConditionsOnOneArgumentAreAlternatives) {
  filter(R"([{"names": ["getpriority"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28, "args": [
              {"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}, {"index": 0, "value": 2, "op": "SCMP_CMP_EQ"}]}])");
  EXPECT_EQ(errno_of(SYS_getpriority, {"0"}), "0\n");
  EXPECT_EQ(errno_of(SYS_getpriority, {"1"}), "28\n");
  EXPECT_EQ(errno_of(SYS_getpriority, {"2"}), "28\n");
}

TEST_F(Seccomp, ConditionsOnSeveralArgumentsMustAllHold) {
  filter(R"([{"names": ["getpriority"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28, "args": [
              {"index": 0, "value": 0, "op": "SCMP_CMP_EQ"}, {"index": 1, "value": 1, "op": "SCMP_CMP_EQ"}]}])");
  EXPECT_EQ(errno_of(SYS_getpriority, {"0", "0"}), "0\n");
  EXPECT_EQ(errno_of(SYS_getpriority, {"0", "1"}), "28\n");
}

// A libc newer than the profile tries a new call first, and the old one only after ENOSYS.
TEST_F(Seccomp, AnswersEnosysToCallsNewerThanTheProfile) {
  filter(std::string(R"([{"action": "SCMP_ACT_ALLOW", "names": [)") + kEverydayCalls + "]}]",
         "SCMP_ACT_ERRNO")
      .set("/linux/seccomp/architectures", R"(["SCMP_ARCH_X86_64"])");
  EXPECT_EQ(errno_of(SYS_getpriority), std::to_string(EPERM) + "\n");
  EXPECT_EQ(errno_of(100'000), std::to_string(ENOSYS) + "\n");
}

struct Condition {
  const char* name;
  const char* json;
  const char* matches;
  const char* other;

  friend std::ostream& operator<<(std::ostream& stream, const Condition& condition) {
    return stream << condition.name;
  }
};

class SeccompCondition : public SeccompTest, public ::testing::WithParamInterface<Condition> {};

TEST_P(SeccompCondition, ComparesTheArgument) {
  filter(
      std::string(
          R"([{"names": ["getpriority"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28, "args": [)") +
      GetParam().json + "]}]");
  EXPECT_EQ(errno_of(SYS_getpriority, {"0", GetParam().matches}), "28\n");
  EXPECT_NE(errno_of(SYS_getpriority, {"0", GetParam().other}), "28\n");
}

INSTANTIATE_TEST_SUITE_P(
    All, SeccompCondition,
    ::testing::Values(
        Condition{"NE", R"({"index": 1, "value": 5, "op": "SCMP_CMP_NE"})", "4", "5"},
        Condition{"LT", R"({"index": 1, "value": 5, "op": "SCMP_CMP_LT"})", "4", "5"},
        Condition{"LE", R"({"index": 1, "value": 5, "op": "SCMP_CMP_LE"})", "5", "6"},
        Condition{"EQ", R"({"index": 1, "value": 5, "op": "SCMP_CMP_EQ"})", "5", "4"},
        Condition{"GE", R"({"index": 1, "value": 5, "op": "SCMP_CMP_GE"})", "5", "4"},
        Condition{"GT", R"({"index": 1, "value": 5, "op": "SCMP_CMP_GT"})", "6", "5"},
        Condition{"MASKED_EQ",
                  R"({"index": 1, "value": 12, "valueTwo": 4, "op": "SCMP_CMP_MASKED_EQ"})", "0x17",
                  "0x1b"},
        Condition{"64_bits", R"({"index": 1, "value": 4294967301, "op": "SCMP_CMP_EQ"})",
                  "0x100000005", "5"}),
    [](const auto& condition) { return std::string(condition.param.name); });

struct BadProfile {
  const char* name;
  const char* json;

  friend std::ostream& operator<<(std::ostream& stream, const BadProfile& profile) {
    return stream << profile.name;
  }
};

class BadSeccomp : public SeccompTest, public ::testing::WithParamInterface<BadProfile> {};

TEST_P(BadSeccomp, IsRefused) {
  bundle_.set("/linux/seccomp", GetParam().json);
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

INSTANTIATE_TEST_SUITE_P(
    All, BadSeccomp,
    ::testing::Values(
        BadProfile{"default_action_unknown", R"({"defaultAction": "SCMP_ACT_SMILE"})"},
        BadProfile{"default_action_missing",
                   R"({"syscalls": [{"names": ["getpid"], "action": "SCMP_ACT_ERRNO"}]})"},
        BadProfile{"action_unknown", R"({"defaultAction": "SCMP_ACT_ALLOW",
                   "syscalls": [{"names": ["getpid"], "action": "SCMP_ACT_SMILE"}]})"},
        BadProfile{"operator_unknown",
                   R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["getsid"],
                   "action": "SCMP_ACT_ERRNO", "args": [{"index": 0, "value": 1, "op": "SCMP_CMP_NEAR"}]}]})"},
        BadProfile{"index_too_large",
                   R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [{"names": ["getsid"],
                   "action": "SCMP_ACT_ERRNO", "args": [{"index": 6, "value": 1, "op": "SCMP_CMP_EQ"}]}]})"},
        BadProfile{"architecture_unknown",
                   R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_ABACUS"]})"},
        BadProfile{"flag_unknown",
                   R"({"defaultAction": "SCMP_ACT_ALLOW", "flags": ["SECCOMP_FILTER_FLAG_WAVE"],
                   "syscalls": [{"names": ["getsid"], "action": "SCMP_ACT_ERRNO"}]})"},
        BadProfile{"errno_for_an_action_without",
                   R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
                   {"names": ["getsid"], "action": "SCMP_ACT_KILL", "errnoRet": 5}]})"},
        BadProfile{"no_names", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
                   {"names": [], "action": "SCMP_ACT_ERRNO"}]})"},
        BadProfile{"listener_missing", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
                   {"names": ["getsid"], "action": "SCMP_ACT_NOTIFY"}]})"},
        BadProfile{"listener_not_there",
                   R"({"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "/no/such/socket",
                   "syscalls": [{"names": ["getsid"], "action": "SCMP_ACT_NOTIFY"}]})"},
        BadProfile{"notify_by_default",
                   R"({"defaultAction": "SCMP_ACT_NOTIFY", "listenerPath": "/no/such/socket"})"},
        BadProfile{"metadata_without_listener",
                   R"({"defaultAction": "SCMP_ACT_ALLOW", "listenerMetadata": "x",
                   "syscalls": [{"names": ["getsid"], "action": "SCMP_ACT_ERRNO"}]})"}),
    [](const auto& bad) { return std::string(bad.param.name); });

TEST_F(Seccomp, HandsItsListenerToTheAgent) {
  const std::filesystem::path path = workspace() / "agent";
  const UnixListener agent(path);
  filter(R"([{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}])")
      .set("/linux/seccomp/listenerPath", json_quote(path))
      .set("/linux/seccomp/listenerMetadata", R"("for the agent")")
      .args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));

  const std::optional<SocketMessage> message = agent.receive();
  ASSERT_TRUE(message.has_value());
  ASSERT_EQ(message->fds.size(), 1U);
  EXPECT_EQ(std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(message->fds[0].get())),
            "anon_inode:seccomp notify");
  EXPECT_EQ(json_string(message->data, "/fds/0"), "seccompFd");
  EXPECT_EQ(json_integer(message->data, "/pid"), container.pid());
  EXPECT_EQ(json_string(message->data, "/metadata"), "for the agent");
  EXPECT_EQ(json_string(message->data, "/state/id"), container.id());
  EXPECT_EQ(json_string(message->data, "/state/status"), "creating");
  EXPECT_TRUE(message->closed_after);
}

TEST_F(Seccomp, NeedsNoAgentWithoutNotifications) {
  filter(R"([{"names": ["syslog"], "action": "SCMP_ACT_ERRNO"}])")
      .set("/linux/seccomp/listenerPath", R"("/no/such/socket")")
      .set("/linux/seccomp/listenerMetadata", R"("for nobody")")
      .shell("echo ran");
  EXPECT_EQ(Container(bundle_).run().out, "ran\n");
}

// Particular to myrt: others find out when the container's hooks have run.
TEST_F(MyrtSeccomp, MissesAnAgentBeforeAnythingIsDone) {
  const std::filesystem::path ran = workspace() / "ran";
  filter(R"([{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}])")
      .set("/linux/seccomp/listenerPath", R"("/no/such/socket")")
      .set("/hooks/createRuntime",
           R"([{"path": "/bin/touch", "args": ["touch", )" + json_quote(ran) + "]}]");

  expect_message(Container(bundle_, "c1").create(),
                 "create c1: seccomp.listenerPath: connect to /no/such/socket: No such file or "
                 "directory");
  EXPECT_FALSE(std::filesystem::exists(ran));
}

// With it a process that may trace the container's would answer its own notifications.
TEST_F(Seccomp, KeepsItsListenerOutOfTheContainer) {
  const std::filesystem::path path = workspace() / "agent";
  const UnixListener agent(path);
  filter(R"([{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}])")
      .set("/linux/seccomp/listenerPath", json_quote(path))
      .args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));

  const std::string directory = "/proc/" + std::to_string(container.pid()) + "/fd";
  int descriptors = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory)) {
    EXPECT_FALSE(contains(std::filesystem::read_symlink(entry.path()), "seccomp")) << entry;
    ++descriptors;
  }
  EXPECT_GE(descriptors, 3);
}

}  // namespace
}  // namespace myrt::test
