#include "seccomp/compile.h"

#include <sys/socket.h>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/call.h"
#include "support/profiles.h"

namespace myrt::seccomp {
namespace {

using test::all_support;
using test::allow_list;
using test::answer;
using test::answer_to;
using test::errno_value;
using test::kAllow;
using test::rule;
using testing::ElementsAre;

constexpr std::uint64_t kHigh = 0x500000000;  // a value that its low 32 bits do not tell

Filter compiled(const Seccomp& seccomp) {
  Result<Filter> filter = compile(seccomp, all_support());
  EXPECT_TRUE(filter.has_value()) << filter.error().text();
  return std::move(filter).value_or(Filter());
}

std::string failure(const Seccomp& seccomp, const KernelSupport& kernel = all_support()) {
  const Result<Filter> filter = compile(seccomp, kernel);
  return filter.has_value() ? "" : filter.error().text();
}

SeccompArgument argument(std::uint32_t index, SeccompOperator op, std::uint64_t value,
                         std::uint64_t value_two = 0) {
  return {.index = index, .value = value, .value_two = value_two, .op = op};
}

TEST(Compile, GivesTheDefaultActionToWhatIsNotListed) {
  const Filter filter =
      compiled(allow_list({rule({"read", "write"}), rule({"userfaultfd"}, SeccompAction::kTrap)}));

  EXPECT_EQ(answer(filter, "read"), kAllow);
  EXPECT_EQ(answer(filter, "write"), kAllow);
  EXPECT_EQ(answer(filter, "userfaultfd"), SECCOMP_RET_TRAP);
  EXPECT_EQ(answer(filter, "close"), errno_value(EPERM));
}

TEST(Compile, KnowsEveryAction) {
  Seccomp seccomp;
  seccomp.listener_path = "/run/agent";
  seccomp.syscalls = {
      rule({"getpid"}, SeccompAction::kKillProcess), rule({"getppid"}, SeccompAction::kKillThread),
      rule({"gettid"}, SeccompAction::kTrap),        rule({"getuid"}, SeccompAction::kErrno),
      rule({"getgid"}, SeccompAction::kTrace),       rule({"geteuid"}, SeccompAction::kLog),
      rule({"getegid"}, SeccompAction::kNotify)};
  const Filter filter = compiled(seccomp);

  EXPECT_EQ(answer(filter, "getpid"), SECCOMP_RET_KILL_PROCESS);
  EXPECT_EQ(answer(filter, "getppid"), SECCOMP_RET_KILL_THREAD);
  EXPECT_EQ(answer(filter, "gettid"), SECCOMP_RET_TRAP);
  EXPECT_EQ(answer(filter, "getuid"), errno_value(EPERM));
  EXPECT_EQ(answer(filter, "getgid"), SECCOMP_RET_TRACE | EPERM);
  EXPECT_EQ(answer(filter, "geteuid"), SECCOMP_RET_LOG);
  EXPECT_EQ(answer(filter, "getegid"), SECCOMP_RET_USER_NOTIF);
  EXPECT_EQ(answer(filter, "read"), kAllow);
}

TEST(Compile, UsesTheErrnoValueThatIsGiven) {
  Seccomp seccomp =
      allow_list({rule({"mount"}, SeccompAction::kErrno), rule({"ptrace"}, SeccompAction::kTrace)});
  seccomp.default_errno_ret = EACCES;
  seccomp.syscalls[0].errno_ret = ENODEV;
  seccomp.syscalls[1].errno_ret = 77;
  const Filter filter = compiled(seccomp);

  EXPECT_EQ(answer(filter, "mount"), errno_value(ENODEV));
  EXPECT_EQ(answer(filter, "ptrace"), SECCOMP_RET_TRACE | 77);
  EXPECT_EQ(answer(filter, "read"), errno_value(EACCES));
}

TEST(Compile, SkipsCallsThatLibseccompDoesNotKnow) {
  const Filter filter =
      compiled(allow_list({rule({"read", "no_such_call", "write"}), rule({"neither"})}));

  EXPECT_THAT(filter.skipped, ElementsAre("no_such_call", "neither"));
  EXPECT_EQ(answer(filter, "write"), kAllow);
}

TEST(Compile, SkipsARuleThatSaysWhatTheDefaultSays) {
  Seccomp seccomp = allow_list({rule({"mount"}, SeccompAction::kErrno), rule({"read"})});
  seccomp.syscalls[0].errno_ret = EPERM;
  const Filter filter = compiled(seccomp);

  EXPECT_EQ(answer(filter, "mount"), errno_value(EPERM));
  EXPECT_EQ(answer(filter, "read"), kAllow);
}

TEST(Compile, KeepsARuleThatDiffersFromTheDefaultByItsErrnoValueAlone) {
  Seccomp seccomp = allow_list({rule({"mount"}, SeccompAction::kErrno)});
  seccomp.syscalls[0].errno_ret = ENOSYS;
  EXPECT_EQ(answer(compiled(seccomp), "mount"), errno_value(ENOSYS));
}

TEST(Compile, AcceptsAnAllowingProfileWithoutRules) {
  const Filter filter = compiled(Seccomp());
  EXPECT_EQ(answer(filter, "read"), kAllow);
  EXPECT_EQ(answer_to(filter, ::seccomp_arch_native(), 9999), kAllow);
}

TEST(Compile, AcceptsTheSameRuleTwice) {
  const Filter filter = compiled(allow_list({rule({"read", "read"}), rule({"read"})}));
  EXPECT_EQ(answer(filter, "read"), kAllow);
}

TEST(Compile, RefusesARuleThatContradictsAnEarlierOne) {
  const SeccompArgument five = argument(0, SeccompOperator::kEqual, 5);
  EXPECT_EQ(failure(allow_list({rule({"socket"}, SeccompAction::kAllow, {five}),
                                rule({"socket"}, SeccompAction::kTrap, {five})})),
            "/linux/seccomp/syscalls/1: add a rule for socket: File exists");
}

struct Comparison {
  SeccompOperator op;
  std::vector<std::uint64_t> holds;
  std::vector<std::uint64_t> fails;
};

TEST(CompileConditions, CompareWholeValues) {
  const std::vector<Comparison> comparisons = {
      {SeccompOperator::kNotEqual, {0, 5, kHigh, kHigh + 6}, {kHigh + 5}},
      {SeccompOperator::kEqual, {kHigh + 5}, {0, 5, kHigh, UINT64_MAX}},
      {SeccompOperator::kLess, {0, 5, kHigh + 4}, {kHigh + 5, kHigh + 6, UINT64_MAX}},
      {SeccompOperator::kLessOrEqual, {0, kHigh + 4, kHigh + 5}, {kHigh + 6, UINT64_MAX}},
      {SeccompOperator::kGreater, {kHigh + 6, UINT64_MAX}, {0, 6, kHigh + 5}},
      {SeccompOperator::kGreaterOrEqual, {kHigh + 5, kHigh + 6, UINT64_MAX}, {0, 6, kHigh + 4}},
  };
  for (const auto& [op, holds, fails] : comparisons) {
    const Filter filter = compiled(
        allow_list({rule({"lseek"}, SeccompAction::kAllow, {argument(1, op, kHigh + 5)})}));
    for (const std::uint64_t value : holds) {
      EXPECT_EQ(answer(filter, "lseek", {0, value}), kAllow)
          << static_cast<int>(op) << ' ' << value;
    }
    for (const std::uint64_t value : fails) {
      EXPECT_EQ(answer(filter, "lseek", {0, value}), errno_value(EPERM))
          << static_cast<int>(op) << ' ' << value;
    }
  }
}

TEST(CompileConditions, MaskBeforeTheyCompare) {
  // The first value is the mask, the second what remains (config-linux.md, SCMP_CMP_MASKED_EQ).
  const Filter filter = compiled(
      allow_list({rule({"clone"}, SeccompAction::kAllow,
                       {argument(0, SeccompOperator::kMaskedEqual, 0x7e020000, 0x20000)})}));

  EXPECT_EQ(answer(filter, "clone", {0x20011}), kAllow);
  EXPECT_EQ(answer(filter, "clone", {0x11}), errno_value(EPERM));
  EXPECT_EQ(answer(filter, "clone", {0x10020011}), errno_value(EPERM));
}

TEST(CompileConditions, OnDistinctArgumentsMustAllHold) {
  const Filter filter =
      compiled(allow_list({rule({"socket"}, SeccompAction::kAllow,
                                {argument(0, SeccompOperator::kEqual, AF_INET),
                                 argument(1, SeccompOperator::kEqual, SOCK_STREAM)})}));

  EXPECT_EQ(answer(filter, "socket", {AF_INET, SOCK_STREAM}), kAllow);
  EXPECT_EQ(answer(filter, "socket", {AF_INET, SOCK_RAW}), errno_value(EPERM));
  EXPECT_EQ(answer(filter, "socket", {AF_UNIX, SOCK_STREAM}), errno_value(EPERM));
}

TEST(CompileConditions, OnARepeatedArgumentAreAlternatives) {
  const Filter filter = compiled(allow_list(
      {rule({"personality"}, SeccompAction::kAllow,
            {argument(0, SeccompOperator::kEqual, 0), argument(0, SeccompOperator::kEqual, 8),
             argument(1, SeccompOperator::kEqual, 3)})}));

  EXPECT_EQ(answer(filter, "personality", {0, 9}), kAllow);
  EXPECT_EQ(answer(filter, "personality", {8, 9}), kAllow);
  EXPECT_EQ(answer(filter, "personality", {7, 3}), kAllow);
  EXPECT_EQ(answer(filter, "personality", {7, 9}), errno_value(EPERM));
}

TEST(CompileArchitectures, AlwaysHaveTheNativeOne) {
  Seccomp seccomp = allow_list({rule({"read"})});
  EXPECT_EQ(answer(compiled(seccomp), "read"), kAllow);

  if (::seccomp_arch_native() != SCMP_ARCH_X86_64) {
    GTEST_SKIP() << "needs x86-64";
  }
  seccomp.architectures = {"SCMP_ARCH_X86"};
  EXPECT_EQ(answer(compiled(seccomp), "read"), kAllow);
}

TEST(CompileArchitectures, AreKilledWhenNotListed) {
  const Filter filter = compiled(allow_list({rule({"read"})}));
  EXPECT_EQ(answer_to(filter, 12345, 0), SECCOMP_RET_KILL_THREAD);
}

TEST(CompileArchitectures, HaveTheirOwnNumbers) {
  if (::seccomp_arch_native() != SCMP_ARCH_X86_64) {
    GTEST_SKIP() << "needs x86-64";
  }
  Seccomp seccomp = allow_list({rule({"read", "statx"})});
  seccomp.architectures = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32", "SCMP_ARCH_X86"};
  const Filter filter = compiled(seccomp);

  // Numbers of read, close and statx: arch/x86/entry/syscalls/syscall_{64,32}.tbl.
  EXPECT_EQ(answer_to(filter, AUDIT_ARCH_X86_64, 0), kAllow);
  EXPECT_EQ(answer_to(filter, AUDIT_ARCH_X86_64, 3), errno_value(EPERM));
  EXPECT_EQ(answer_to(filter, AUDIT_ARCH_I386, 3), kAllow);
  EXPECT_EQ(answer_to(filter, AUDIT_ARCH_I386, 6), errno_value(EPERM));
  EXPECT_EQ(answer_to(filter, AUDIT_ARCH_I386, 383), kAllow);
  EXPECT_EQ(answer_to(filter, AUDIT_ARCH_X86_64, 0x40000000), kAllow);
  EXPECT_EQ(answer_to(filter, AUDIT_ARCH_X86_64, 0x40000003), errno_value(EPERM));
}

TEST(CompileArchitectures, MustBeKnown) {
  Seccomp seccomp;
  seccomp.architectures = {"SCMP_ARCH_X86_64", "SCMP_ARCH_VAX"};
  EXPECT_EQ(failure(seccomp),
            "/linux/seccomp/architectures/1: SCMP_ARCH_VAX: unknown to libseccomp");
  seccomp.architectures = {"x86"};
  EXPECT_EQ(failure(seccomp), "/linux/seccomp/architectures/0: x86: unknown to libseccomp");
}

TEST(CompileArchitectures, MustHaveTheByteOrderOfTheMachine) {
  Seccomp seccomp;
  seccomp.architectures = {"SCMP_ARCH_S390X"};
  EXPECT_EQ(failure(seccomp),
            "/linux/seccomp/architectures/0: SCMP_ARCH_S390X: its byte order is not that of this "
            "machine");
}

TEST(CompileEnosys, AnswersCallsThatAreNewerThanAnErrnoProfile) {
  if (::seccomp_arch_native() != SCMP_ARCH_X86_64) {
    GTEST_SKIP() << "needs x86-64";
  }
  // openat2 has number 437 on both, statx 332 and 383.
  Seccomp seccomp = allow_list({rule({"statx"}), rule({"openat2"}, SeccompAction::kErrno)});
  seccomp.architectures = {"SCMP_ARCH_X86"};
  const Filter filter = compiled(seccomp);

  EXPECT_EQ(answer_to(filter, AUDIT_ARCH_X86_64, 332), kAllow);
  EXPECT_EQ(answer_to(filter, AUDIT_ARCH_X86_64, 436), errno_value(EPERM));
  EXPECT_EQ(answer_to(filter, AUDIT_ARCH_X86_64, 437), errno_value(EPERM));
  EXPECT_EQ(answer_to(filter, AUDIT_ARCH_X86_64, 438), errno_value(ENOSYS));
  EXPECT_EQ(answer_to(filter, AUDIT_ARCH_I386, 437), errno_value(EPERM));
  EXPECT_EQ(answer_to(filter, AUDIT_ARCH_I386, 438), errno_value(ENOSYS));
}

TEST(CompileEnosys, IsForErrnoProfilesAlone) {
  Seccomp seccomp = allow_list({rule({"read"})});
  seccomp.default_action = SeccompAction::kKillProcess;
  EXPECT_EQ(answer_to(compiled(seccomp), ::seccomp_arch_native(), 9999), SECCOMP_RET_KILL_PROCESS);
  seccomp.default_action = SeccompAction::kLog;
  EXPECT_EQ(answer_to(compiled(seccomp), ::seccomp_arch_native(), 9999), SECCOMP_RET_LOG);
}

TEST(CompileEnosys, NeedsAKnownCall) {
  EXPECT_EQ(answer_to(compiled(allow_list({})), ::seccomp_arch_native(), 9999), errno_value(EPERM));
}

TEST(Compile, RefusesAFilterThatIsTooLongForTheKernel) {
  std::vector<SeccompRule> rules;
  for (std::uint64_t i = 0; i < 1500; ++i) {
    rules.push_back(rule({"ioctl"}, SeccompAction::kAllow,
                         {argument(1, SeccompOperator::kEqual, i << 32U | i)}));
  }
  EXPECT_THAT(failure(allow_list(rules)),
              testing::MatchesRegex(
                  "/linux/seccomp: the filter has [0-9]+ instructions, the kernel takes 4096"));
}

TEST(Compile, NamesWhatTheKernelLacks) {
  Seccomp seccomp;
  seccomp.default_action = SeccompAction::kKillProcess;
  EXPECT_EQ(failure(seccomp, KernelSupport()),
            "/linux/seccomp/defaultAction: this kernel has no SCMP_ACT_KILL_PROCESS");

  Seccomp with_log;
  with_log.syscalls = {rule({"read"}, SeccompAction::kTrap), rule({"write"}, SeccompAction::kLog)};
  EXPECT_EQ(failure(with_log, KernelSupport()),
            "/linux/seccomp/syscalls/1: this kernel has no SCMP_ACT_LOG");

  Seccomp with_notify;
  with_notify.listener_path = "/run/agent";
  with_notify.syscalls = {rule({"mount"}, SeccompAction::kNotify)};
  EXPECT_EQ(failure(with_notify, KernelSupport()),
            "/linux/seccomp/syscalls/0: this kernel has no SCMP_ACT_NOTIFY");
}

TEST(Compile, CarriesWhatTheListenerNeeds) {
  Seccomp seccomp;
  seccomp.listener_path = "/run/agent";
  seccomp.listener_metadata = "for the agent";
  seccomp.syscalls = {rule({"mount"}, SeccompAction::kNotify)};
  const Filter filter = compiled(seccomp);

  EXPECT_TRUE(filter.notify);
  EXPECT_EQ(filter.flags, SECCOMP_FILTER_FLAG_SPEC_ALLOW | SECCOMP_FILTER_FLAG_NEW_LISTENER);
  EXPECT_EQ(filter.listener_path, "/run/agent");
  EXPECT_EQ(filter.listener_metadata, "for the agent");
}

}  // namespace
}  // namespace myrt::seccomp
