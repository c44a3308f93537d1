// Scheduling of what a user without privileges runs: as far as anybody may.

#include "support/execution.h"
#include "support/ordinary_user.h"

namespace myrt::test {
namespace {

constexpr const char* kOwnStat = "echo $(cat /proc/self/stat)";

using RootlessScheduler = OrdinaryUserTest;

TEST_F(RootlessScheduler, MayMakeTheProgramGiveWay) {
  bundle_.set("/process/scheduler", R"({"policy": "SCHED_BATCH", "nice": 5})");
  EXPECT_EQ(schedule_in(output_of(kOwnStat)), "3 0 5");
}

TEST_F(RootlessScheduler, IsThatOfTheContainerForExec) {
  sleeper().set("/process/scheduler", R"({"policy": "SCHED_IDLE"})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_EQ(
      schedule_in(container.call({"exec", container.id(), "/bin/cat", "/proc/self/stat"}).out),
      "5 0 0");
}

// Then the process is no longer the user's, who may not change another one's.
TEST_F(RootlessScheduler, IsForASubordinateUserToo) {
  if (!has_id_map_helpers()) {
    GTEST_SKIP() << "needs newuidmap and newgidmap";
  }
  const SubordinateIds ids(workspace());
  map_subordinate_ids()
      .set("/process/user", R"({"uid": 1000, "gid": 1000})")
      .set("/process/scheduler", R"({"policy": "SCHED_BATCH", "nice": 5})");
  EXPECT_EQ(schedule_in(output_of(kOwnStat)), "3 0 5");
}

class MyrtRootlessScheduler : public OrdinaryUserTest {};

TEST_F(MyrtRootlessScheduler, SaysWhatAUserMayNotHave) {
  const auto expect = [this](const char* field, const char* value, const std::string& text) {
    bundle_.set(field, value);
    Container container(bundle_);
    expect_message(container.run(),
                   "run " + container.id() + ": " + text + ": Operation not permitted");
    bundle_.erase(field);
  };
  expect("/process/scheduler", R"({"policy": "SCHED_FIFO", "priority": 1})",
         "process.scheduler: sched_setattr SCHED_FIFO priority 1");
  expect("/process/ioPriority", R"({"class": "IOPRIO_CLASS_RT", "priority": 2})",
         "process.ioPriority: ioprio_set IOPRIO_CLASS_RT 2");
}

}  // namespace
}  // namespace myrt::test
