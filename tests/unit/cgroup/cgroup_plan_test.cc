#include "cgroup/cgroup_plan.h"

#include <algorithm>

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

Layout only_v1() {
  Layout layout = hybrid();
  layout.hierarchies.pop_back();
  return layout;
}

Layout pure_v2() { return {.pure_v2 = true, .hierarchies = {v2("/sys/fs/cgroup")}}; }

std::vector<std::string> host_paths(const CgroupPlan& plan) {
  std::vector<std::string> paths;
  for (const Directory& directory : plan.directories) {
    paths.push_back(host_path(directory));
  }
  return paths;
}

TEST(CgroupPlan, OnVersion1HasADirectoryInEveryHierarchy) {
  const CgroupPlan plan = cgroup_plan({}, only_v1(), "/pods/c1").value();

  EXPECT_FALSE(plan.pure_v2);
  EXPECT_THAT(host_paths(plan),
              ElementsAre("/sys/fs/cgroup/cpu/pods/c1", "/sys/fs/cgroup/memory/pods/c1",
                          "/sys/fs/cgroup/devices/pods/c1", "/sys/fs/cgroup/name=systemd/pods/c1"));
  EXPECT_EQ(unified_directory(plan), nullptr);
}

TEST(CgroupPlan, OnAHybridHostHasTheUnifiedHierarchyLast) {
  Layout layout = hybrid();
  std::ranges::rotate(layout.hierarchies, layout.hierarchies.end() - 1);  // mounted first

  const CgroupPlan plan = cgroup_plan({}, layout, "/c1").value();

  EXPECT_FALSE(plan.pure_v2);
  EXPECT_THAT(
      host_paths(plan),
      ElementsAre("/sys/fs/cgroup/cpu/c1", "/sys/fs/cgroup/memory/c1", "/sys/fs/cgroup/devices/c1",
                  "/sys/fs/cgroup/name=systemd/c1", "/sys/fs/cgroup/unified/c1"));
  EXPECT_EQ(unified_directory(plan), &plan.directories.back());
  EXPECT_THAT(plan.controllers_v2, IsEmpty());
}

TEST(CgroupPlan, OnAHybridHostAsksVersion2ForWhatVersion1Lacks) {
  Resources resources;
  resources.memory.limit = 1000;
  resources.memory.swappiness = 60;  // has no form in v2, and needs none: v1 has the controller
  resources.hugepage_limits = {{.page_size = "2MB", .limit = 4096}};
  resources.block_io.throttle_read_bps = {{.major = 8, .minor = 0, .rate = 1000}};

  const CgroupPlan plan = cgroup_plan(resources, hybrid(), "/c1").value();

  EXPECT_THAT(text(plan.directories[1].writes),
              ElementsAre("memory.limit_in_bytes: 1000", "memory.swappiness: 60"));
  EXPECT_THAT(
      text(plan.directories.back().writes),
      ElementsAre("io.max: 8:0 rbps=1000", "hugetlb.2MB.max: 4096", "hugetlb.2MB.rsvd.max: 4096"));
  EXPECT_THAT(plan.controllers_v2, ElementsAre("io", "hugetlb"));
}

TEST(CgroupPlan, OnAHybridHostControlsDevicesByProgramWhereVersion1DoesNot) {
  const Layout layout{.pure_v2 = false,
                      .hierarchies = {v1({"memory"}), v2("/sys/fs/cgroup/unified")}};

  EXPECT_FALSE(cgroup_plan({}, layout, "/c1").value().device_program.empty());
}

TEST(CgroupPlan, AsksNoVersion2ForControllersThatItNeverHad) {
  Resources resources;
  resources.network.class_id = 7;

  EXPECT_EQ(cgroup_plan(resources, hybrid(), "/c1").error().text(),
            "/linux/resources/network/classID: this host has no cgroup v1 controller \"net_cls\"");
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

  EXPECT_EQ(cgroup_plan(resources, only_v1(), "/c1").error().text(),
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
