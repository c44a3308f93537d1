#include "cgroup/made.h"

#include <cerrno>

#include <gtest/gtest.h>

#include "temporary_directory.h"

namespace myrt::cgroup {
namespace {

TEST(MadeDirectories, AreRemovedUnlessCommitted) {
  const TemporaryDirectory top;
  {
    MadeDirectories made;
    ASSERT_TRUE(made.make_with_parents(top.path("a/b/c"), top.path()).value());
    EXPECT_TRUE(top.has("a/b/c"));
  }
  EXPECT_FALSE(top.has("a"));
}

TEST(MadeDirectories, StayOnceCommitted) {
  const TemporaryDirectory top;
  {
    MadeDirectories made;
    ASSERT_TRUE(made.make_with_parents(top.path("a/b"), top.path()).value());
    made.commit();
  }
  EXPECT_TRUE(top.has("a/b"));
}

TEST(MadeDirectories, LeaveThoseThatWereThere) {
  const TemporaryDirectory top;
  top.make("a/b");
  {
    MadeDirectories made;
    EXPECT_FALSE(made.make_with_parents(top.path("a/b"), top.path()).value());
    EXPECT_TRUE(made.make_with_parents(top.path("a/c"), top.path()).value());
  }
  EXPECT_TRUE(top.has("a/b"));
  EXPECT_FALSE(top.has("a/c"));
}

TEST(MadeDirectories, NameThePathThatCannotBeMade) {
  const TemporaryDirectory top;
  top.write("file", "");
  MadeDirectories made;

  const Result<bool> result = made.make_with_parents(top.path("file/a"), top.path());

  EXPECT_EQ(result.error().text(), "mkdir " + top.path("file/a") + ": Not a directory");
}

TEST(IsOwnParent, IsTrueOfWhatIsMissing) {
  const TemporaryDirectory top;

  EXPECT_TRUE(is_own_parent(top.path("a")));
}

TEST(IsOwnParent, IsFalseOfWhatOthersMade) {
  const TemporaryDirectory top;
  top.make("a");

  EXPECT_FALSE(is_own_parent(top.path("a")));
}

}  // namespace
}  // namespace myrt::cgroup
