// pause and resume: the freezer as a user sees it, and what is still possible with a paused
// container.

#include <signal.h>

#include <filesystem>
#include <thread>

#include "support/cgroups.h"
#include "support/fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class Pause : public RuntimeTest {
 protected:
  Bundle& sleeper() { return bundle_.args({"/bin/sleep", "100"}); }

  static Outcome pause(const Container& container) {
    return container.call({"pause", container.id()});
  }
  static Outcome resume(const Container& container) {
    return container.call({"resume", container.id()});
  }
};

TEST_F(Pause, StopsEveryProcessUntilResume) {
  bundle_.shell("(while :; do echo child; sleep 0.01; done) & while :; do sleep 0.01; done");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("child\n"));

  ASSERT_TRUE(succeeded(pause(container)));
  const std::string before = container.out();
  std::this_thread::sleep_for(milliseconds(100));
  EXPECT_EQ(container.out(), before);

  ASSERT_TRUE(succeeded(resume(container)));
  EXPECT_TRUE(eventually([&] { return container.out().size() > before.size(); }));
}

TEST_F(Pause, PrintsNothing) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  for (const Outcome& outcome : {pause(container), resume(container)}) {
    EXPECT_TRUE(succeeded(outcome));
    EXPECT_EQ(outcome.out + outcome.err, "");
  }
}

TEST_F(Pause, IsAStatus) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(succeeded(pause(container)));

  EXPECT_EQ(container.status(), "paused");
  EXPECT_TRUE(alive(container.pid()));
  EXPECT_EQ(json_string(call({"list", "--format", "json"}).out, "/0/status"), "paused");

  ASSERT_TRUE(succeeded(resume(container)));
  EXPECT_EQ(container.status(), "running");
}

TEST_F(Pause, NeedsARunningContainer) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(succeeded(pause(container)));
  EXPECT_TRUE(failed(pause(container)));
  EXPECT_EQ(container.status(), "paused");

  ASSERT_TRUE(succeeded(container.kill("KILL")));
  container.wait_exit();
  EXPECT_TRUE(failed(pause(container)));
}

TEST_F(Pause, ResumeNeedsAPausedContainer) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_TRUE(failed(resume(container)));
  ASSERT_TRUE(succeeded(container.start()));
  EXPECT_TRUE(failed(resume(container)));
}

// Engines resume a container that died while it was paused; that must not wait for it.
TEST_F(Pause, ResumeOfAContainerThatDiedFails) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(succeeded(pause(container)));
  ASSERT_TRUE(succeeded(container.kill("KILL")));
  EXPECT_EQ(container.wait_exit().signal, SIGKILL);
  EXPECT_TRUE(failed(resume(container)));
  EXPECT_EQ(container.status(), "stopped");
}

TEST_F(Pause, OfACreatedContainerKeepsItFromStarting) {
  bundle_.shell("echo ran");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  ASSERT_TRUE(succeeded(pause(container)));
  EXPECT_EQ(container.status(), "paused");
  EXPECT_TRUE(failed(container.start()));

  ASSERT_TRUE(succeeded(resume(container)));
  EXPECT_EQ(container.status(), "created");
  ASSERT_TRUE(succeeded(container.start()));
  EXPECT_EQ(container.wait_exit().exit_code, 0);
  EXPECT_EQ(container.out(), "ran\n");
}

TEST_F(Pause, OtherSignalsThanKillWaitForResume) {
  bundle_.shell("trap 'echo got TERM; exit 7' TERM; echo ready; while :; do sleep 0.02; done");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("ready\n"));
  ASSERT_TRUE(succeeded(pause(container)));

  EXPECT_TRUE(succeeded(container.kill("TERM")));
  EXPECT_EQ(container.status(), "paused");
  ASSERT_TRUE(succeeded(resume(container)));
  EXPECT_EQ(container.wait_exit().exit_code, 7);
}

