#include "container/resctrl.h"

#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "../sys/support.h"
#include "sys/process.h"

namespace myrt::container {
namespace {

namespace fs = std::filesystem;
using sys::text_of;
using sys::write_text;
using testing::ElementsAre;
using testing::IsEmpty;
using Kind = plan::ResctrlStep::Kind;

/// A directory in the place of a mount point. What the kernel makes in a new group, `populate`
/// makes.
class ResctrlTest : public testing::Test {
 protected:
  ResctrlTest() { populate(""); }

  void populate(const std::string& group) const {
    const std::string path = root_ / group;
    write_text(path + "/schemata", "");
    write_text(path + "/tasks", "");
    fs::create_directory(path + "/mon_groups");
  }

  /// As make_resctrl_groups does it, with the kernel's part in between.
  void apply(const ResctrlWork& work) const {
    for (const plan::ResctrlStep& step : work.steps) {
      const Result<void> done = apply_resctrl_step(work.mount_point, step);
      ASSERT_TRUE(done.has_value()) << done.error().text();
      if (step.kind == Kind::kMakeDirectory) {
        populate(step.path);
      }
    }
  }

  [[nodiscard]] ResctrlWork work_for(const plan::ResctrlPlan& plan) const {
    const plan::ResctrlState state = read_resctrl(root_.path(), plan).value();
    return {.mount_point = root_.path(), .steps = plan::resctrl_steps(plan, state).value()};
  }

  static plan::ResctrlPlan plan_of(const IntelRdt& rdt) {
    return plan::resctrl_plan(rdt, "c1").value().value();
  }

  sys::TemporaryDirectory root_;
};

TEST_F(ResctrlTest, MakesAndFillsAGroup) {
  const plan::ResctrlPlan plan = plan_of({.l3_cache_schema = "L3:0=f", .monitoring = true});
  const ResctrlWork work = work_for(plan);
  apply(work);
  EXPECT_EQ(text_of(root_ / "c1/schemata"), "L3:0=f\n");
  EXPECT_THAT(made_directories(work), ElementsAre(root_ / "c1", root_ / "c1/mon_groups/c1"));

  ASSERT_TRUE(enter_resctrl(root_.path(), plan, 4711).has_value());
  EXPECT_EQ(text_of(root_ / "c1/tasks"), "4711");
  EXPECT_EQ(text_of(root_ / "c1/mon_groups/c1/tasks"), "4711");
}

TEST_F(ResctrlTest, UsesAGroupThatIsThereAndMakesNothing) {
  fs::create_directory(root_ / "gold");
  populate("gold");
  write_text(root_ / "gold/schemata", "    L3:0=00f;1=fff\n");
  const plan::ResctrlPlan plan = plan_of({.clos_id = "gold", .l3_cache_schema = "L3:0=f"});
  const ResctrlWork work = work_for(plan);
  EXPECT_THAT(work.steps, IsEmpty());
  EXPECT_THAT(made_directories(work), IsEmpty());
  ASSERT_TRUE(enter_resctrl(root_.path(), plan, 7).has_value());
  EXPECT_EQ(text_of(root_ / "gold/tasks"), "7");
}

TEST_F(ResctrlTest, EntersTheDefaultGroup) {
  const plan::ResctrlPlan plan = plan_of({.clos_id = "/", .monitoring = true});
  const ResctrlWork work = work_for(plan);
  apply(work);
  ASSERT_TRUE(enter_resctrl(root_.path(), plan, 7).has_value());
  EXPECT_EQ(text_of(root_ / "tasks"), "7");
  EXPECT_EQ(text_of(root_ / "mon_groups/c1/tasks"), "7");
}

TEST_F(ResctrlTest, ReadsWhatIsThere) {
  const plan::ResctrlPlan plan =
      plan_of({.clos_id = "gold", .mem_bw_schema = "MB:0=20", .monitoring = true});
  EXPECT_FALSE(read_resctrl(root_.path(), plan)->group_exists);
  fs::create_directory(root_ / "gold");
  populate("gold");
  write_text(root_ / "gold/schemata", "MB:0=20\n");
  plan::ResctrlState state = read_resctrl(root_.path(), plan).value();
  EXPECT_TRUE(state.group_exists);
  EXPECT_EQ(state.schemata, "MB:0=20\n");
  EXPECT_FALSE(state.monitoring_exists);
  fs::create_directory(root_ / "gold/mon_groups/c1");
  state = read_resctrl(root_.path(), plan).value();
  EXPECT_TRUE(state.monitoring_exists);
}

TEST_F(ResctrlTest, LeavesNothingWhenAStepFails) {
  // No kernel puts a schemata file into the new group here.
  const ResctrlWork work = work_for(plan_of({.l3_cache_schema = "L3:0=f"}));
  const Result<void> done = make_resctrl_groups(work);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text(), "open " + (root_ / "c1/schemata") +
                                     " to write \"L3:0=f\\n\": No such file or directory");
  EXPECT_FALSE(fs::exists(root_ / "c1"));
}

TEST_F(ResctrlTest, NeverTakesADirectoryThatAppearedMeanwhileForItsOwn) {
  const ResctrlWork work = work_for(plan_of({}));
  fs::create_directory(root_ / "c1");
  const Result<void> done = make_resctrl_groups(work);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().code(), EEXIST);
  EXPECT_TRUE(fs::exists(root_ / "c1"));
}

