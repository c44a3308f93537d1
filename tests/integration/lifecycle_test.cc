// create, start, delete: which operation is allowed in which state (runtime.md "State",
// "Lifecycle", "Operations").

#include <signal.h>

#include <filesystem>

#include "support/fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class Lifecycle : public RuntimeTest {
 protected:
  // Runs until it is killed, but never for long.
  Bundle& sleeper() { return bundle_.args({"/bin/sleep", "100"}); }
};

TEST_F(Lifecycle, CreateDoesNotRunTheProgram) {
  bundle_.args({"/bin/touch", "/marker"});
  Container container(bundle_);

  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_EQ(container.status(), "created");
  EXPECT_FALSE(fs::exists(bundle_.rootfs() / "marker"));

  ASSERT_TRUE(succeeded(container.start()));
  EXPECT_EQ(container.wait_exit().exit_code, 0);
  EXPECT_TRUE(fs::exists(bundle_.rootfs() / "marker"));
}

TEST_F(Lifecycle, SuccessPrintsNothing) {
  sleeper();
  Container container(bundle_);
  for (const Outcome& outcome : {container.create(), container.start(), container.kill("KILL")}) {
    EXPECT_TRUE(succeeded(outcome));
    EXPECT_EQ(outcome.out + outcome.err, "");
  }
  container.wait_exit();

  const Outcome removed = container.remove();
  EXPECT_TRUE(succeeded(removed));
  EXPECT_EQ(removed.out + removed.err, "");
}

TEST_F(Lifecycle, TheContainerProcessBecomesTheCallersChild) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));

  const std::string status = read_file("/proc/" + std::to_string(container.pid()) + "/status");
  EXPECT_EQ(field_of(status, "PPid"), std::to_string(::getpid()));
  EXPECT_EQ(descendants().size(), 1U) << "only the container process outlives create";
}

TEST_F(Lifecycle, StartLeavesTheContainerRunning) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  const pid_t created_pid = container.pid();
  ASSERT_TRUE(succeeded(container.start()));

  EXPECT_EQ(container.status(), "running");
  EXPECT_EQ(container.pid(), created_pid);
  EXPECT_EQ(read_value("/proc/" + std::to_string(created_pid) + "/comm"), "sleep");
}

TEST_F(Lifecycle, AnEndedProgramThatNobodyReapedIsStopped) {
  bundle_.args({"/bin/true"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  const pid_t pid = container.pid();
  ASSERT_TRUE(succeeded(container.start()));
  ASSERT_TRUE(eventually([pid] { return !alive(pid); }));

  ASSERT_TRUE(fs::exists("/proc/" + std::to_string(pid))) << "it is a zombie";
  EXPECT_EQ(container.status(), "stopped");
  EXPECT_EQ(json_integer(container.state(), "/pid"), 0);
  EXPECT_TRUE(succeeded(container.remove()));
}

TEST_F(Lifecycle, ANewIdIsFreeAgainAfterDelete) {
  Container first(bundle_);
  ASSERT_TRUE(succeeded(first.create()));
  ASSERT_TRUE(succeeded(first.start()));
  first.wait_exit();
  ASSERT_TRUE(succeeded(first.remove()));

  Container second(bundle_, first.id());
  EXPECT_TRUE(succeeded(second.create()));
  EXPECT_EQ(second.status(), "created");
}

TEST_F(Lifecycle, AnIdInUseIsRefusedAndTheFirstContainerStays) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  const pid_t pid = container.pid();

  EXPECT_TRUE(failed(run(container.create_command())));
  EXPECT_EQ(container.status(), "created");
  EXPECT_EQ(container.pid(), pid);
  EXPECT_TRUE(succeeded(container.start()));
}

TEST_F(Lifecycle, StartOfARunningContainerFailsAndHasNoEffect) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));

  EXPECT_TRUE(failed(container.start()));
  EXPECT_EQ(container.status(), "running");
}

TEST_F(Lifecycle, StartOfAStoppedContainerFails) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  container.wait_exit();

  EXPECT_TRUE(failed(container.start()));
  EXPECT_EQ(container.status(), "stopped");
}

TEST_F(Lifecycle, StartAfterTheContainerProcessDiedFails) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  container.kill_process();
  EXPECT_EQ(container.wait_exit().signal, SIGKILL);

  EXPECT_TRUE(failed(container.start()));
  EXPECT_EQ(container.status(), "stopped");
}

TEST_F(Lifecycle, DeleteOfARunningContainerFailsAndHasNoEffect) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));

  EXPECT_TRUE(failed(container.remove()));
  EXPECT_EQ(container.status(), "running");
}

