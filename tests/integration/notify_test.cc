// NOTIFY_SOCKET: what the program of a container tells the service manager that started the runtime
// (sd_notify(3)).

#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include <gmock/gmock.h>

#include "support/fixture.h"
#include "support/probe.h"
#include "support/programs.h"
#include "support/service_manager.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

class Notify : public RuntimeTest {
 protected:
  Notify() { add_probe(bundle_); }

  // A shell script in which `notify WORD...` sends each word as a datagram.
  Bundle& script(const std::string& text) {
    const std::vector<std::string> command = notify({});
    return bundle_.shell("notify() { " + command[0] + " " + command[1] + " \"$@\" || exit; }; " +
                         text);
  }

  Outcome create(Container& container) const {
    return container.create(manager_.started(container.create_command()));
  }
  Command start_command(const Container& container) const {
    return manager_.started(runtime_command(workspace(), {"start", container.id()}));
  }
  // Creates and starts as a service of the manager, and gives the lines that the manager got.
  std::vector<std::string> lines_of_start(Container& container) const {
    EXPECT_TRUE(succeeded(create(container)));
    Process starting(start_command(container));
    std::vector<std::string> lines = manager_.lines_until("BARRIER=1");
    EXPECT_TRUE(succeeded(starting.wait()));
    return lines;
  }
  void expect_ready() {
    Container container(bundle_);
    EXPECT_THAT(lines_of_start(container), Contains("READY=1"));
  }
  std::string output_of_run() {
    Container container(bundle_);
    const Outcome outcome = container.run(manager_.started(container.run_command()));
    EXPECT_TRUE(succeeded(outcome));
    return outcome.out;
  }

  const ServiceManager manager_{workspace() / "manager"};
};

TEST_F(Notify, ReachesTheManagerWithThePidOfTheContainer) {
  script("notify READY=1; sleep 100");
  Container container(bundle_);
  const std::vector<std::string> lines = lines_of_start(container);
  EXPECT_THAT(lines, Contains("READY=1"));
  EXPECT_THAT(lines, Contains("MAINPID=" + std::to_string(container.pid())));
  EXPECT_EQ(container.status(), "running");
}

TEST_F(Notify, HoldsUpStartUntilTheProgramIsReady) {
  script("until [ -e /go ]; do sleep 0.01; done; notify READY=1; sleep 100");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  Process starting(start_command(container));
  ASSERT_TRUE(eventually([&container] { return container.status() == "running"; }));
  ASSERT_TRUE(alive(starting.pid()));
  bundle_.file("go", "");
  EXPECT_THAT(manager_.lines_until("BARRIER=1"), Contains("READY=1"));
  EXPECT_TRUE(succeeded(starting.wait()));
}

TEST_F(Notify, IsNotWaitedForWhenTheProgramHasEnded) {
  script("exit 3");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  EXPECT_TRUE(succeeded(test::run(start_command(container))));
  EXPECT_EQ(container.wait_exit().exit_code, 3);
  EXPECT_THAT(manager_.lines(), IsEmpty());
}

TEST_F(Notify, HoldsUpNoOtherCommand) {
  script("echo started; sleep 100");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  Process starting(start_command(container));
  ASSERT_TRUE(container.wait_for_output("started\n"));
  EXPECT_TRUE(succeeded(container.remove({"--force"})));
  EXPECT_TRUE(succeeded(starting.wait()));
}

TEST_F(Notify, IsByASocketAloneInItsDirectory) {
  script(
      "echo $NOTIFY_SOCKET; ls /run/notify; touch /run/notify/made 2>/dev/null || echo closed; "
      "notify READY=1; sleep 100");
  Container container(bundle_);
  lines_of_start(container);
  EXPECT_EQ(container.out(), "/run/notify/notify.sock\nnotify.sock\nclosed\n");
}

TEST_F(Notify, MayComeFromAnOrdinaryUser) {
  bundle_.set("/process/user", R"({"uid": 1000, "gid": 1000})");
  script("notify READY=1; sleep 100");
  expect_ready();
}

TEST_F(Notify, MayComeFromAUserNamespace) {
  bundle_.set_namespace("user")
      .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
      .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])");
  // Its root may make nothing in the root file system, which is not its own.
  bundle_.file("probe", "").directory("run/notify");
  script("notify READY=1; sleep 100");
  expect_ready();
}

TEST_F(Notify, WorksWithAReadOnlyRoot) {
  bundle_.set("/root/readonly", "true");
  script("notify READY=1; sleep 100");
  expect_ready();
}

