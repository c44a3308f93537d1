#include "base/paths.h"

#include <gtest/gtest.h>

namespace myrt::base {
namespace {

TEST(CleanAbsolute, RemovesEmptyAndDotComponents) {
  EXPECT_EQ(clean_absolute("//usr/./lib///x/."), "/usr/lib/x");
}

TEST(CleanAbsolute, AppliesDotDotToTheComponentBefore) {
  EXPECT_EQ(clean_absolute("/usr/lib/../bin"), "/usr/bin");
}

TEST(CleanAbsolute, StopsAtTheTop) {
  EXPECT_EQ(clean_absolute("/../../etc"), "/etc");
  EXPECT_EQ(clean_absolute("/.."), "/");
}

TEST(CleanAbsolute, TakesARelativePathFromTheTop) {
  EXPECT_EQ(clean_absolute("usr/lib"), "/usr/lib");
  EXPECT_EQ(clean_absolute(""), "/");
}

TEST(CleanAbsolute, KeepsNamesThatOnlyBeginWithDots) {
  EXPECT_EQ(clean_absolute("/.hidden/..data/..."), "/.hidden/..data/...");
}

TEST(CleanInsideRoot, IsTheCleanPath) { EXPECT_EQ(clean_inside_root("a/../b//c"), "/b/c"); }

TEST(CleanInsideRoot, IsNothingWhenThePathClimbsAboveTheTop) {
  EXPECT_EQ(clean_inside_root("../host"), std::nullopt);
  EXPECT_EQ(clean_inside_root("/a/../../a"), std::nullopt);
}

TEST(IsBelow, ComparesWholeComponents) {
  EXPECT_TRUE(is_below("/proc/sys", "/proc"));
  EXPECT_FALSE(is_below("/process", "/proc"));
  EXPECT_FALSE(is_below("/proc", "/proc"));
  EXPECT_FALSE(is_below("/", "/proc"));
}

TEST(IsBelow, EverythingButTheRootIsBelowTheRoot) {
  EXPECT_TRUE(is_below("/a", "/"));
  EXPECT_FALSE(is_below("/", "/"));
}

TEST(AbsoluteFrom, LeavesAnAbsolutePathAlone) {
  EXPECT_EQ(absolute_from("/b", "/x/../y"), "/x/../y");
}

TEST(AbsoluteFrom, PutsARelativePathBelowTheDirectory) {
  EXPECT_EQ(absolute_from("/bundle", "rootfs"), "/bundle/rootfs");
  EXPECT_EQ(absolute_from("/", "rootfs"), "/rootfs");
}

}  // namespace
}  // namespace myrt::base
