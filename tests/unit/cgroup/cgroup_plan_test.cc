#include "cgroup/cgroup_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device_samples.h"
#include "writes_text.h"

namespace myrt::cgroup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Hierarchy v1(std::vector<std::string> controllers) {
  std::string mount_point = "/sys/fs/cgroup/" + controllers.front();
  return {.mount_point = std::move(mount_point),
          .root = "/",
          .controllers = std::move(controllers),
          .unified = false};
}

Hierarchy v2(const std::string& mount_point) {
  return {.mount_point = mount_point, .root = "/", .controllers = {}, .unified = true};
}

Layout hybrid() {
  return {.pure_v2 = false,
          .hierarchies = {v1({"cpu", "cpuacct"}), v1({"memory"}), v1({"devices"}),
                          v1({"name=systemd"}), v2("/sys/fs/cgroup/unified")}};
}

Layout pure_v2() { return {.pure_v2 = true, .hierarchies = {v2("/sys/fs/cgroup")}}; }

std::vector<std::string> host_paths(const CgroupPlan& plan) {
  std::vector<std::string> paths;
  for (const Directory& directory : plan.directories) {
    paths.push_back(host_path(directory));
  }
  return paths;
}

TEST(CgroupPlan, OnVersion1HasADirectoryInEveryHierarchyButTheUnified) {
  const CgroupPlan plan = cgroup_plan({}, hybrid(), "/pods/c1").value();

  EXPECT_FALSE(plan.pure_v2);
  EXPECT_THAT(host_paths(plan),
              ElementsAre("/sys/fs/cgroup/cpu/pods/c1", "/sys/fs/cgroup/memory/pods/c1",
                          "/sys/fs/cgroup/devices/pods/c1", "/sys/fs/cgroup/name=systemd/pods/c1"));
}

TEST(CgroupPlan, OnVersion1WritesGoToTheHierarchyOfTheirController) {
  Resources resources;
  resources.cpu.shares = 512;
  resources.memory.limit = 1000;

  const CgroupPlan plan = cgroup_plan(resources, hybrid(), "/c1").value();

  EXPECT_THAT(text(plan.directories[0].writes), ElementsAre("cpu.shares: 512"));
  EXPECT_THAT(text(plan.directories[1].writes), ElementsAre("memory.limit_in_bytes: 1000"));
  EXPECT_THAT(plan.directories[3].writes, IsEmpty());
}

TEST(CgroupPlan, OnVersion1ControlsDevicesAlsoWithoutRules) {
  const CgroupPlan plan = cgroup_plan({}, hybrid(), "/c1").value();

  EXPECT_EQ(text(plan.directories[2].writes).at(0), "devices.deny: a *:* rwm");
  EXPECT_THAT(plan.device_program, IsEmpty());
}

TEST(CgroupPlan, NamesTheFieldAndTheControllerThatVersion1Lacks) {
  Resources resources;
  resources.pids_limit = 42;

  EXPECT_EQ(cgroup_plan(resources, hybrid(), "/c1").error().text(),
            "/linux/resources/pids/limit: this host has no cgroup v1 controller \"pids\"");
}

TEST(CgroupPlan, DeviceRulesNeedTheDevicesController) {
  const Layout layout{.pure_v2 = false, .hierarchies = {v1({"memory"})}};
  Resources resources;
  resources.devices = {rule(false, 'a', -1, -1, "rwm")};

  EXPECT_EQ(cgroup_plan(resources, layout, "/c1").error().text(),
            "/linux/resources/devices: this host has no cgroup v1 controller \"devices\"");
  EXPECT_TRUE(cgroup_plan({}, layout, "/c1").has_value());
}

TEST(CgroupPlan, HostWithoutCgroupsIsAnError) {
  EXPECT_EQ(cgroup_plan({}, {}, "/c1").error().text(),
            "no cgroup hierarchy is mounted, neither v1 nor v2 on /sys/fs/cgroup");
}

TEST(CgroupPlan, OnVersion2HasOneDirectory) {
  const CgroupPlan plan = cgroup_plan({}, pure_v2(), "/pods/c1", 1000).value();

  EXPECT_TRUE(plan.pure_v2);
  EXPECT_THAT(host_paths(plan), ElementsAre("/sys/fs/cgroup/pods/c1"));
  EXPECT_EQ(plan.owner, 1000U);
}

TEST(CgroupPlan, OnVersion1HasNoOwner) {
  EXPECT_EQ(cgroup_plan({}, hybrid(), "/c1", 1000).value().owner, std::nullopt);
}

TEST(CgroupPlan, OnVersion2ListsTheControllersThatTheWritesNeedOnce) {
  Resources resources;
  resources.memory.limit = 1000;
  resources.pids_limit = 42;
  resources.unified = {{"cgroup.max.depth", "3"}, {"memory.high", "900"}};

  const CgroupPlan plan = cgroup_plan(resources, pure_v2(), "/c1").value();

  EXPECT_THAT(plan.controllers_v2, ElementsAre("memory", "pids"));
  EXPECT_THAT(
      text(plan.directories[0].writes),
      ElementsAre("memory.max: 1000", "pids.max: 42", "cgroup.max.depth: 3", "memory.high: 900"));
}

TEST(CgroupPlan, OnVersion2ControlsDevicesAlsoWithoutRules) {
  EXPECT_FALSE(cgroup_plan({}, pure_v2(), "/c1").value().device_program.empty());
}

TEST(CgroupPlan, OnVersion2TellsWhatIsLeftOut) {
  Resources resources;
  resources.memory.kernel = 1000;

  EXPECT_EQ(cgroup_plan(resources, pure_v2(), "/c1").value().warnings.size(), 1U);
}

}  // namespace
}  // namespace myrt::cgroup
