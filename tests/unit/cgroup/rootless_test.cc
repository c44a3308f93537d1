#include "cgroup/rootless.h"

#include <cerrno>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace myrt::cgroup {
namespace {

using testing::ElementsAre;

Directory v1(const std::string& controller) {
  return {.hierarchy = {.mount_point = "/sys/fs/cgroup/" + controller,
                        .root = "/",
                        .controllers = {controller}},
          .path = "/c1",
          .writes = {}};
}

Directory v2() {
  return {.hierarchy = {.mount_point = "/sys/fs/cgroup", .root = "/", .unified = true},
          .path = "/c1",
          .writes = {}};
}

FileWrite limit(const std::string& file, const std::string& field) {
  return {.file = file, .value = "1", .field = field};
}

std::vector<std::string> host_paths(const CgroupPlan& plan) {
  std::vector<std::string> paths;
  for (const Directory& directory : plan.directories) {
    paths.push_back(host_path(directory));
  }
  return paths;
}

std::optional<Refusal> refuse_all(const Directory& directory) {
  return Refusal{.path = directory.hierarchy.mount_point, .code = EACCES};
}

TEST(PlaceBelow, IsTheCallersCgroupOnVersion1) {
  CgroupPlan plan{.directories = {v1("memory"), v1("pids")}};
  place_below(plan, parse_memberships("1:memory:/a/b\n2:pids:/\n"));
  EXPECT_THAT(host_paths(plan),
              ElementsAre("/sys/fs/cgroup/memory/a/b/c1", "/sys/fs/cgroup/pids/c1"));
}

TEST(PlaceBelow, IsBesideTheCallersCgroupOnVersion2) {
  CgroupPlan plan{.pure_v2 = true, .directories = {v2()}};
  place_below(plan, parse_memberships("0::/user.slice/x.scope\n"));
  EXPECT_THAT(host_paths(plan), ElementsAre("/sys/fs/cgroup/user.slice/c1"));
}

TEST(PlaceBelow, LeavesWhatItDoesNotKnow) {
  CgroupPlan plan{.directories = {v1("memory")}};
  place_below(plan, parse_memberships("1:pids:/a\n"));
  EXPECT_THAT(host_paths(plan), ElementsAre("/sys/fs/cgroup/memory/c1"));
}

TEST(LeaveOutRefused, KeepsWhatIsPermitted) {
  CgroupPlan plan{.directories = {v1("memory"), v1("pids")}};
  plan.directories[0].writes = {limit("memory.limit_in_bytes", "/linux/resources/memory/limit")};
  const auto permit = [](const Directory& directory) {
    return directory.hierarchy.controllers.front() == "memory" ? std::nullopt
                                                               : refuse_all(directory);
  };
  ASSERT_TRUE(leave_out_refused(plan, "", permit).has_value());
  EXPECT_THAT(host_paths(plan), ElementsAre("/sys/fs/cgroup/memory/c1"));
}

TEST(LeaveOutRefused, LeavesNoProgramWithoutACgroup) {
  CgroupPlan plan{.pure_v2 = true, .directories = {v2()}, .device_program = {{.code = 1}}};
  ASSERT_TRUE(leave_out_refused(plan, "relative", refuse_all).has_value());
  EXPECT_TRUE(plan.directories.empty());
  EXPECT_TRUE(plan.device_program.empty());
}

TEST(LeaveOutRefused, LeavesOutWhatLimitsNothing) {
  CgroupPlan on_v1{.directories = {v1("memory")}};
  on_v1.directories[0].writes = {
      {.file = "memory.limit_in_bytes", .value = "-1", .field = "/linux/resources/memory/limit"},
      {.file = "memory.oom_control", .value = "0", .field = "/linux/resources/memory"}};
  CgroupPlan on_v2{.pure_v2 = true, .directories = {v2()}};
  on_v2.directories[0].writes = {
      {.file = "pids.max", .value = "max", .field = "/linux/resources/pids/limit"},
      {.file = "cpu.max", .value = "max 100000", .field = "/linux/resources/cpu/quota"}};

  EXPECT_TRUE(leave_out_refused(on_v1, "", refuse_all).has_value());
  EXPECT_TRUE(leave_out_refused(on_v2, "", refuse_all).has_value());
}

TEST(LeaveOutRefused, NamesTheLimitTheControllerAndTheFile) {
  CgroupPlan plan{.pure_v2 = true, .directories = {v2()}};
  plan.directories[0].writes = {limit("memory.max", "/linux/resources/memory/limit")};
  const Result<void> left = leave_out_refused(plan, "", refuse_all);
  ASSERT_FALSE(left.has_value());
  EXPECT_EQ(left.error().text(),
            "/linux/resources/memory/limit: needs a cgroup with the controller \"memory\", and the "
            "user may not write to /sys/fs/cgroup: Permission denied");
}

TEST(LeaveOutRefused, TakesAnAbsolutePathForARequest) {
  CgroupPlan plan{.directories = {v1("memory")}};
  const Result<void> left = leave_out_refused(plan, "/machine/c1", refuse_all);
  ASSERT_FALSE(left.has_value());
  EXPECT_EQ(left.error().text(),
            "/linux/cgroupsPath: \"/machine/c1\" is where the user may not write to "
            "/sys/fs/cgroup/memory: Permission denied");
}

TEST(LeaveOutDevices, LeavesTheOtherLimits) {
  CgroupPlan plan{.directories = {v1("memory"), v1("devices")}};
  plan.directories[0].writes = {limit("memory.limit_in_bytes", "/linux/resources/memory/limit")};
  plan.directories[1].writes = {limit("devices.deny", "/linux/resources/devices")};
  EXPECT_TRUE(leave_out_devices(plan));
  EXPECT_EQ(plan.directories[0].writes.size(), 1U);
  EXPECT_TRUE(plan.directories[1].writes.empty());
  EXPECT_FALSE(leave_out_devices(plan));
}

}  // namespace
}  // namespace myrt::cgroup