TEST_F(Notify, WorksBelowATmpfsOfTheConfig) {
  bundle_.mount("/run", "tmpfs", "tmpfs", {"nosuid", "nodev", "mode=755"});
  script("notify READY=1; sleep 100");
  expect_ready();
}

TEST_F(Notify, WorksWhereRunIsALink) {
  fs::remove(bundle_.rootfs() / "run");
  bundle_.directory("var/run").symlink("/var/run", "run");
  script("notify READY=1; sleep 100");
  expect_ready();
}

TEST_F(Notify, WorksWithoutRunInTheImage) {
  fs::remove(bundle_.rootfs() / "run");
  script("notify READY=1; sleep 100");
  expect_ready();
}

TEST_F(Notify, WorksForADetachedRun) {
  script("notify READY=1; sleep 100");
  Container container(bundle_);
  Process running(manager_.started(container.run_command({"--detach"})));
  const std::vector<std::string> lines = manager_.lines_until("BARRIER=1");
  EXPECT_TRUE(succeeded(running.wait()));
  EXPECT_THAT(lines, Contains("READY=1"));
  EXPECT_THAT(lines, Contains("MAINPID=" + std::to_string(container.pid())));
  EXPECT_TRUE(succeeded(container.remove({"--force"})));
}

TEST_F(Notify, ReachesTheManagerFromAForegroundRun) {
  script("notify READY=1");
  Container container(bundle_);
  Process running(manager_.started(container.run_command()));
  EXPECT_THAT(manager_.lines_until("READY=1"), Contains("READY=1"));
  // There may be more, which it waits to be read.
  ASSERT_TRUE(eventually([this, &running] {
    manager_.lines();
    return !alive(running.pid());
  }));
  EXPECT_TRUE(succeeded(running.wait()));
}

TEST_F(Notify, WithoutAManagerThereIsNoSocket) {
  bundle_.shell("echo ${NOTIFY_SOCKET-none}; ls -d /run/notify 2>/dev/null; true");
  EXPECT_EQ(Container(bundle_).run().out, "none\n");
}

class MyrtNotify : public Notify {
 protected:
  // What the manager gets while a foreground run sends these datagrams. The last is "STOPPING=1",
  // so that there is an end.
  std::vector<std::string> told_by_run(std::vector<std::string> datagrams) {
    datagrams.push_back("STOPPING=1");
    bundle_.args(notify(datagrams));
    Container container(bundle_);
    Process running(manager_.started(container.run_command()));
    std::vector<std::string> lines = manager_.lines_until("STOPPING=1");
    EXPECT_TRUE(succeeded(running.wait()));
    return lines;
  }
};

TEST_F(MyrtNotify, PassesOnWhatTheProgramSaysOfItself) {
  EXPECT_THAT(told_by_run({"STATUS=loading \xc3\xa4", "WATCHDOG=1", "RELOADING=1\nMONOTONIC_USEC=5",
                           "ERRNO=2\n"}),
              ElementsAre("STATUS=loading \xc3\xa4", "WATCHDOG=1", "RELOADING=1",
                          "MONOTONIC_USEC=5", "ERRNO=2", "STOPPING=1"));
}

