// compile() on a profile as engines send them: every number of every architecture.
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "seccomp/compile.h"
#include "support/call.h"
#include "support/profiles.h"

namespace myrt::seccomp {
namespace {

using test::answer;
using test::answer_to;
using test::errno_value;
using test::kAllow;

/// What engine_profile() says in words about a call with arguments of zeros, with which its
/// conditions hold.
std::uint32_t expected_answer(const Seccomp& profile, const std::string& name) {
  if (name == "clone3") {
    return errno_value(ENOSYS);
  }
  for (const SeccompRule& rule : profile.syscalls) {
    if (rule.action == SeccompAction::kAllow &&
        std::ranges::find(rule.names, name) != rule.names.end()) {
      return kAllow;
    }
  }
  return errno_value(EPERM);
}

std::string call_name(std::uint32_t architecture, std::uint32_t number) {
  char* text = ::seccomp_syscall_resolve_num_arch(architecture, static_cast<int>(number));
  const std::string name = text != nullptr ? text : "";
  std::free(text);
  return name;
}

TEST(CompileEngineProfile, DecidesEveryCall) {
  if (::seccomp_arch_native() != SCMP_ARCH_X86_64) {
    GTEST_SKIP() << "needs x86-64";
  }
  struct Architecture {
    std::uint32_t of_libseccomp;
    std::uint32_t of_kernel;
    std::uint32_t first;
    std::uint32_t highest;
  };
  // The highest call of the profile is faccessat2; execveat on x32, which has some calls of its own
  // from 512 on.
  const std::vector<Architecture> architectures = {
      {SCMP_ARCH_X86_64, AUDIT_ARCH_X86_64, 0, 439},
      {SCMP_ARCH_X86, AUDIT_ARCH_I386, 0, 439},
      {SCMP_ARCH_X32, AUDIT_ARCH_X86_64, 0x40000000, 0x40000000 + 545}};
  const Seccomp profile = test::engine_profile();
  const Filter filter = compile(profile, test::all_support()).value();

  for (const auto& [of_libseccomp, of_kernel, first, highest] : architectures) {
    for (std::uint32_t number = first; number <= first + 600; ++number) {
      const std::string name = call_name(of_libseccomp, number);
      const std::uint32_t expected =
          number > highest ? errno_value(ENOSYS) : expected_answer(profile, name);
      ASSERT_EQ(answer_to(filter, of_kernel, number), expected) << name << ' ' << number;
    }
  }
}

TEST(CompileEngineProfile, KeepsTheConditions) {
  const Filter filter = compile(test::engine_profile(), test::all_support()).value();

  EXPECT_EQ(answer(filter, "personality", {8}), kAllow);
  EXPECT_EQ(answer(filter, "personality", {9}), errno_value(EPERM));
  EXPECT_EQ(answer(filter, "clone", {0x10000011}), errno_value(EPERM));
  EXPECT_EQ(answer(filter, "socket", {AF_VSOCK}), errno_value(EPERM));
  EXPECT_EQ(answer(filter, "mount"), errno_value(EPERM));
}

}  // namespace
}  // namespace myrt::seccomp
