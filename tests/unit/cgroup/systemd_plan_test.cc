#include "cgroup/systemd_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "systemd_text.h"

namespace myrt::cgroup {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Not;

const Layout kV2 = {
    .pure_v2 = true,
    .hierarchies = {
        {.mount_point = "/sys/fs/cgroup", .root = "/", .controllers = {}, .unified = true}}};
const SystemdFacts kSystem = {.version = 252, .control_group = "", .user = false};
const SystemdFacts kUser = {
    .version = 252, .control_group = "/user.slice/user-1000.slice/user@1000.service", .user = true};

Hierarchy v1(std::vector<std::string> controllers) {
  return {.mount_point = "/sys/fs/cgroup/" + controllers.front(),
          .root = "/",
          .controllers = std::move(controllers)};
}

TEST(UnitCgroupPlan, IsWhereTheManagerPutsTheScope) {
  const CgroupPlan plan =
      unit_cgroup_plan({.cgroups_path = "a-b.slice:p:c1", .id = "id", .annotations = {}}, {}, kV2,
                       kSystem)
          .value();

  EXPECT_EQ(plan.unit->name, "p-c1.scope");
  EXPECT_EQ(plan.unit->slice, "a-b.slice");
  EXPECT_EQ(plan.unit->control_group, "/a.slice/a-b.slice/p-c1.scope");
  ASSERT_EQ(plan.directories.size(), 1U);
  EXPECT_EQ(host_path(plan.directories[0]), "/sys/fs/cgroup/a.slice/a-b.slice/p-c1.scope");
}

TEST(UnitCgroupPlan, OfAUserIsBelowTheCgroupOfHisManager) {
  const CgroupPlan plan =
      unit_cgroup_plan({.cgroups_path = "", .id = "c1", .annotations = {}}, {}, kV2, kUser).value();

  EXPECT_EQ(plan.unit->control_group,
            "/user.slice/user-1000.slice/user@1000.service/user.slice/myrt-c1.scope");
}

TEST(UnitCgroupPlan, HasWhatEveryScopeHas) {
  const CgroupPlan plan =
      unit_cgroup_plan({.cgroups_path = "", .id = "c1", .annotations = {}}, {}, kV2, kUser).value();

  EXPECT_THAT(text(plan.unit->properties),
              ElementsAre("Description s container c1", "DefaultDependencies b 0",
                          "CollectMode s inactive-or-failed", "CPUAccounting b 1",
                          "IOAccounting b 1", "MemoryAccounting b 1", "TasksAccounting b 1",
                          "Slice s user.slice", "Delegate b 1"));
}

TEST(UnitCgroupPlan, HasLimitsAndDevices) {
  Resources resources;
  resources.pids_limit = 5;
  const CgroupPlan plan =
      unit_cgroup_plan({.cgroups_path = "", .id = "c1", .annotations = {}}, resources, kV2, kSystem)
          .value();

  EXPECT_THAT(text(plan.unit->properties), Contains("TasksMax t 5"));
  EXPECT_THAT(text(plan.unit->properties), Contains("DevicePolicy s strict"));
  EXPECT_EQ(plan.directories[0].writes.front().file, "pids.max");
  EXPECT_FALSE(plan.device_program.empty());
}

TEST(UnitCgroupPlan, RefusesSwapWithoutALimitOfMemory) {
  Resources resources;
  resources.memory.swap = 1'000'000;
  const Result<CgroupPlan> plan = unit_cgroup_plan(
      {.cgroups_path = "", .id = "c1", .annotations = {}}, resources, kV2, kSystem);

  ASSERT_FALSE(plan.has_value());
  EXPECT_THAT(plan.error().text(), testing::StartsWith("/linux/resources/memory/swap: "));
}

TEST(UnitCgroupPlan, LetsAnnotationsReplaceWhatIsUsual) {
  const std::vector<std::pair<std::string, std::string>> annotations = {
      {"org.systemd.property.Description", "'mine'"}};
  const CgroupPlan plan =
      unit_cgroup_plan({.cgroups_path = "", .id = "c1", .annotations = annotations}, {}, kV2, kUser)
          .value();

  EXPECT_THAT(text(plan.unit->properties), Contains("Description s mine"));
  EXPECT_THAT(text(plan.unit->properties), Not(Contains("Description s container c1")));
}

TEST(UnitCgroupPlan, DoesNotLetThemContradictTheLimits) {
  Resources resources;
  resources.pids_limit = 5;
  const std::vector<std::pair<std::string, std::string>> annotations = {
      {"org.systemd.property.TasksMax", "uint64 500"}};
  const Result<CgroupPlan> plan = unit_cgroup_plan(
      {.cgroups_path = "", .id = "c1", .annotations = annotations}, resources, kV2, kSystem);

  ASSERT_FALSE(plan.has_value());
  EXPECT_EQ(plan.error().text(),
            "/annotations/org.systemd.property.TasksMax: /linux/resources sets it already");
}

TEST(IsManaged, TellsTheHierarchiesThatSystemdKnows) {
  EXPECT_TRUE(is_managed(v1({"name=systemd"})));
  EXPECT_TRUE(is_managed(v1({"cpu", "cpuacct"})));
  EXPECT_TRUE(is_managed(v1({"memory"})));
  EXPECT_TRUE(is_managed(kV2.hierarchies.front()));
  EXPECT_FALSE(is_managed(v1({"cpuset"})));
  EXPECT_FALSE(is_managed(v1({"freezer"})));
  EXPECT_FALSE(is_managed(v1({"net_cls", "net_prio"})));
}

}  // namespace
}  // namespace myrt::cgroup