TEST_F(MyrtNotify, PassesNothingElseOn) {
  EXPECT_THAT(told_by_run({"MAINPID=1", "FDSTORE=1", "NOTIFYACCESS=all", "WATCHDOG_USEC=1",
                           "EXTEND_TIMEOUT_USEC=9999999999", "READY=0", "READY=1 ", " READY=1",
                           "STATUS=\x1b[2J", "X", "=", "\n\n", std::string(5'000, 'x')}),
              ElementsAre("STOPPING=1"));
}

TEST_F(MyrtNotify, OfAForegroundRunNamesTheRuntimeAsTheMainProcess) {
  bundle_.args(notify({"STATUS=up\nREADY=1"}));
  Container container(bundle_);
  Process running(manager_.started(container.run_command()));
  const std::string self = "MAINPID=" + std::to_string(running.pid());
  EXPECT_THAT(manager_.lines_until("READY=1"), ElementsAre("STATUS=up", self, "READY=1"));
  EXPECT_TRUE(succeeded(running.wait()));
}

TEST_F(MyrtNotify, AnswersBarriers) {
  script("notify STATUS=one BARRIER=1; echo passed");
  EXPECT_EQ(output_of_run(), "passed\n");
  EXPECT_THAT(manager_.lines(), ElementsAre("STATUS=one"));
}

TEST_F(MyrtNotify, GoesToAnAbstractSocketToo) {
  const ServiceManager abstract("@" + unique_name());
  bundle_.args(notify({"STATUS=heard"}));
  Container container(bundle_);
  EXPECT_TRUE(succeeded(container.run(abstract.started(container.run_command()))));
  EXPECT_THAT(abstract.lines(), ElementsAre("STATUS=heard"));
}

TEST_F(MyrtNotify, WorksWithLongPathsOnBothSides) {
  const std::string name(100, 'd');
  fs::create_directories(workspace() / name / name);
  const ServiceManager far(workspace() / name / name / "manager");
  bundle_.args(notify({"STATUS=heard"}));
  Command command = Container(bundle_).run_command();
  command.argv[2] = workspace() / name / name / "state";
  EXPECT_TRUE(succeeded(run(far.started(command))));
  EXPECT_THAT(far.lines(), ElementsAre("STATUS=heard"));
}

TEST_F(MyrtNotify, LeavesAVariableOfTheConfigAlone) {
  bundle_.set("/process/env", R"(["PATH=/bin", "NOTIFY_SOCKET=/engines/own"])");
  script("echo $NOTIFY_SOCKET; ls -d /run/notify 2>/dev/null; sleep 100");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  EXPECT_TRUE(succeeded(run(start_command(container)))) << "nothing is waited for";
  EXPECT_TRUE(container.wait_for_output("/engines/own\n"));
  EXPECT_EQ(container.out(), "/engines/own\n");
}

TEST_F(MyrtNotify, IsNotWaitedForWhenTheContainerWasCreatedWithout) {
  script("sleep 100");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_TRUE(succeeded(run(start_command(container))));
}

TEST_F(MyrtNotify, NeedsAMountNamespace) {
  bundle_.remove_namespace("mount").set("/mounts", "[]").erase("/linux/maskedPaths");
  bundle_.erase("/linux/readonlyPaths").shell("echo ${NOTIFY_SOCKET-none}");
  Container container(bundle_);
  const Outcome outcome = container.run(manager_.started(container.run_command()));
  EXPECT_EQ(outcome.out, "none\n");
  EXPECT_EQ(outcome.err,
            "warning: NOTIFY_SOCKET: the container cannot notify the service manager without a new "
            "mount namespace\n");
}

TEST_F(MyrtNotify, NeedsAManagerThatListens) {
  const std::string id = unique_name();
  Container container(bundle_, id);
  Command command = container.create_command();
  command.env->push_back("NOTIFY_SOCKET=/nonexistent/manager");
  ASSERT_TRUE(succeeded(container.create(command)));
  Command start = runtime_command(workspace(), {"start", id});
  start.env->push_back("NOTIFY_SOCKET=/nonexistent/manager");
  expect_message(run(start), "start " + id +
                                 ": NOTIFY_SOCKET: connect to /nonexistent/manager: No such file "
                                 "or directory");
  EXPECT_EQ(container.status(), "created");
}

TEST_F(MyrtNotify, NeedsAnAddressThatIsOne) {
  const std::string id = unique_name();
  Container container(bundle_, id);
  Command command = container.run_command();
  command.env->push_back("NOTIFY_SOCKET=manager");
  expect_message(
      container.run(command),
      "run " + id + ": NOTIFY_SOCKET: \"manager\" is neither an absolute path nor @NAME");
}

// A container with all privileges can make its mounts writable.
TEST_F(MyrtNotify, LeavesNothingOfWhatTheContainerMadeBesideTheSocket) {
  bundle_.capabilities({"CAP_SYS_ADMIN", "CAP_DAC_OVERRIDE"});
  script(
      "mount -o remount,bind,rw /run/notify && mkdir -p /run/notify/a/b && ln -s /etc "
      "/run/notify/c && echo made");
  EXPECT_EQ(output_of_run(), "made\n");
}

TEST_F(MyrtNotify, OfAStartThatWasKilledIsCleanedUp) {
  script("sleep 100");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  {
    const Process starting(start_command(container));
    ASSERT_TRUE(eventually([&container] { return container.status() == "running"; }));
  }  // killed
  EXPECT_EQ(container.status(), "running");
  EXPECT_TRUE(succeeded(container.remove({"--force"})));
}

}  // namespace
}  // namespace myrt::test
