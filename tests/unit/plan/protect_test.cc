#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/parts.h"

namespace myrt::plan {
namespace {

using testing::ElementsAre;

TEST(ProtectedPaths, AreCleanAndKeepTheirOrder) {
  const auto paths =
      protected_paths({"/proc/sysrq-trigger", "//proc/./bus/"}, "/linux/readonlyPaths");
  ASSERT_TRUE(paths.has_value());
  EXPECT_THAT(*paths, ElementsAre("/proc/sysrq-trigger", "/proc/bus"));
}

TEST(ProtectedPaths, AreThereOnce) {
  const auto paths =
      protected_paths({"/proc/kcore", "/sys/firmware", "/proc/kcore/"}, "/linux/maskedPaths");
  ASSERT_TRUE(paths.has_value());
  EXPECT_THAT(*paths, ElementsAre("/proc/kcore", "/sys/firmware"));
}

}  // namespace
}  // namespace myrt::plan