TEST_F(ResctrlTest, TellsWhatTheKernelSaysOfARefusal) {
  fs::create_directory(root_ / "info");
  write_text(root_ / "info/last_cmd_status", "Mask out of range\n");
  const Result<void> done = apply_resctrl_step(
      root_.path(), {.kind = Kind::kWrite, .path = "c1/schemata", .value = "L3:0=0\n"});
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text(), "open " + (root_ / "c1/schemata") +
                                     " to write \"L3:0=0\\n\" (Mask out of range): No such file or "
                                     "directory");
}

TEST_F(ResctrlTest, RemovesTheLastFirstAndWhatIsMissingIsFine) {
  fs::create_directories(root_ / "c1/mon_groups/c1");
  fs::create_directories(root_ / "other");
  const std::vector<std::string> made = {root_ / "c1", root_ / "c1/mon_groups",
                                         root_ / "c1/mon_groups/c1", root_ / "c2"};
  ASSERT_TRUE(remove_resctrl_groups(made).has_value());
  EXPECT_FALSE(fs::exists(root_ / "c1"));
  EXPECT_TRUE(fs::exists(root_ / "other"));
}

TEST_F(ResctrlTest, LeavesAGroupWithTasksAlone) {
  fs::create_directory(root_ / "gold");
  write_text(root_ / "gold/tasks", std::to_string(::getpid()) + "\n");
  const std::vector<std::string> made = {root_ / "gold"};
  ASSERT_TRUE(remove_resctrl_groups(made).has_value());
  EXPECT_TRUE(fs::exists(root_ / "gold"));
}

TEST_F(ResctrlTest, PutsSchemataBackUnlessTheyAreCommitted) {
  fs::create_directory(root_ / "c1");
  populate("c1");
  const std::string file = root_ / "c1/schemata";
  write_text(file, "L3:0=f\n");
  const plan::ResctrlPlan plan = plan_of({});
  {
    const auto change = SchemataChange::apply(root_.path(), plan, "L3:0=3\n");
    ASSERT_TRUE(change.has_value()) << change.error().text();
    EXPECT_EQ(text_of(file), "L3:0=3\n");
  }
  EXPECT_EQ(text_of(file), "L3:0=f\n");
  {
    auto change = SchemataChange::apply(root_.path(), plan, "L3:0=1\n");
    ASSERT_TRUE(change.has_value());
    change->commit();
  }
  EXPECT_EQ(text_of(file), "L3:0=1\n");
}

TEST(HasLivingTask, DoesNotCountWhatHasEnded) {
  const std::string own = std::to_string(::getpid());
  EXPECT_TRUE(has_living_task(own + "\n"));
  EXPECT_TRUE(has_living_task("4194305\n" + own + "\n"));
  EXPECT_FALSE(has_living_task("4194305\n"));  // PID_MAX_LIMIT is 4194304
  EXPECT_FALSE(has_living_task(""));

  const sys::Cloned child = sys::clone_process({}).value();
  if (child.pid == 0) {
    sys::child_exit(0);
  }
  ASSERT_TRUE(sys::wait_pidfd(child.pidfd.get(), -1).has_value());  // it is a zombie now
  EXPECT_FALSE(has_living_task(std::to_string(child.pid) + "\n"));
  EXPECT_TRUE(sys::wait_for(child.pid).has_value());
}

TEST(ResctrlMountPoint, IsTheLastWholeOne) {
  std::vector<sys::MountEntry> mounts(4);
  mounts[0] = {.root = "/", .point = "/sys", .type = "sysfs"};
  mounts[1] = {.root = "/", .point = "/sys/fs/resctrl", .type = "resctrl"};
  mounts[2] = {.root = "/", .point = "/mnt/resctrl", .type = "resctrl"};
  mounts[3] = {.root = "/gold", .point = "/gold", .type = "resctrl"};
  EXPECT_EQ(resctrl_mount_point(mounts), "/mnt/resctrl");
  EXPECT_EQ(resctrl_mount_point(std::span(mounts).first(1)), std::nullopt);
}

}  // namespace
}  // namespace myrt::container
