// exec as a shell user has it: output, exit status, and what differs from the container's own
// process.

#include "support/exec.h"

#include <signal.h>

namespace myrt::test {
namespace {

class Exec : public ExecTest {};

TEST_F(Exec, PassesInputAndOutputThrough) {
  start();
  Command command = exec_command({}, {"/bin/sh", "-c", "cat; echo error >&2"});
  command.stdin_text = "some input\n";
  const Outcome outcome = run(command);
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "some input\n");
  EXPECT_EQ(outcome.err, "error\n");
}

TEST_F(Exec, ExitsWithTheStatusOfTheProgram) {
  start();
  for (const int status : {0, 1, 42, 255}) {
    EXPECT_EQ(exec({"/bin/sh", "-c", "exit " + std::to_string(status)}).exit_code, status);
  }
}

TEST_F(Exec, ExitsWith128AndTheSignal) {
  start();
  for (const int signal : {SIGKILL, SIGTERM, SIGSEGV}) {
    EXPECT_EQ(
        exec({"/bin/sh", "-c", "kill -" + std::to_string(signal) + " $$; sleep 10"}).exit_code,
        128 + signal);
  }
}

TEST_F(Exec, AddsNothingToWhatTheProgramSays) {
  // Told by `create`: an ambient capability that is not inheritable is left out.
  bundle_.set("/process/capabilities/ambient", R"(["CAP_KILL"])");
  start();

  const Outcome outcome = exec({"/bin/sh", "-c", "echo out; echo err >&2"});

  EXPECT_EQ(outcome.out, "out\n");
  EXPECT_EQ(outcome.err, "err\n");
}

TEST_F(Exec, FindsTheProgramInThePathOfTheContainer) {
  bundle_.file("own/program", "#!/bin/sh\necho found\n", 0755)
      .set("/process/env", R"(["PATH=/bin:/own"])");
  start();
  EXPECT_EQ(exec({"program"}).out, "found\n");
  EXPECT_EQ(exec({"--env", "PATH=/own"}, {"program"}).out, "found\n");
  EXPECT_TRUE(not_executed(exec({"--env", "PATH=/bin"}, {"program"}), "executable file not found"));
}

TEST_F(Exec, ThatCannotExecuteIsAnErrorEvenWhenDetached) {
  bundle_.file("closed", "#!/bin/sh\n", 0644);
  start();
  for (const auto& options : {std::vector<std::string>{}, std::vector<std::string>{"--detach"}}) {
    EXPECT_TRUE(not_executed(exec(options, {"nope"}), "executable file not found in $PATH"));
    EXPECT_TRUE(not_executed(exec(options, {"/nope"}), "no such file or directory"));
    EXPECT_TRUE(not_executed(exec(options, {"/closed"}), "permission denied"));
  }
}

TEST_F(Exec, OptionsEndAtTheId) {
  start();
  EXPECT_EQ(exec({"/bin/echo", "--detach", "-t", "--x=y", "--", "-u", "1000"}).out,
            "--detach -t --x=y -- -u 1000\n");
  EXPECT_EQ(exec({"echo", "--help"}).out, "--help\n");
}

TEST_F(Exec, WorksInACreatedContainer) {
  bundle_.shell("echo started; sleep 1000");
  create();
  EXPECT_EQ(exec({"/bin/hostname"}).out, "container\n");
  EXPECT_EQ(container().status(), "created");
  ASSERT_TRUE(succeeded(container().start()));
  EXPECT_TRUE(container().wait_for_output("started\n"));
}

TEST_F(Exec, NeedsAContainer) {
  start();
  EXPECT_TRUE(not_executed(call({"exec", "nobody", "true"}), "does not exist"));
}

TEST_F(Exec, NeedsOneThatHasNotStopped) {
  start();
  container().kill_process();
  container().wait_exit();
  EXPECT_TRUE(not_executed(exec({"true"})));
}

TEST_F(Exec, NeedsOneThatIsNotPaused) {
  start();
  ASSERT_TRUE(succeeded(container().call({"pause", container().id()})));
  EXPECT_TRUE(not_executed(exec({"true"}), "paused"));
}

TEST_F(Exec, RunsInAPausedOneWhenItIsResumed) {
  start();
  ASSERT_TRUE(succeeded(container().call({"pause", container().id()})));
  Process running(exec_command({"--ignore-paused"}, {"echo", "ran"}));
  EXPECT_FALSE(eventually([&] { return !alive(running.pid()); }, milliseconds(100)));
  EXPECT_EQ(running.out(), "");
  ASSERT_TRUE(succeeded(container().call({"resume", container().id()})));
  const Outcome outcome = running.wait();
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "ran\n");
}

TEST_F(Exec, WorksTwentyTimesAtOnce) {
  start();
  std::vector<Process> running;
  for (int count = 0; count < 20; ++count) {
    running.emplace_back(exec_command({}, {"/bin/sh", "-c", "echo $0", std::to_string(count)}));
  }
  for (int count = 0; count < 20; ++count) {
    const Outcome outcome = running[static_cast<std::size_t>(count)].wait();
    EXPECT_TRUE(succeeded(outcome));
    EXPECT_EQ(outcome.out, std::to_string(count) + "\n");
  }
}

