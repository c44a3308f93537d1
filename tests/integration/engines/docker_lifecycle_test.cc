// docker stop, kill, pause, restart and rm, and the policies by which the daemon starts containers
// again.

#include <signal.h>

#include <cstdlib>

#include "engines/docker.h"

namespace myrt::test {
namespace {

class DockerLifecycle : public Docker {
 protected:
  static void expect_restarts(const DockerContainer& container, const std::string& count) {
    EXPECT_TRUE(eventually([&] { return restarts(container) == count; }, milliseconds(10'000)))
        << restarts(container);
  }

  static std::string restarts(const DockerContainer& container) {
    return inspect(container.name(), "{{.RestartCount}}");
  }
};

// The sleeps are short, as the shell looks at its signals between them.
constexpr const char* kTrapping =
    "trap 'exit 9' TERM; trap 'echo got USR1' USR1; echo ready; while :; do usleep 10000; done";

TEST_F(DockerLifecycle, StopSendsTerm) {
  const DockerContainer container(daemon(), {"busybox", "sh", "-c", kTrapping});
  EXPECT_TRUE(container.wait_for_log("ready\n"));
  EXPECT_TRUE(succeeded(container.call({"stop"})));
  EXPECT_EQ(container.status(), "exited 9");
}

TEST_F(DockerLifecycle, StopKillsWhatDoesNotStop) {
  const DockerContainer container(daemon(), kSleeping);  // a first process without a handler
  EXPECT_TRUE(succeeded(container.call({"stop", "--time", "0"})));
  EXPECT_EQ(container.status(), "exited 137");
}

TEST_F(DockerLifecycle, StopSendsTheSignalOfTheContainer) {
  const DockerContainer container(daemon(),
                                  {"--stop-signal", "RTMIN+3", "busybox", "sh", "-c",
                                   "trap 'exit 3' 37; echo ready; while :; do usleep 10000; done"});
  EXPECT_TRUE(container.wait_for_log("ready\n"));
  EXPECT_TRUE(succeeded(container.call({"stop"})));
  EXPECT_EQ(container.status(), "exited 3");
}

TEST_F(DockerLifecycle, KillSendsTheSignal) {
  const DockerContainer container(daemon(), {"busybox", "sh", "-c", kTrapping});
  EXPECT_TRUE(container.wait_for_log("ready\n"));
  EXPECT_TRUE(succeeded(container.call({"kill", "--signal", "USR1"})));
  EXPECT_TRUE(container.wait_for_log("ready\ngot USR1\n"));
}

TEST_F(DockerLifecycle, WaitTellsTheStatusOfAKilledContainer) {
  const DockerContainer container(daemon(), kSleeping);
  EXPECT_TRUE(succeeded(container.call({"kill"})));
  EXPECT_EQ(container.call({"wait"}).out, "137\n");
}

TEST_F(DockerLifecycle, KillOfAContainerThatEndedIsRefused) {
  const DockerContainer container(daemon(), {"busybox", "true"});
  EXPECT_EQ(container.call({"wait"}).out, "0\n");
  const Outcome outcome = container.call({"kill"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "is not running")) << outcome;
}

TEST_F(DockerLifecycle, StartRunsItAgain) {
  const DockerContainer container(daemon(), {"busybox", "echo", "run"});
  EXPECT_EQ(container.call({"wait"}).out, "0\n");
  EXPECT_EQ(container.call({"start", "--attach"}).out, "run\n");
  EXPECT_EQ(container.log(), "run\nrun\n");
}

TEST_F(DockerLifecycle, RestartGivesItANewProcess) {
  const DockerContainer container(daemon(), kSleeping);
  const pid_t before = pid_of(container.name());
  EXPECT_TRUE(succeeded(container.call({"restart", "--time", "0"})));
  EXPECT_EQ(container.status(), "running 0");
  EXPECT_NE(pid_of(container.name()), before);
}

TEST_F(DockerLifecycle, PauseStopsTheProcesses) {
  const DockerContainer container(daemon(),
                                  {"busybox", "sh", "-c", "while :; do echo x; usleep 1000; done"});
  EXPECT_TRUE(eventually([&] { return !container.log().empty(); }));
  EXPECT_TRUE(succeeded(container.call({"pause"})));
  EXPECT_EQ(container.status(), "paused 0");
  const std::string stat = "/proc/" + std::to_string(pid_of(container.name())) + "/stat";
  const std::string at_first = read_file(stat);  // holds the time that it ran
  EXPECT_FALSE(eventually([&] { return read_file(stat) != at_first; }, milliseconds(200)));

  EXPECT_TRUE(succeeded(container.call({"unpause"})));
  EXPECT_EQ(container.status(), "running 0");
  EXPECT_TRUE(eventually([&] { return read_file(stat) != at_first; }));
}

TEST_F(DockerLifecycle, APausedContainerIsKilled) {
  const DockerContainer container(daemon(), kSleeping);
  EXPECT_TRUE(succeeded(container.call({"pause"})));
  EXPECT_TRUE(succeeded(container.call({"kill"})));
  EXPECT_TRUE(container.wait_for_status("exited 137"));
}

TEST_F(DockerLifecycle, APausedContainerIsRemovedByForce) {
  const DockerContainer container(daemon(), kSleeping);  // whose end of scope does that
  EXPECT_TRUE(succeeded(container.call({"pause"})));
}

TEST_F(DockerLifecycle, RemovesARunningContainerByForce) {
  EXPECT_TRUE(
      succeeded(docker({"run", "--detach", "--name", "forced", "busybox", "sleep", "600"})));
  const pid_t process = pid_of("forced");
  EXPECT_TRUE(alive(process));
  EXPECT_TRUE(succeeded(docker({"rm", "--force", "forced"})));
  EXPECT_FALSE(alive(process));
}

TEST_F(DockerLifecycle, StopsAContainerWithoutAPidNamespaceOfItsOwn) {
  const DockerContainer container(
      daemon(), {"--pid", "host", "busybox", "sh", "-c", "sleep 600 & echo $!; wait"});
  EXPECT_TRUE(eventually([&] { return !container.log().empty(); }));
  const pid_t child = std::atoi(container.log().c_str());
  EXPECT_TRUE(alive(child));
  EXPECT_TRUE(succeeded(container.call({"stop", "--time", "0"})));
  EXPECT_TRUE(eventually([child] { return !alive(child); }));
}

TEST_F(DockerLifecycle, OnFailureRestartsAsOftenAsAllowed) {
  const DockerContainer container(
      daemon(), {"--restart", "on-failure:2", "busybox", "sh", "-c", "echo run; exit 1"});
  expect_restarts(container, "2");
  EXPECT_TRUE(container.wait_for_status("exited 1"));
  EXPECT_EQ(container.log(), "run\nrun\nrun\n");
}

TEST_F(DockerLifecycle, OnFailureDoesNotRestartWhatSucceeded) {
  const DockerContainer container(daemon(), {"--restart", "on-failure:2", "busybox", "true"});
  EXPECT_TRUE(container.wait_for_status("exited 0"));
  EXPECT_EQ(restarts(container), "0");
}

TEST_F(DockerLifecycle, AlwaysRestartsWhatDied) {
  const DockerContainer container(daemon(), {"--restart", "always", "busybox", "sleep", "600"});
  const pid_t process = pid_of(container.name());
  ASSERT_GT(process, 0);  // or the signal would go to the tests
  ::kill(process, SIGKILL);
  expect_restarts(container, "1");
  EXPECT_TRUE(container.wait_for_status("running 0"));
}

TEST_F(DockerLifecycle, AlwaysRestartsNothingThatWasStopped) {
  const DockerContainer container(daemon(), {"--restart", "always", "busybox", "sleep", "600"});
  EXPECT_TRUE(succeeded(container.call({"stop", "--time", "0"})));
  EXPECT_EQ(container.status(), "exited 137");
  EXPECT_EQ(restarts(container), "0");
}

TEST_F(DockerLifecycle, AlwaysRestartsNothingThatWasKilled) {
  const DockerContainer container(daemon(), {"--restart", "always", "busybox", "sleep", "600"});
  EXPECT_TRUE(succeeded(container.call({"kill"})));
  EXPECT_TRUE(container.wait_for_status("exited 137"));
  EXPECT_EQ(restarts(container), "0");
}

}  // namespace
}  // namespace myrt::test
