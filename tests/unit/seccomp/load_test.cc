#include "seccomp/load.h"

#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <functional>

#include <gtest/gtest.h>

#include "seccomp/compile.h"
#include "support/profiles.h"

namespace myrt::seccomp {
namespace {

constexpr int kSuccess = 42;

/// The wait(2) status of a child that may load filters and exits with what `child` returns.
int status_in_child(const std::function<int()>& child) {
  const pid_t pid = ::fork();
  if (pid == 0) {
    const bool ready = ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0;
    // Not _exit(2): before it the address sanitizer makes calls that a filter forbids.
    ::syscall(SYS_exit_group, ready ? child() : 1);
  }
  int status = -1;
  EXPECT_EQ(::waitpid(pid, &status, 0), pid);
  return status;
}

int exit_code_in_child(const std::function<int()>& child) {
  const int status = status_in_child(child);
  EXPECT_TRUE(WIFEXITED(status)) << status;
  return WEXITSTATUS(status);
}

Filter filter_for(SeccompAction action, const std::string& call) {
  Seccomp seccomp;
  seccomp.listener_path = "/run/agent";
  seccomp.syscalls = {test::rule({call}, action)};
  return compile(seccomp, kernel_support(seccomp).value()).value();
}

TEST(Load, PutsTheFilterInForce) {
  Seccomp seccomp;
  seccomp.syscalls = {test::rule({"getppid"}, SeccompAction::kErrno)};
  seccomp.syscalls[0].errno_ret = EXDEV;
  const Filter filter = compile(seccomp, kernel_support(seccomp).value()).value();

  EXPECT_EQ(exit_code_in_child([&filter] {
              if (!load(filter).has_value()) {
                return 1;
              }
              return ::syscall(SYS_getppid) == -1 && errno == EXDEV ? kSuccess : 2;
            }),
            kSuccess);
}

TEST(Load, KillsTheProcessWhereTheProfileSaysSo) {
  const Filter filter = filter_for(SeccompAction::kKillProcess, "getppid");

  const int status = status_in_child([&filter] {
    const Result<void> loaded = load(filter);
    ::syscall(SYS_getppid);
    return loaded.has_value() ? 2 : 1;
  });
  ASSERT_TRUE(WIFSIGNALED(status)) << status;
  EXPECT_EQ(WTERMSIG(status), SIGSYS);
}

TEST(Load, TakesTheFilterOfAnEngineProfile) {
  const Seccomp seccomp = test::engine_profile();
  const Filter filter = compile(seccomp, kernel_support(seccomp).value()).value();

  EXPECT_EQ(exit_code_in_child([&filter] {
              if (!load(filter).has_value()) {
                return 1;
              }
              // Unlisted; newer than the profile.
              const bool refused = ::syscall(SYS_acct, nullptr) == -1 && errno == EPERM;
              const bool unknown = ::syscall(900) == -1 && errno == ENOSYS;
              return refused && unknown ? kSuccess : 2;
            }),
            kSuccess);
}

TEST(Load, MakesNoOtherSystemCallUnderTheFilter) {
  // Allows exit_group and kills on everything else.
  Seccomp seccomp;
  seccomp.default_action = SeccompAction::kKillProcess;
  seccomp.syscalls = {test::rule({"exit_group"})};
  const Filter filter = compile(seccomp, kernel_support(seccomp).value()).value();

  const int status = status_in_child([&filter] {
    const Result<void> loaded = load(filter);
    ::syscall(SYS_exit_group, loaded.has_value() ? kSuccess : 1);
    return 2;
  });
  ASSERT_TRUE(WIFEXITED(status)) << status;
  EXPECT_EQ(WEXITSTATUS(status), kSuccess);
}

TEST(Load, ReportsWhatTheKernelRefuses) {
  Filter filter;
  EXPECT_EQ(exit_code_in_child([&filter] { return load(filter).error().code(); }), EINVAL)
      << "empty";
  filter.program.assign(BPF_MAXINSNS + 1, {BPF_RET | BPF_K, 0, 0, SECCOMP_RET_ALLOW});
  EXPECT_EQ(exit_code_in_child([&filter] { return load(filter).error().code(); }), EINVAL)
      << "too long";
}

TEST(LoadWithListener, SaysTheNumberOfTheListener) {
  const Filter filter = filter_for(SeccompAction::kNotify, "getppid");
  ASSERT_TRUE(filter.notify);

  EXPECT_EQ(exit_code_in_child([&filter] {
              const Result<int> listener = load_with_listener(filter);
              if (!listener.has_value()) {
                return 1;
              }
              return ::fcntl(*listener, F_GETFD) == FD_CLOEXEC ? kSuccess : 2;
            }),
            kSuccess);
}

TEST(LoadWithListener, WorksTogetherWithThreadSync) {
  Seccomp seccomp;
  seccomp.flags = {"SECCOMP_FILTER_FLAG_TSYNC"};
  seccomp.listener_path = "/run/agent";
  seccomp.syscalls = {test::rule({"getppid"}, SeccompAction::kNotify)};
  const Filter filter = compile(seccomp, kernel_support(seccomp).value()).value();

  EXPECT_EQ(exit_code_in_child(
                [&filter] { return load_with_listener(filter).has_value() ? kSuccess : 1; }),
            kSuccess);
}

}  // namespace
}  // namespace myrt::seccomp