TEST_F(Exec, ForwardsSignals) {
  start();
  Process running(exec_command({}, {"/bin/sh", "-c",
                                    "trap 'echo term; exit 9' TERM; trap 'echo usr1' USR1; "
                                    "echo ready; while :; do sleep 0.02; done"}));
  ASSERT_TRUE(eventually([&] { return running.out() == "ready\n"; }));
  running.signal(SIGUSR1);
  ASSERT_TRUE(eventually([&] { return running.out() == "ready\nusr1\n"; }));
  running.signal(SIGTERM);
  const Outcome outcome = running.wait();
  EXPECT_EQ(outcome.exit_code, 9);
  EXPECT_EQ(outcome.out, "ready\nusr1\nterm\n");
}

TEST_F(Exec, EndsWithTheContainer) {
  start();
  Process running(exec_command({}, {"/bin/sh", "-c", "echo ready; sleep 1000"}));
  ASSERT_TRUE(eventually([&] { return running.out() == "ready\n"; }));
  container().kill_process();
  EXPECT_EQ(running.wait().exit_code, 128 + SIGKILL);
}

class ExecEnvironment : public ExecTest {
 protected:
  ExecEnvironment() { bundle_.set("/process/env", R"(["PATH=/bin", "A=container", "B=stays"])"); }
};

TEST_F(ExecEnvironment, IsThatOfTheContainerAndHome) {
  start();
  EXPECT_EQ(exec({"env"}).out, "PATH=/bin\nA=container\nB=stays\nHOME=/root\n");
}

TEST_F(ExecEnvironment, IsAddedToAndReplaced) {
  start();
  EXPECT_EQ(output_of("echo $A $B $C $D", {"--env", "A=mine", "--env", "C=x y=z", "--env=D="}),
            "mine stays x y=z\n");
}

TEST_F(ExecEnvironment, HasEveryNameOnce) {
  start();
  EXPECT_EQ(exec({"--env", "A=1", "--env", "A=2"}, {"env"}).out,
            "PATH=/bin\nA=2\nB=stays\nHOME=/root\n");
}

TEST_F(ExecEnvironment, HomeIsThatOfTheUser) {
  start();
  EXPECT_EQ(output_of("echo $HOME", {"--user", "1000"}), "/home/user\n");
  EXPECT_EQ(output_of("echo $HOME", {"--user", "77"}), "/\n");
  EXPECT_EQ(output_of("echo $HOME", {"--env", "HOME=/var"}), "/var\n");
}

TEST_F(ExecEnvironment, HasNothingOfTheCallers) {
  start();
  Command command = exec_command({}, {"env"});
  command.env->push_back("LEAKME=1");
  EXPECT_FALSE(contains(run(command).out, "LEAKME"));
}

class ExecDirectory : public ExecTest {};

TEST_F(ExecDirectory, IsThatOfTheContainer) {
  bundle_.set("/process/cwd", R"("/var")");
  start();
  EXPECT_EQ(exec({"pwd"}).out, "/var\n");
}

TEST_F(ExecDirectory, CanBeChosen) {
  bundle_.set("/process/cwd", R"("/var")");
  start();
  EXPECT_EQ(exec({"--cwd", "/tmp"}, {"pwd"}).out, "/tmp\n");
}

TEST_F(ExecDirectory, IsNotMadeWhenMissing) {
  start();
  EXPECT_TRUE(not_executed(exec({"--cwd", "/new/deep"}, {"pwd"}), "no such file or directory"));
}

TEST_F(ExecDirectory, MustBeOne) {
  start();
  EXPECT_TRUE(not_executed(exec({"--cwd", "/etc/passwd"}, {"pwd"}), "not a directory"));
}

class ExecUser : public ExecTest {};

TEST_F(ExecUser, IsThatOfTheContainer) {
  bundle_.set("/process/user", R"({"uid": 5, "gid": 6, "additionalGids": [2001]})");
  start();
  EXPECT_EQ(output_of("id -u; id -g; id -G"), "5\n6\n6 2001\n");
}

TEST_F(ExecUser, KeepsTheGroupUnlessGiven) {
  bundle_.set("/process/user", R"({"uid": 5, "gid": 6})");
  start();
  EXPECT_EQ(output_of("id -u; id -g", {"--user", "1000"}), "1000\n6\n");
  EXPECT_EQ(output_of("id -u; id -g", {"-u", "1000:2000"}), "1000\n2000\n");
}

TEST_F(ExecUser, MayBeUnknownToTheContainer) {
  start();
  EXPECT_EQ(output_of("id -u; id -g", {"-u", "2147483647:2147483647"}), "2147483647\n2147483647\n");
}

TEST_F(ExecUser, GetsMoreGroups) {
  bundle_.set("/process/user", R"({"uid": 0, "gid": 0, "additionalGids": [2001]})");
  start();
  EXPECT_EQ(output_of("id -G", {"-g", "2002", "-g", "2003"}), "0 2001 2002 2003\n");
}

TEST_F(ExecUser, MustBeMapped) {
  bundle_.set_namespace("user")
      .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 1001}])")
      .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 200000, "size": 1001}])");
  start();
  EXPECT_EQ(output_of("id -u; id -g", {"-u", "1000:1000"}), "1000\n1000\n");
  EXPECT_TRUE(not_executed(exec({"-u", "1001"}, {"id"})));
  EXPECT_TRUE(not_executed(exec({"-u", "0:1001"}, {"id"})));
  EXPECT_TRUE(not_executed(exec({"-g", "1001"}, {"id"})));
}

}  // namespace
}  // namespace myrt::test