TEST_F(Lifecycle, ForcedDeleteKillsARunningContainer) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));

  EXPECT_TRUE(succeeded(container.remove({"--force"})));
  EXPECT_EQ(container.wait_exit(milliseconds(1'000)).signal, SIGKILL);
  EXPECT_EQ(container.state(), "");
}

TEST_F(Lifecycle, DeleteOfACreatedContainerKillsIt) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));

  EXPECT_TRUE(succeeded(container.remove()));
  EXPECT_EQ(container.wait_exit(milliseconds(1'000)).signal, SIGKILL);
  EXPECT_EQ(container.state(), "");
}

TEST_F(Lifecycle, ASecondDeleteFailsAndAForcedOneDoesNot) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  ASSERT_TRUE(succeeded(container.remove()));
  container.wait_exit();

  EXPECT_TRUE(failed(container.remove(), "does not exist"));
  EXPECT_TRUE(succeeded(container.remove({"--force"})));
}

TEST_F(Lifecycle, ForcedDeleteOfAnUnknownIdIsSilent) {
  const Outcome outcome = call({"delete", "--force", unique_name()});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out + outcome.err, "");
}

TEST_F(Lifecycle, UnknownIdsAreErrors) {
  for (const std::vector<std::string>& command :
       std::vector<std::vector<std::string>>{{"start", "nobody"},
                                             {"state", "nobody"},
                                             {"kill", "nobody", "KILL"},
                                             {"delete", "nobody"}}) {
    const Outcome outcome = call(command);
    EXPECT_TRUE(failed(outcome, "does not exist")) << command[0];
    EXPECT_EQ(outcome.out, "") << command[0];
  }
}

TEST_F(Lifecycle, LaterEditsOfTheConfigHaveNoEffect) {
  bundle_.args({"/bin/touch", "/first"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  bundle_.args({"/bin/touch", "/second"});
  ASSERT_TRUE(succeeded(container.start()));
  container.wait_exit();

  EXPECT_TRUE(fs::exists(bundle_.rootfs() / "first"));
  EXPECT_FALSE(fs::exists(bundle_.rootfs() / "second"));
}

TEST_F(Lifecycle, TheConfigMayBeGoneAtDelete) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  fs::remove(bundle_.path() / "config.json");

  EXPECT_TRUE(succeeded(container.start()));
  container.wait_exit();
  EXPECT_TRUE(succeeded(container.remove()));
}

TEST_F(Lifecycle, TheBundleIsTheWorkingDirectoryWhenNotNamed) {
  bundle_.args({"/bin/touch", "/marker"});
  Command command = runtime_command(workspace(), {"run", unique_name()});
  command.cwd = bundle_.path();
  EXPECT_TRUE(succeeded(run(command)));
  EXPECT_TRUE(fs::exists(bundle_.rootfs() / "marker"));
}

TEST_F(Lifecycle, AMissingBundleOrConfigIsAnError) {
  EXPECT_TRUE(failed(call({"create", "--bundle", "/nonexistent/bundle", unique_name()}),
                     "no such file or directory"));
  fs::remove(bundle_.path() / "config.json");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

TEST_F(Lifecycle, AMissingRootIsAnErrorThatNamesIt) {
  bundle_.set("/root/path", R"("no-such-root")");
  EXPECT_TRUE(failed(Container(bundle_).run(), "no-such-root"));
}

TEST_F(Lifecycle, ARootThatIsAFileIsAnError) {
  write_file(bundle_.path() / "plain", "");
  bundle_.set("/root/path", R"("plain")");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

TEST_F(Lifecycle, AnAbsoluteRootPathIsTakenAsItIs) {
  bundle_.set("/root/path", json_quote(bundle_.rootfs())).args({"/bin/touch", "/marker"});
  EXPECT_TRUE(succeeded(Container(bundle_).run()));
  EXPECT_TRUE(fs::exists(bundle_.rootfs() / "marker"));
}

// The fixture checks that nothing is left: no state, no cgroup, no process.
TEST_F(Lifecycle, AFailedCreateLeavesNothing) {
  bundle_.args({"/bin/no-such-program"});
  Container container(bundle_);
  EXPECT_TRUE(failed(run(container.create_command()), "no such file or directory"));
  EXPECT_EQ(container.state(), "");
}

TEST_F(Lifecycle, AFailedCreateLetsGoOfTheCallersPipe) {
  bundle_.args({"/bin/no-such-program"});
  Pipe pipe = make_pipe();
  Command command = Container(bundle_).create_command();
  command.stderr_fd = pipe.write.get();
  EXPECT_EQ(run(command).exit_code, 1);
  pipe.write.reset();

  // An engine reads to the end; it would hang if anything kept the pipe open.
  EXPECT_NE(read_to_end(pipe.read.get()), "");
}

TEST_F(Lifecycle, WithoutAProcessStartFails) {
  bundle_.erase("/process");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_EQ(container.status(), "created");
  EXPECT_TRUE(failed(container.start(), "process"));
}

TEST_F(Lifecycle, ForcedDeleteCleansUpAfterARuntimeKilledAtAnyMoment) {
  sleeper();
  // From before the first side effect to after the last one; the fixture checks that nothing is
  // left.
  for (int delay_us = 0; delay_us < 12'000; delay_us += 300) {
    Container container(bundle_);
    {
      const Process creating(container.create_command());
      ::usleep(static_cast<unsigned>(delay_us));
    }  // killed
    EXPECT_TRUE(succeeded(container.remove({"--force"}))) << "killed after " << delay_us << " us";
    EXPECT_EQ(container.state(), "");
    reap_all();
  }
}

}  // namespace
}  // namespace myrt::test
