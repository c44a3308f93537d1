// How containers of a pod are changed, stopped and deleted, whatever state they are in.

#include <signal.h>

#include <filesystem>

#include "engines/cri.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class CriUpdate : public CriTest {
 protected:
  void start_app() {
    leave_pod();
    app_.emplace(bundle_);
    create(*app_);
    start(*app_);
  }
  void TearDown() override {
    app_.reset();
    CriTest::TearDown();
  }

  std::string memory_limit() const {
    return read_value(cgroup_of(app_->pid(), "memory") /
                      (cgroup_v2() ? "memory.max" : "memory.limit_in_bytes"));
  }

  // The plugin denies all devices in each update.
  static constexpr const char* kResources = R"({
    "devices": [{"allow": false, "access": "rwm"}],
    "memory": {"limit": 67108864, "swap": 0, "kernel": 0},
    "cpu": {"shares": 204, "quota": 0, "period": 0, "cpus": "", "mems": ""},
    "unified": null
  })";

  std::optional<Container> app_;
};

TEST_F(CriUpdate, TakesTheResourcesFromItsInput) {
  start_app();
  const Outcome outcome = shim({"update", "--resources", "-", app_->id()}, kResources);
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(memory_limit(), "67108864");
}

TEST_F(CriUpdate, TakesTheOptionAsOneWordToo) {
  start_app();
  const Outcome outcome = shim({"update", "--resources=-", app_->id()}, kResources);
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(memory_limit(), "67108864");
}

TEST_F(CriUpdate, LeavesDevicesAndWhatIsZeroAsTheyAre) {
  start_app();
  ASSERT_TRUE(succeeded(shim({"update", "--resources", "-", app_->id()}, kResources)));
  EXPECT_EQ(output_in(*app_, "echo text > /dev/null && head -c 4 /dev/zero | wc -c"), "4\n");
  const fs::path cpu = cgroup_of(app_->pid(), "cpu");
  if (cgroup_v2()) {
    EXPECT_EQ(read_value(cpu / "cpu.max"), "50000 100000");
  } else {
    EXPECT_EQ(read_value(cpu / "cpu.cfs_quota_us"), "50000");
    EXPECT_EQ(read_value(cpu / "cpu.shares"), "204");
  }
}

using CriStop = CriUpdate;

