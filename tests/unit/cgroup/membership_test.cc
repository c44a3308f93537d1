#include "cgroup/membership.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace myrt::cgroup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kText =
    "9:name=systemd:/user.slice\n"
    "4:memory:/a/b\n"
    "2:cpu,cpuacct:/c\n"
    "0::/user.slice/x.scope\n";

Hierarchy v1(std::vector<std::string> controllers) {
  return {.mount_point = "/sys/fs/cgroup/x", .root = "/", .controllers = std::move(controllers)};
}

TEST(ParseMemberships, HasOneForEachLine) {
  EXPECT_THAT(
      parse_memberships(kText),
      ElementsAre(Membership{{"name=systemd"}, "/user.slice"}, Membership{{"memory"}, "/a/b"},
                  Membership{{"cpu", "cpuacct"}, "/c"}, Membership{{}, "/user.slice/x.scope"}));
}

TEST(ParseMemberships, KeepsColonsOfThePath) {
  EXPECT_THAT(parse_memberships("1:pids:/a:b\n"), ElementsAre(Membership{{"pids"}, "/a:b"}));
}

TEST(ParseMemberships, LeavesOutOtherLines) {
  EXPECT_THAT(parse_memberships("\nnothing\n1:cut\n"), IsEmpty());
}

TEST(PathIn, IsThatOfTheSameControllersInAnyOrder) {
  const std::vector<Membership> own = parse_memberships(kText);
  EXPECT_EQ(path_in(v1({"cpuacct", "cpu"}), own), "/c");
  EXPECT_EQ(path_in(v1({"cpu"}), own), std::nullopt);
  EXPECT_EQ(path_in({.mount_point = "/sys/fs/cgroup", .root = "/", .unified = true}, own),
            "/user.slice/x.scope");
}

TEST(PathIn, IsCountedFromWhatIsMounted) {
  const std::vector<Membership> own = parse_memberships(kText);
  Hierarchy memory = v1({"memory"});
  memory.root = "/a";
  EXPECT_EQ(path_in(memory, own), "/b");
  memory.root = "/a/b";
  EXPECT_EQ(path_in(memory, own), "/");
  memory.root = "/other";
  EXPECT_EQ(path_in(memory, own), std::nullopt);
}

TEST(PathIn, IsNotKnownAboveTheRootOfTheCgroupNamespace) {
  EXPECT_EQ(path_in(v1({"memory"}), parse_memberships("4:memory:/../x\n")), std::nullopt);
}

}  // namespace
}  // namespace myrt::cgroup
