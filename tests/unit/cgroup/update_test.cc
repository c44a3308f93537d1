#include "cgroup/update.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cgroup/cgroup_plan.h"
#include "temporary_directory.h"
#include "writes_text.h"

namespace myrt::cgroup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Layout hybrid() {
  return {.pure_v2 = false,
          .hierarchies = {{.mount_point = "/cg/cpu", .root = "/", .controllers = {"cpu"}},
                          {.mount_point = "/cg/memory", .root = "/", .controllers = {"memory"}},
                          {.mount_point = "/cg/devices", .root = "/", .controllers = {"devices"}},
                          {.mount_point = "/cg/unified", .root = "/", .unified = true}}};
}

Layout pure_v2() {
  return {.pure_v2 = true,
          .hierarchies = {{.mount_point = "/sys/fs/cgroup", .root = "/", .unified = true}}};
}

const std::vector<std::string> kOnV1 = {"/cg/cpu/pods/c1", "/cg/cpu/pods", "/cg/memory/pods/c1",
                                        "/cg/memory/pods", "/cg/devices/pods/c1"};

TEST(UpdatePlan, WritesToTheContainersOwnDirectories) {
  Resources changes;
  changes.cpu.shares = 512;
  changes.memory.limit = 1000;

  const CgroupPlan plan = update_plan(changes, hybrid(), kOnV1).value();

  ASSERT_EQ(plan.directories.size(), 3U);
  EXPECT_EQ(host_path(plan.directories[0]), "/cg/cpu/pods/c1");
  EXPECT_THAT(text(plan.directories[0].writes), ElementsAre("cpu.shares: 512"));
  EXPECT_EQ(host_path(plan.directories[1]), "/cg/memory/pods/c1");
  EXPECT_THAT(text(plan.directories[1].writes), ElementsAre("memory.limit_in_bytes: 1000"));
}

TEST(UpdatePlan, LeavesDeviceRulesAlone) {
  Resources changes;
  changes.devices = {{.allow = false, .type = 'a', .read = true, .write = true, .mknod = true}};

  const CgroupPlan on_v1 = update_plan(changes, hybrid(), kOnV1).value();
  const CgroupPlan on_v2 =
      update_plan(changes, pure_v2(), std::vector<std::string>{"/sys/fs/cgroup/c1"}).value();

  EXPECT_THAT(on_v1.directories[2].writes, IsEmpty());
  EXPECT_THAT(on_v2.directories[0].writes, IsEmpty());
  EXPECT_THAT(on_v2.device_program, IsEmpty());
}

TEST(UpdatePlan, OnVersion2ListsTheControllersToEnable) {
  Resources changes;
  changes.pids_limit = 42;
  changes.unified = {{"memory.high", "900"}};

  const CgroupPlan plan =
      update_plan(changes, pure_v2(), std::vector<std::string>{"/sys/fs/cgroup/pods/c1"}).value();

  EXPECT_EQ(plan.directories.front().path, "/pods/c1");
  EXPECT_THAT(text(plan.directories.front().writes),
              ElementsAre("pids.max: 42", "memory.high: 900"));
  EXPECT_THAT(plan.controllers_v2, ElementsAre("pids", "memory"));
}

TEST(UpdatePlan, OnAHybridHostAsksVersion2ForWhatVersion1Lacks) {
  Resources changes;
  changes.cpu.shares = 512;
  changes.pids_limit = 42;

  const CgroupPlan plan =
      update_plan(changes, hybrid(), std::vector<std::string>{"/cg/unified/c1", "/cg/cpu/c1"})
          .value();

  ASSERT_EQ(plan.directories.size(), 2U);
  EXPECT_THAT(text(plan.directories[0].writes), ElementsAre("cpu.shares: 512"));
  EXPECT_EQ(host_path(plan.directories[1]), "/cg/unified/c1");
  EXPECT_THAT(text(plan.directories[1].writes), ElementsAre("pids.max: 42"));
  EXPECT_THAT(plan.controllers_v2, ElementsAre("pids"));
}

TEST(UpdatePlan, NamesTheControllerThatIsMissing) {
  Resources changes;
  changes.pids_limit = 42;

  EXPECT_EQ(update_plan(changes, hybrid(), kOnV1).error().text(),
            "/linux/resources/pids/limit: this host has no cgroup v1 controller \"pids\"");
}

TEST(UpdatePlan, NeedsTheHierarchiesOfTheContainer) {
  EXPECT_EQ(update_plan({}, pure_v2(), kOnV1).error().text(),
            "none of the container's cgroups is below a mounted hierarchy");
}

CgroupPlan plan_at(const TemporaryDirectory& top, std::vector<FileWrite> writes) {
  CgroupPlan plan;
  plan.directories = {
      {.hierarchy = {.mount_point = top.path(), .root = "/"}, .path = "/c1", .writes = {}}};
  plan.directories.front().writes = std::move(writes);
  return plan;
}

TEST(Update, StaysWhenItIsCommitted) {
  const TemporaryDirectory top;
  top.make("c1");
  top.write("c1/pids.max", "max");
  const CgroupPlan plan = plan_at(top, {{.file = "pids.max", .value = "123", .field = ""}});
  {
    Result<Journal> journal = update(plan);
    ASSERT_TRUE(journal.has_value()) << journal.error().text();
    journal->commit();
  }
  EXPECT_EQ(top.read("c1/pids.max"), "123");
}

TEST(Update, IsUndoneWhenItIsNotCommitted) {
  const TemporaryDirectory top;
  top.make("c1");
  top.write("c1/pids.max", "max");
  top.write("c1/cpu.shares", "1024");
  const CgroupPlan plan = plan_at(top, {{.file = "pids.max", .value = "123", .field = ""},
                                        {.file = "cpu.shares", .value = "2048", .field = ""},
                                        {.file = "pids.max", .value = "456", .field = ""}});
  {
    const Result<Journal> journal = update(plan);
    ASSERT_TRUE(journal.has_value()) << journal.error().text();
    EXPECT_EQ(top.read("c1/pids.max"), "456");
    EXPECT_EQ(top.read("c1/cpu.shares"), "2048");
  }
  EXPECT_EQ(top.read("c1/pids.max"), "max");
  EXPECT_EQ(top.read("c1/cpu.shares"), "1024");
}

TEST(Update, ThatFailsHalfwayLeavesNothingOfItself) {
  const TemporaryDirectory top;
  top.make("c1");
  top.write("c1/pids.max", "max");
  const CgroupPlan plan =
      plan_at(top, {{.file = "pids.max", .value = "123", .field = ""},
                    {.file = "cpu.idle", .value = "1", .field = "/linux/resources/cpu/idle"}});

  const Result<Journal> journal = update(plan);

  ASSERT_FALSE(journal.has_value());
  EXPECT_EQ(journal.error().text(), "/linux/resources/cpu/idle: " + top.path("c1/cpu.idle") +
                                        " is missing: this kernel does not offer it");
  EXPECT_EQ(top.read("c1/pids.max"), "max");
}

}  // namespace
}  // namespace myrt::cgroup
