#include "seccomp/support.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/profiles.h"

namespace myrt::seccomp {
namespace {

using test::rule;

// The oldest kernel that myrt runs on has the actions and flags that these tests ask for
// (Linux 5.6).

TEST(KernelSupport, OfAProfileWithoutAFlagListIsAboutSpecAllow) {
  EXPECT_EQ(kernel_support(Seccomp()), (KernelSupport{.flags = SECCOMP_FILTER_FLAG_SPEC_ALLOW}));
}

TEST(KernelSupport, OfAProfileWithAnEmptyFlagListIsAboutNothing) {
  Seccomp seccomp;
  seccomp.flags.emplace();
  EXPECT_EQ(kernel_support(seccomp), KernelSupport());
}

TEST(KernelSupport, CoversTheOptionalActionsOfTheProfile) {
  Seccomp seccomp;
  seccomp.flags.emplace();
  seccomp.default_action = SeccompAction::kKillProcess;
  seccomp.syscalls = {rule({"read"}, SeccompAction::kLog)};
  EXPECT_EQ(kernel_support(seccomp), (KernelSupport{.kill_process = true, .log = true}));

  seccomp.syscalls = {rule({"mount"}, SeccompAction::kNotify)};
  EXPECT_EQ(kernel_support(seccomp), (KernelSupport{.kill_process = true, .notify = true}));
}

TEST(KernelSupport, CoversTheFlagsOfTheProfile) {
  Seccomp seccomp;
  seccomp.flags = {"SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG",
                   "SECCOMP_FILTER_FLAG_NOT_YET"};
  EXPECT_EQ(kernel_support(seccomp),
            (KernelSupport{.flags = SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG}));
}

TEST(LibraryVersion, IsThreeNumbers) {
  EXPECT_THAT(library_version(), testing::MatchesRegex("[0-9]+\\.[0-9]+\\.[0-9]+"));
}

}  // namespace
}  // namespace myrt::seccomp