TEST_F(CriStop, EndsWithTheSignalThatTheProgramHeeds) {
  bundle_.shell("trap 'exit 9' TERM; echo ready; while :; do usleep 10000; done");
  start_app();
  ASSERT_TRUE(app_->wait_for_output("ready\n"));
  const Outcome outcome = shim({"kill", app_->id(), "15"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(app_->wait_exit().exit_code, 9);
}

TEST_F(CriStop, EndsWithAKillWhereTheProgramDoesNot) {
  bundle_.shell("trap '' TERM; echo ready; while :; do usleep 10000; done");
  start_app();
  ASSERT_TRUE(app_->wait_for_output("ready\n"));
  EXPECT_TRUE(succeeded(shim({"kill", app_->id(), "15"})));
  EXPECT_EQ(app_->status(), "running");
  EXPECT_TRUE(succeeded(shim({"kill", "--all", app_->id(), "9"})));
  EXPECT_EQ(app_->wait_exit().signal, SIGKILL);
}

TEST_F(CriStop, MayKillAllOfADeadContainerAgainAndAgain) {
  start_app();
  app_->kill_process();
  app_->wait_exit();
  for (int time = 0; time < 2; ++time) {
    const Outcome outcome = shim({"kill", "--all", app_->id(), "9"});
    EXPECT_TRUE(succeeded(outcome));
    EXPECT_EQ(outcome.out, "");
  }
  EXPECT_TRUE(succeeded(app_->remove()));
}

TEST_F(CriStop, OfADeadContainerIsToldByTheMessage) {
  start_app();
  app_->kill_process();
  app_->wait_exit();
  const Outcome outcome = shim({"kill", app_->id(), "9"});
  EXPECT_NE(outcome.exit_code, 0);
  // One of the three that the shim knows.
  EXPECT_TRUE(contains(outcome.out, "container not running") ||
              contains(outcome.out, "os: process already finished") ||
              contains_ignoring_case(outcome.out, "no such process"))
      << outcome;
}

// CRI-O sends it until `state` says that the container has stopped.
TEST_F(CriStop, GoesOnUntilTheStateIsStopped) {
  start_app();
  const Command command = runtime_command(workspace(), {"kill", app_->id(), "KILL"});
  EXPECT_TRUE(eventually([&] {
    run(command);
    return app_->status() == "stopped";
  }));
}

TEST_F(CriStop, IsSeenBeforeTheProcessIsReaped) {
  start_app();
  const pid_t pid = app_->pid();
  app_->kill_process();
  EXPECT_TRUE(eventually([pid] { return !alive(pid); }));
  EXPECT_TRUE(fs::exists("/proc/" + std::to_string(pid)));  // a zombie
  const std::string state = app_->state();
  EXPECT_EQ(json_string(state, "/status"), "stopped") << state;
  EXPECT_EQ(json_integer(state, "/pid"), 0) << state;
  EXPECT_TRUE(succeeded(app_->remove()));
}

TEST_F(CriStop, IsFollowedByAForcedDeleteInAnyCase) {
  start_app();
  app_->kill_process();
  app_->wait_exit();
  EXPECT_EQ(shim({"delete", app_->id()}).exit_code, 0);
  const Outcome again = shim({"delete", "--force", app_->id()});
  EXPECT_TRUE(succeeded(again));
  EXPECT_EQ(again.out, "");
}

TEST_F(CriStop, KillsWhatIsLeftInAPidNamespaceOfThePod) {
  start_sandbox();
  bundle_.set_namespace("pid", namespace_of(sandbox().pid(), "pid"))
      .shell("sleep 600 & echo ready; exec sleep 600");
  app_.emplace(bundle_);
  create(*app_);
  start(*app_);
  ASSERT_TRUE(app_->wait_for_output("ready\n"));
  const fs::path processes = cgroup_of(app_->pid(), "pids") / "cgroup.procs";
  EXPECT_EQ(lines_of(read_file(processes)).size(), 2U);
  app_->kill_process();
  EXPECT_EQ(app_->wait_exit().signal, SIGKILL);
  EXPECT_TRUE(succeeded(shim({"kill", "--all", app_->id(), "9"})));
  EXPECT_TRUE(eventually([&processes] { return read_file(processes).empty(); }));
  EXPECT_TRUE(succeeded(app_->remove()));
}

TEST_F(CriStop, OfTheSandboxEndsAContainerInItsPidNamespace) {
  start_sandbox();
  bundle_.set_namespace("pid", namespace_of(sandbox().pid(), "pid"));
  app_.emplace(bundle_);
  create(*app_);
  start(*app_);
  sandbox().kill_process();
  EXPECT_EQ(app_->wait_exit().signal, SIGKILL);
  sandbox().wait_exit();
  EXPECT_TRUE(succeeded(shim({"kill", "--all", app_->id(), "9"})));
  EXPECT_TRUE(succeeded(app_->remove()));
}

using CriPause = CriUpdate;

TEST_F(CriPause, SaysNothing) {
  start_app();
  for (const std::string command : {"pause", "resume"}) {
    const Outcome outcome = shim({command, app_->id()});
    EXPECT_TRUE(succeeded(outcome));
    EXPECT_EQ(outcome.out, "");
  }
}

TEST_F(CriPause, DoesNotKeepAKillFromTheContainer) {
  start_app();
  ASSERT_TRUE(succeeded(shim({"pause", app_->id()})));
  EXPECT_EQ(app_->status(), "paused");
  EXPECT_TRUE(succeeded(shim({"kill", app_->id(), "9"})));
  EXPECT_EQ(app_->wait_exit().signal, SIGKILL);
}

// The shim resumes what it had paused, also when it has ended since.
TEST_F(CriPause, ThatTheProgramDidNotOutliveLetsResumeFail) {
  start_app();
  ASSERT_TRUE(succeeded(shim({"pause", app_->id()})));
  ASSERT_TRUE(succeeded(shim({"kill", app_->id(), "9"})));
  app_->wait_exit();
  const Outcome outcome = shim({"resume", app_->id()});
  EXPECT_EQ(outcome.exit_code, 1) << outcome;
  EXPECT_NE(outcome.out, "");
  EXPECT_EQ(app_->status(), "stopped");
}

TEST_F(CriPause, DoesNotKeepAForcedDeleteFromTheContainer) {
  start_app();
  ASSERT_TRUE(succeeded(shim({"pause", app_->id()})));
  EXPECT_TRUE(succeeded(app_->remove({"--force"})));
  EXPECT_EQ(app_->state(), "");
}

}  // namespace
}  // namespace myrt::test