TEST_F(Pause, KillAllReachesEveryProcess) {
  bundle_.remove_namespace("pid").shell("sleep 100 & echo ready; wait");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("ready\n"));
  ASSERT_TRUE(succeeded(pause(container)));

  EXPECT_TRUE(succeeded(container.call({"kill", "--all", container.id(), "KILL"})));
  EXPECT_EQ(container.wait_exit().signal, SIGKILL);
  EXPECT_TRUE(eventually([] { return descendants().empty(); }));
}

TEST_F(Pause, DeleteNeedsForce) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(succeeded(pause(container)));

  EXPECT_TRUE(failed(container.remove()));
  EXPECT_TRUE(succeeded(container.remove({"--force"})));
  EXPECT_TRUE(eventually([] { return descendants().empty(); }));
}

// The signal may come before, while and after the processes freeze.
TEST_F(Pause, NeverSavesAProcessFromBeingKilled) {
  sleeper();
  for (int round = 0; round < 10; ++round) {
    Container container(bundle_);
    ASSERT_TRUE(succeeded(container.run_detached()));
    Process pausing(runtime_command(workspace(), {"pause", container.id()}));
    ASSERT_TRUE(succeeded(container.kill("KILL")));
    EXPECT_EQ(container.wait_exit().signal, SIGKILL);
    pausing.wait();
    EXPECT_EQ(container.status(), "stopped");
  }
}

// As an engine inside of the container does it with a container of its own.
TEST_F(Pause, LeavesFrozenWhatTheContainerHasFrozen) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const fs::path inner = cgroup_of(container.pid(), "freezer") / "inner";
  const fs::path file = inner / (cgroup_v2() ? "cgroup.freeze" : "freezer.state");
  const std::string frozen = cgroup_v2() ? "1" : "FROZEN";
  fs::create_directory(inner);
  write_file(file, frozen);

  ASSERT_TRUE(succeeded(pause(container)));
  ASSERT_TRUE(succeeded(resume(container)));

  EXPECT_EQ(read_value(file), frozen);
}

class MyrtPause : public Pause {};

TEST_F(MyrtPause, SaysThatACgroupAboveIsFrozen) {
  if (cgroup_v2()) {
    GTEST_SKIP() << "needs cgroup v1";
  }
  const std::string above = "/" + unique_name();
  const HostCgroup cgroup(above);
  sleeper().set("/linux/cgroupsPath", json_quote(above + "/inner"));
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const fs::path freezer = cgroup_root("freezer").string() + above;
  write_file(freezer / "freezer.state", "FROZEN");

  expect_message(resume(container), "resume " + container.id() + ": thaw " + freezer.string() +
                                        "/inner: a cgroup above it is frozen as well: Device or "
                                        "resource busy");

  write_file(freezer / "freezer.state", "THAWED");
}

TEST_F(MyrtPause, SaysWhyNot) {
  sleeper();
  Container container(bundle_);
  const std::string id = container.id();
  ASSERT_TRUE(succeeded(container.run_detached()));
  expect_message(resume(container), "resume " + id + ": container not paused");
  ASSERT_TRUE(succeeded(pause(container)));
  expect_message(pause(container), "pause " + id + ": container not running");
  expect_message(container.remove(), "delete " + id + ": cannot delete container " + id +
                                         " that is not stopped: paused");
  expect_message(container.start(), "start " + id + ": cannot start a container that is paused");
}

TEST_F(MyrtPause, NeedsACgroup) {
  bundle_.erase("/linux/resources").args({"/bin/sleep", "100"});
  const std::string id = unique_name();
  ASSERT_TRUE(succeeded(
      call({"--cgroup-manager", "disabled", "run", "--detach", "--bundle", bundle_.path(), id})));
  expect_message(call({"pause", id}), "pause " + id +
                                          ": cannot pause a container without cgroups: they were "
                                          "disabled when it was created, or its creator may make "
                                          "none");
  EXPECT_TRUE(succeeded(call({"delete", "--force", id})));
}

}  // namespace
}  // namespace myrt::test
