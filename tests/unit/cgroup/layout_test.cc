#include "cgroup/layout.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace myrt::cgroup {
namespace {

using testing::ElementsAre;

std::vector<std::string> mount_points(const Layout& layout) {
  std::vector<std::string> points;
  for (const Hierarchy& hierarchy : layout.hierarchies) {
    points.push_back(hierarchy.mount_point);
  }
  return points;
}

Layout layout_of(std::string_view mountinfo) {
  return parse_layout(sys::parse_mountinfo(mountinfo));
}

constexpr std::string_view kHybrid = R"(23 1 254:0 / / rw,relatime - ext4 /dev/root rw
31 23 0:28 / /sys/fs/cgroup rw,relatime - tmpfs tmpfs rw,mode=755
32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
34 31 0:31 / /sys/fs/cgroup/cpuset rw,relatime - cgroup cgroup rw,cpuset
37 31 0:34 / /sys/fs/cgroup/freezer rw,relatime - cgroup cgroup rw,freezer
40 31 0:37 / /sys/fs/cgroup/systemd rw,relatime - cgroup cgroup rw,name=systemd
41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw
)";

TEST(ParseLayout, HybridListsEveryHierarchyInTheOrderOfTheMountTable) {
  const Layout layout = layout_of(kHybrid);

  EXPECT_FALSE(layout.pure_v2);
  EXPECT_THAT(mount_points(layout),
              ElementsAre("/sys/fs/cgroup/cpu", "/sys/fs/cgroup/cpuset", "/sys/fs/cgroup/freezer",
                          "/sys/fs/cgroup/systemd", "/sys/fs/cgroup/unified"));
}

TEST(ParseLayout, NamedHierarchyHasItsNameForAController) {
  const Layout layout = layout_of(kHybrid);

  EXPECT_THAT(layout.hierarchies[3].controllers, ElementsAre("name=systemd"));
}

TEST(ParseLayout, HybridMarksItsVersion2HierarchyAsUnified) {
  const Layout layout = layout_of(kHybrid);

  EXPECT_FALSE(layout.hierarchies[3].unified);
  EXPECT_TRUE(layout.hierarchies[4].unified);
}

TEST(ParseLayout, ControllersMountedTogetherAreOneHierarchy) {
  // Debian 10's systemd.
  const Layout layout = layout_of(
      "30 25 0:26 / /sys/fs/cgroup/cpu,cpuacct rw,nosuid,nodev,noexec,relatime shared:9 - cgroup "
      "cgroup "
      "rw,cpu,cpuacct\n");

  ASSERT_EQ(layout.hierarchies.size(), 1U);
  EXPECT_THAT(layout.hierarchies[0].controllers, ElementsAre("cpu", "cpuacct"));
}

TEST(ParseLayout, MountOptionsAreNoControllers) {
  const Layout layout = layout_of(
      "27 25 0:23 / /sys/fs/cgroup/systemd rw,nosuid,nodev,noexec,relatime shared:7 - cgroup "
      "cgroup "
      "rw,xattr,release_agent=/lib/systemd/systemd-cgroups-agent,name=systemd\n");

  ASSERT_EQ(layout.hierarchies.size(), 1U);
  EXPECT_THAT(layout.hierarchies[0].controllers, ElementsAre("name=systemd"));
}

TEST(ParseLayout, Version2OnTheUsualMountPointIsPure) {
  // Debian 12's systemd.
  const Layout layout = layout_of(
      "29 23 0:26 / /sys/fs/cgroup rw,nosuid,nodev,noexec,relatime shared:4 - cgroup2 cgroup2 "
      "rw,nsdelegate,memory_recursiveprot\n");

  EXPECT_TRUE(layout.pure_v2);
  EXPECT_EQ(
      layout.hierarchies,
      (std::vector<Hierarchy>{
          {.mount_point = "/sys/fs/cgroup", .root = "/", .controllers = {}, .unified = true}}));
}

TEST(ParseLayout, InAContainerTheHierarchysRootIsThePartThatIsMounted) {
  // docker in docker on v1, cgroup namespace of the host.
  const Layout layout = layout_of(
      "700 690 0:30 /docker/0a1b /sys/fs/cgroup/memory ro,nosuid,nodev,noexec,relatime master:12 - "
      "cgroup cgroup "
      "rw,memory\n");

  ASSERT_EQ(layout.hierarchies.size(), 1U);
  EXPECT_EQ(layout.hierarchies[0].mount_point, "/sys/fs/cgroup/memory");
  EXPECT_EQ(layout.hierarchies[0].root, "/docker/0a1b");
}

TEST(ParseLayout, HierarchyMountedTwiceIsListedOnce) {
  const Layout layout = layout_of(
      "32 31 0:29 / /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu\n"
      "99 31 0:29 / /mnt/cpu rw - cgroup cgroup rw,cpu\n");

  EXPECT_THAT(mount_points(layout), ElementsAre("/sys/fs/cgroup/cpu"));
}

TEST(ParseLayout, HostWithoutCgroupsHasNoHierarchies) {
  EXPECT_EQ(layout_of("23 1 254:0 / / rw,relatime - ext4 /dev/root rw\n"), Layout{});
}

}  // namespace
}  // namespace myrt::cgroup
