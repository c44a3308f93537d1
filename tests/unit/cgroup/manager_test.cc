#include "cgroup/manager.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temporary_directory.h"

namespace myrt::cgroup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

CgroupPlan plan_below(const TemporaryDirectory& top, const std::string& path) {
  CgroupPlan plan;
  plan.directories = {
      {.hierarchy = {.mount_point = top.path(), .root = "/", .controllers = {"cpu"}},
       .path = path,
       .writes = {}}};
  return plan;
}

TEST(Directories, AreTheContainersOwn) {
  const TemporaryDirectory top;

  EXPECT_THAT(directories(plan_below(top, "/c1")), ElementsAre(top.path("c1")));
}

TEST(Directories, IncludeTheParentsThatAreMissing) {
  const TemporaryDirectory top;
  top.make("a");

  EXPECT_THAT(directories(plan_below(top, "/a/b/c/c1")),
              ElementsAre(top.path("a/b/c/c1"), top.path("a/b/c"), top.path("a/b")));
}

TEST(Directories, ThatAreInUseByOthersAreLeftOut) {
  // Something that create() refuses: a cleaner with the record alone must not touch it.
  const TemporaryDirectory top;
  top.make("c1");

  EXPECT_THAT(directories(plan_below(top, "/c1")), IsEmpty());
}

TEST(Directories, ThatAreGoneNeedNoRemoval) {
  const TemporaryDirectory top;

  EXPECT_TRUE(remove(directories(plan_below(top, "/a/c1"))).has_value());
}

TEST(Directories, ThatAreNoCgroupsAreLeftAlone) {
  const TemporaryDirectory top;
  top.make("c1");
  top.write("c1/precious", "");

  const Result<void> removed = remove(std::vector<std::string>{top.path("c1")});

  ASSERT_FALSE(removed.has_value());
  EXPECT_EQ(removed.error().text(), top.path("c1") + " is not a cgroup: Not a directory");
  EXPECT_TRUE(top.has("c1/precious"));
}

TEST(Directories, ThatAreGoneHaveNoProcessesAndAreNotFrozen) {
  const TemporaryDirectory top;
  const std::vector<std::string> gone = {top.path("c1")};

  EXPECT_TRUE(processes(gone).value().empty());
  EXPECT_FALSE(is_frozen(gone).value());
  EXPECT_TRUE(kill_all(gone).has_value());
}

TEST(Create, WithoutDirectoriesDoesNothing) { EXPECT_TRUE(create({}).has_value()); }

}  // namespace
}  // namespace myrt::cgroup
