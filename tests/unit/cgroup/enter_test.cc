// Which files and directories a container process enters its cgroups by.

#include <gtest/gtest.h>

#include "cgroup/manager.h"
#include "temporary_directory.h"

namespace myrt::cgroup {
namespace {

CgroupPlan version_2(const TemporaryDirectory& top, std::vector<FileWrite> writes) {
  top.make("c1");
  top.write("c1/cgroup.procs", "");
  CgroupPlan plan;
  plan.pure_v2 = true;
  plan.directories = {{.hierarchy = {.mount_point = top.path(), .root = "/", .unified = true},
                       .path = "/c1",
                       .writes = std::move(writes)}};
  return plan;
}

TEST(Entering, OnVersion2IsByBirth) {
  const TemporaryDirectory top;
  const CgroupPlan plan =
      version_2(top, {{.file = "pids.max", .value = "1", .field = "/linux/resources/pids/limit"}});

  EXPECT_TRUE(starts_inside(plan));
  EXPECT_TRUE(open_tasks(plan).value().empty());
}

TEST(Entering, ACgroupInWhichNoProcessCanBeBornIsByItsFile) {
  const TemporaryDirectory top;
  const CgroupPlan plan =
      version_2(top, {{.file = "pids.max", .value = "0", .field = "/linux/resources/pids/limit"}});

  EXPECT_FALSE(starts_inside(plan));
  const std::vector<sys::UniqueFd> tasks = open_tasks(plan).value();
  ASSERT_EQ(tasks.size(), 1U);
  ASSERT_TRUE(join(tasks, plan).has_value());
  EXPECT_EQ(top.read("c1/cgroup.procs"), "0");
}

}  // namespace
}  // namespace myrt::cgroup
