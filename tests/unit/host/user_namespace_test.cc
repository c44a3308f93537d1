#include "host/user_namespace.h"

#include <gtest/gtest.h>

#include "host/facts.h"

namespace myrt::host {
namespace {

TEST(IsInitialUidMap, IsTheMapOfEveryIdToItself) {
  EXPECT_TRUE(is_initial_uid_map("         0          0 4294967295\n"));
}

TEST(IsInitialUidMap, IsNoOtherMap) {
  EXPECT_FALSE(is_initial_uid_map(""));
  EXPECT_FALSE(is_initial_uid_map("         0       1000          1\n"));
  EXPECT_FALSE(is_initial_uid_map("         0          0          1\n"));
  EXPECT_FALSE(is_initial_uid_map("0 1000 1\n1 100000 65536\n"));
}

TEST(IsRootless, IsWhoeverIsNotTheHostsRoot) {
  EXPECT_FALSE(is_rootless({.uid = 0}));
  EXPECT_TRUE(is_rootless({.uid = 1000}));
  EXPECT_TRUE(is_rootless({.uid = 0, .in_user_namespace = true}));
}

}  // namespace
}  // namespace myrt::host
