#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/parts.h"

namespace myrt::plan {
namespace {

using testing::ElementsAre;

MountStep mount_on(std::string destination, MountKind kind) {
  MountStep step;
  step.kind = kind;
  step.destination = std::move(destination);
  return step;
}

Device device(std::string path, std::uint32_t major, std::uint32_t minor) {
  return {.path = std::move(path),
          .type = 'c',
          .major = major,
          .minor = minor,
          .mode = 0600,
          .uid = std::nullopt,
          .gid = std::nullopt};
}

std::vector<std::string> paths(const DevicePlan& plan) {
  std::vector<std::string> result;
  for (const Device& node : plan.nodes) {
    result.push_back(node.path);
  }
  return result;
}

TEST(DevicePlan, HasTheDefaultDevices) {
  const auto plan = device_plan({}, {mount_on("/dev", MountKind::kFilesystem)});

  ASSERT_TRUE(plan.has_value());
  EXPECT_TRUE(plan->default_links);
  EXPECT_THAT(paths(*plan), ElementsAre("/dev/null", "/dev/zero", "/dev/full", "/dev/random",
                                        "/dev/urandom", "/dev/tty"));
  // admin-guide/devices.txt
  EXPECT_EQ(plan->nodes[0].major, 1U);
  EXPECT_EQ(plan->nodes[0].minor, 3U);
  EXPECT_EQ(plan->nodes[5].major, 5U);
  EXPECT_EQ(plan->nodes[5].minor, 0U);
  EXPECT_EQ(plan->nodes[5].type, 'c');
  EXPECT_EQ(plan->nodes[5].mode, 0666U);
}

TEST(DevicePlan, PutsTheConfigsDevicesBehindTheDefaultOnes) {
  const auto plan = device_plan({device("/dev/fuse", 10, 229), device("/dev/kvm", 10, 232)}, {});

  ASSERT_TRUE(plan.has_value());
  ASSERT_EQ(plan->nodes.size(), 8U);
  EXPECT_EQ(plan->nodes[6], device("/dev/fuse", 10, 229));
  EXPECT_EQ(plan->nodes[7], device("/dev/kvm", 10, 232));
}

TEST(DevicePlan, ReplacesADefaultDeviceOfTheSamePath) {
  const auto plan = device_plan({device("/dev//random", 1, 9)}, {});

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->nodes.size(), 6U);
  EXPECT_EQ(plan->nodes[3], device("/dev/random", 1, 9));
}

TEST(DevicePlan, KeepsTheLastOfTwoEntriesForAPath) {
  const auto plan = device_plan({device("/dev/fuse", 1, 1), device("/dev/fuse", 10, 229)}, {});

  ASSERT_TRUE(plan.has_value());
  ASSERT_EQ(plan->nodes.size(), 7U);
  EXPECT_EQ(plan->nodes[6], device("/dev/fuse", 10, 229));
}

TEST(DevicePlan, TakesARelativePathFromTheRoot) {
  const auto plan = device_plan({device("opt/null", 1, 3)}, {});

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->nodes.back().path, "/opt/null");
}

TEST(DevicePlan, RefusesAPathThatLeavesTheRoot) {
  const auto plan = device_plan({device("../null", 1, 3)}, {});
  ASSERT_FALSE(plan.has_value());
  EXPECT_EQ(plan.error().text(), "/linux/devices/0/path: \"../null\" leaves the root file system");
}

TEST(DevicePlan, LeavesABoundDevAlone) {
  const auto plan = device_plan({device("/opt/null", 1, 3)}, {mount_on("/dev", MountKind::kBind)});

  ASSERT_TRUE(plan.has_value());
  EXPECT_FALSE(plan->default_links);
  EXPECT_THAT(paths(*plan), ElementsAre("/opt/null"));
}

TEST(DevicePlan, HasTheDefaultDevicesBesideBindsBelowDev) {
  const auto plan = device_plan({}, {mount_on("/dev/shm", MountKind::kBind)});

  ASSERT_TRUE(plan.has_value());
  EXPECT_TRUE(plan->default_links);
  EXPECT_EQ(plan->nodes.size(), 6U);
}

}  // namespace
}  // namespace myrt::plan
