// The life of a container as podman leads it: created, started, signalled, stopped, again, removed.

#include <signal.h>

#include "engines/podman.h"

namespace myrt::test {
namespace {

class PodmanLife : public Podman {};

TEST_F(PodmanLife, CreatesAContainerBeforeItStarts) {
  EXPECT_TRUE(
      succeeded(run(store().make("create", {"--name", "early", "busybox", "echo", "now"}))));
  EXPECT_TRUE(succeeded(podman({"init", "early"})));
  EXPECT_EQ(podman({"inspect", "--format", "{{.State.Status}}", "early"}).out, "initialized\n");
  EXPECT_EQ(podman({"start", "--attach", "early"}).out, "now\n");
  EXPECT_TRUE(succeeded(podman({"rm", "early"})));
}

TEST_F(PodmanLife, RemovesAContainerThatNeverStarted) {
  EXPECT_TRUE(succeeded(run(store().make("create", {"--name", "unborn", "busybox", "true"}))));
  EXPECT_TRUE(succeeded(podman({"init", "unborn"})));
  EXPECT_TRUE(succeeded(podman({"rm", "unborn"})));
}

TEST_F(PodmanLife, SignalsADetachedContainer) {
  const PodmanContainer container(
      store(),
      {"busybox", "sh", "-c", "trap 'exit 9' USR1; echo ready; while :; do usleep 10000; done"});
  EXPECT_TRUE(container.wait_for_log("ready\n"));
  EXPECT_TRUE(succeeded(container.call({"kill", "--signal", "USR1"})));
  EXPECT_EQ(container.call({"wait"}).out, "9\n");
  EXPECT_TRUE(succeeded(container.call({"rm"})));
}

TEST_F(PodmanLife, KillsWithSigkillUnlessTold) {
  const PodmanContainer container(store(), {"busybox", "sleep", "600"});
  EXPECT_TRUE(succeeded(container.call({"kill"})));
  EXPECT_EQ(container.call({"wait"}).out, "137\n");
}

TEST_F(PodmanLife, StopsWithTheSignalOfTheImage) {
  const PodmanContainer container(
      store(), {"--stop-signal", "USR2", "busybox", "sh", "-c",
                "trap 'exit 6' USR2; echo ready; while :; do usleep 10000; done"});
  EXPECT_TRUE(container.wait_for_log("ready\n"));
  EXPECT_TRUE(succeeded(container.call({"stop", "--time", "20"})));
  EXPECT_EQ(container.status(), "exited 6");
}

TEST_F(PodmanLife, StopsStartsAndRemovesAContainer) {
  const PodmanContainer container(store(), {"busybox", "sleep", "600"});
  EXPECT_EQ(container.status(), "running 0");
  EXPECT_TRUE(succeeded(container.call({"stop", "--time", "0"})));
  EXPECT_EQ(container.status(), "exited 137");
  EXPECT_TRUE(succeeded(container.call({"start"})));
  EXPECT_EQ(container.status(), "running 0");
  EXPECT_TRUE(succeeded(container.call({"rm", "--force", "--time", "0"})));
}

TEST_F(PodmanLife, RestartsAContainer) {
  const PodmanContainer container(store(), {"busybox", "sh", "-c", "echo started; sleep 600"});
  EXPECT_TRUE(container.wait_for_log("started\n"));
  const pid_t before = container.pid();
  EXPECT_TRUE(succeeded(container.call({"restart", "--time", "0"})));
  EXPECT_TRUE(container.wait_for_log("started\nstarted\n"));
  EXPECT_NE(container.pid(), before);
}

TEST_F(PodmanLife, RestartsAContainerThatFails) {
  const PodmanContainer container(
      store(), {"--restart", "on-failure:2", "busybox", "sh", "-c", "echo try; exit 3"});
  EXPECT_TRUE(eventually(
      [&container] {
        return container.inspect("{{.RestartCount}} {{.State.Status}} {{.State.ExitCode}}") ==
               "2 exited 3";
      },
      kPodmanTimeout));
  EXPECT_EQ(container.log(), "try\ntry\ntry\n");
}

TEST_F(PodmanLife, WaitsForTheEnd) {
  const PodmanContainer container(
      store(), {"busybox", "sh", "-c", "until [ -e /tmp/go ]; do usleep 10000; done; exit 4"});
  Process waiting(store().command({"wait", container.name()}));
  EXPECT_TRUE(succeeded(container.exec({"touch", "/tmp/go"})));
  EXPECT_EQ(waiting.wait(kPodmanTimeout).out, "4\n");
}

TEST_F(PodmanLife, KeepsBothOutputsInTheLog) {
  const PodmanContainer container(store(), {"busybox", "sh", "-c", "echo out; echo err >&2"});
  EXPECT_TRUE(container.wait_for_status("exited 0"));
  const Outcome log = container.call({"logs"});
  EXPECT_EQ(log.out, "out\n");
  EXPECT_EQ(log.err, "err\n");
}

TEST_F(PodmanLife, AttachesToARunningContainer) {
  const PodmanContainer container(
      store(), {"--interactive", "busybox", "sh", "-c", "read word; echo got $word; sleep 600"});
  Command command = store().command({"attach", "--sig-proxy=false", container.name()});
  command.stdin_text = "something\n";
  Process user(command);
  EXPECT_TRUE(eventually([&user] { return user.out() == "got something\n"; }, kPodmanTimeout));
  EXPECT_TRUE(succeeded(container.call({"kill"})));
  EXPECT_FALSE(user.wait(kPodmanTimeout).timed_out);
}

TEST_F(PodmanLife, RemovesAContainerThatIsPaused) {
  const PodmanContainer container(store(), {"busybox", "sleep", "600"});
  EXPECT_TRUE(succeeded(container.call({"pause"})));
  EXPECT_TRUE(succeeded(container.call({"rm", "--force", "--time", "0"})));
}

TEST_F(PodmanLife, RemovesAContainerWhoseProgramWasKilledFromOutside) {
  const PodmanContainer container(store(), {"busybox", "sleep", "600"});
  ::kill(container.pid(), SIGKILL);
  EXPECT_TRUE(container.wait_for_status("exited 137"));
  EXPECT_TRUE(succeeded(container.call({"rm"})));
}

}  // namespace
}  // namespace myrt::test
