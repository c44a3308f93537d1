#include "seccomp/profile.h"

#include <string>

#include <gtest/gtest.h>

#include "support/profiles.h"

namespace myrt::seccomp {
namespace {

using test::all_support;
using test::rule;

Seccomp notifying_profile() {
  Seccomp seccomp;
  seccomp.listener_path = "/run/agent";
  seccomp.syscalls = {rule({"mount"}, SeccompAction::kNotify)};
  return seccomp;
}

TEST(FilterFlags, WithoutAListAreSpecAllowWhereTheKernelHasIt) {
  EXPECT_EQ(filter_flags(Seccomp(), all_support()), SECCOMP_FILTER_FLAG_SPEC_ALLOW);
  EXPECT_EQ(filter_flags(Seccomp(), KernelSupport()), 0U);
}

TEST(FilterFlags, OfAnEmptyListAreNone) {
  Seccomp seccomp;
  seccomp.flags.emplace();
  EXPECT_EQ(filter_flags(seccomp, all_support()), 0U);
}

TEST(FilterFlags, AreThoseOfTheList) {
  Seccomp seccomp;
  seccomp.flags = {"SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG"};
  EXPECT_EQ(filter_flags(seccomp, all_support()),
            SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_LOG);
}

TEST(FilterFlags, MustBeThoseOfTheKernel) {
  Seccomp seccomp;
  seccomp.flags = {"SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG"};
  EXPECT_EQ(filter_flags(seccomp, {.flags = SECCOMP_FILTER_FLAG_TSYNC}).error().text(),
            "/linux/seccomp/flags/1: this kernel has no SECCOMP_FILTER_FLAG_LOG");
}

TEST(FilterFlags, OfANotifyingProfileAskForAListener) {
  Seccomp seccomp = notifying_profile();
  EXPECT_EQ(filter_flags(seccomp, all_support()),
            SECCOMP_FILTER_FLAG_SPEC_ALLOW | SECCOMP_FILTER_FLAG_NEW_LISTENER);

  seccomp.flags = {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"};
  EXPECT_EQ(filter_flags(seccomp, all_support()),
            SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV | SECCOMP_FILTER_FLAG_NEW_LISTENER);
}

TEST(FilterFlags, OfANotifyingProfileMakeThreadSyncAnswerByErrno) {
  Seccomp seccomp = notifying_profile();
  seccomp.flags = {"SECCOMP_FILTER_FLAG_TSYNC"};
  EXPECT_EQ(filter_flags(seccomp, all_support()), SECCOMP_FILTER_FLAG_TSYNC |
                                                      SECCOMP_FILTER_FLAG_NEW_LISTENER |
                                                      SECCOMP_FILTER_FLAG_TSYNC_ESRCH);
}

TEST(FilterFlags, LeaveOutWaitKillableWithoutAListener) {
  Seccomp seccomp;
  seccomp.flags = {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"};
  EXPECT_EQ(filter_flags(seccomp, all_support()), 0U);
}

}  // namespace
}  // namespace myrt::seccomp
