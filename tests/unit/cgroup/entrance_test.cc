#include <gtest/gtest.h>

#include "cgroup/manager.h"

namespace myrt::cgroup {
namespace {

TEST(ParseSubCgroup, TakesAPathForAllHierarchies) {
  EXPECT_EQ(parse_sub_cgroup("a/b").value(), (SubCgroup{.controllers = {}, .path = "a/b"}));
  EXPECT_EQ(parse_sub_cgroup("/a//b/").value(), (SubCgroup{.controllers = {}, .path = "a/b"}));
  EXPECT_EQ(parse_sub_cgroup("/").value(), (SubCgroup{.controllers = {}, .path = ""}));
}

TEST(ParseSubCgroup, TakesAPathForSomeControllers) {
  EXPECT_EQ(parse_sub_cgroup("cpu,name=systemd:a").value(),
            (SubCgroup{.controllers = {"cpu", "name=systemd"}, .path = "a"}));
}

TEST(ParseSubCgroup, StaysBelowTheContainersCgroup) {
  for (const char* text : {"..", "../x", "a/../../x", "cpu:.."}) {
    EXPECT_FALSE(parse_sub_cgroup(text).has_value()) << text;
  }
  EXPECT_EQ(parse_sub_cgroup("cpu:../x").error().text(),
            "--cgroup: \"../x\" is not below the container's cgroup");
}

TEST(ParseSubCgroup, RefusesAnEmptyController) {
  EXPECT_EQ(parse_sub_cgroup("cpu,:a").error().text(),
            "--cgroup: want [CONTROLLER,...:]PATH, got \"cpu,:a\"");
}

TEST(OpenEntrance, OfAContainerWithoutCgroupsIsEmpty) {
  const Result<Entrance> entrance = open_entrance({}, {});

  ASSERT_TRUE(entrance.has_value());
  EXPECT_TRUE(entrance->tasks.empty());
  EXPECT_FALSE(entrance->directory.is_open());
}

TEST(OpenEntrance, HasNoSubCgroupsWithoutCgroups) {
  const std::vector<SubCgroup> below = {{.controllers = {}, .path = "a"}};

  EXPECT_EQ(open_entrance({}, below).error().text(), "--cgroup: the container has no cgroup");
}

}  // namespace
}  // namespace myrt::cgroup
