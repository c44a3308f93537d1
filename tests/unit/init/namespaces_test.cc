#include "init/namespaces.h"

#include <sched.h>

#include <gtest/gtest.h>

namespace myrt::init {
namespace {

TEST(NamespaceKinds, HaveTheFlagOfClone) {
  EXPECT_EQ(clone_flag(NamespaceKind::kUser), CLONE_NEWUSER);
  EXPECT_EQ(clone_flag(NamespaceKind::kMount), CLONE_NEWNS);
  EXPECT_EQ(clone_flag(NamespaceKind::kPid), CLONE_NEWPID);
  EXPECT_EQ(clone_flag(NamespaceKind::kNetwork), CLONE_NEWNET);
  EXPECT_EQ(clone_flag(NamespaceKind::kIpc), CLONE_NEWIPC);
  EXPECT_EQ(clone_flag(NamespaceKind::kUts), CLONE_NEWUTS);
  EXPECT_EQ(clone_flag(NamespaceKind::kCgroup), CLONE_NEWCGROUP);
  EXPECT_EQ(clone_flag(NamespaceKind::kTime), 0x80);  // CLONE_NEWTIME of linux/sched.h
}

TEST(NamespaceKinds, HaveTheWordOfTheSpecification) {
  EXPECT_STREQ(kind_word(NamespaceKind::kUser), "user");
  EXPECT_STREQ(kind_word(NamespaceKind::kMount), "mount");
  EXPECT_STREQ(kind_word(NamespaceKind::kPid), "pid");
  EXPECT_STREQ(kind_word(NamespaceKind::kNetwork), "network");
  EXPECT_STREQ(kind_word(NamespaceKind::kIpc), "ipc");
  EXPECT_STREQ(kind_word(NamespaceKind::kUts), "uts");
  EXPECT_STREQ(kind_word(NamespaceKind::kCgroup), "cgroup");
  EXPECT_STREQ(kind_word(NamespaceKind::kTime), "time");
}

}  // namespace
}  // namespace myrt::init
