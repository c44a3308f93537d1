#include "cgroup/paths.h"

#include <gtest/gtest.h>

namespace myrt::cgroup {
namespace {

TEST(ContainerPath, IsTheIdWithoutCgroupsPath) {
  EXPECT_EQ(container_path("", "c1").value(), "/c1");
}

TEST(ContainerPath, OfAnAbsolutePathIsThatPath) {
  EXPECT_EQ(container_path("/libpod_parent/libpod-0a1b", "c1").value(),
            "/libpod_parent/libpod-0a1b");
}

TEST(ContainerPath, OfARelativePathIsBelowTheRootToo) {
  EXPECT_EQ(container_path("kubepods/pod1/c1", "c1").value(), "/kubepods/pod1/c1");
}

TEST(ContainerPath, IsClean) { EXPECT_EQ(container_path("//a/./b//c/", "c1").value(), "/a/b/c"); }

TEST(ContainerPath, KeepsNamesWithDots) {
  EXPECT_EQ(container_path("/..a/b..", "c1").value(), "/..a/b..");
}

TEST(ContainerPath, RefusesToClimb) {
  EXPECT_EQ(container_path("/../../tmp/cg", "c1").error().text(),
            "/linux/cgroupsPath: \"/../../tmp/cg\" must not contain \"..\"");
}

TEST(ContainerPath, RefusesToClimbWithinItself) {
  EXPECT_FALSE(container_path("/a/../b", "c1").has_value());
}

TEST(ContainerPath, RefusesTheRoot) {
  EXPECT_EQ(container_path("/", "c1").error().text(),
            "/linux/cgroupsPath: \"/\" names the root of the hierarchy");
  EXPECT_FALSE(container_path(".", "c1").has_value());
}

TEST(ContainerPath, NamesTheFlagThatSystemdsFormNeeds) {
  EXPECT_EQ(container_path("system.slice:cri-containerd:0a1b", "c1").error().text(),
            "/linux/cgroupsPath: \"system.slice:cri-containerd:0a1b\" is a systemd path, "
            "slice:prefix:name, which "
            "needs --systemd-cgroup");
}

TEST(ParseSystemdPath, TakesTheThreePartsApart) {
  EXPECT_EQ(parse_systemd_path("machine.slice:libpod:0a1b"),
            (SystemdPath{.slice = "machine.slice", .prefix = "libpod", .name = "0a1b"}));
}

TEST(ParseSystemdPath, AllowsAnEmptySlice) {
  EXPECT_EQ(parse_systemd_path(":libpod:0a1b"),
            (SystemdPath{.slice = "", .prefix = "libpod", .name = "0a1b"}));
}

TEST(ParseSystemdPath, LeavesDirectoriesWithColonsAlone) {
  EXPECT_EQ(parse_systemd_path("/pods/a:b:c"), std::nullopt);
  EXPECT_EQ(parse_systemd_path("a:b"), std::nullopt);
  EXPECT_EQ(parse_systemd_path("a:b:c:d"), std::nullopt);
}

}  // namespace
}  // namespace myrt::cgroup
