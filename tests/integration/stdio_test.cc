// What crosses the border of a container besides its config: descriptors, exit status, signals,
// session.

#include <signal.h>

#include <filesystem>

#include "support/fixture.h"

namespace myrt::test {
namespace {

class Stdio : public RuntimeTest {
 protected:
  // A file with this content, to be passed as a descriptor.
  Fd open_file(const std::string& content) {
    const std::filesystem::path path = workspace() / unique_name();
    write_file(path, content);
    return open_fd(path, O_RDONLY);
  }

  // `run` with a wrapper in front: the wrapper execs the runtime, which keeps its pid.
  Outcome run_after(const std::string& script, const std::vector<int>& fds = {}) {
    Container container(bundle_);
    Command command = container.run_command();
    command.argv.insert(command.argv.begin(), {"sh", "-c", script + "; exec \"$@\"", "sh"});
    command.extra_fds = fds;
    return container.run(command);
  }
};

TEST_F(Stdio, IsPassedThrough) {
  bundle_.shell("cat; echo error >&2");
  Container container(bundle_);
  Command command = container.run_command();
  command.stdin_text = "some input\n";
  const Outcome outcome = container.run(command);
  EXPECT_EQ(outcome.out, "some input\n");
  EXPECT_EQ(outcome.err, "error\n");
}

TEST_F(Stdio, OfACreatedContainerIsThatOfCreate) {
  bundle_.shell("echo from start");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_EQ(container.out(), "");
  EXPECT_EQ(container.start().out, "");
  container.wait_exit();
  EXPECT_EQ(container.out(), "from start\n");
}

TEST_F(Stdio, EveryOtherDescriptorIsClosed) {
  const Fd first = open_file("first");
  const Fd second = open_file("second");
  bundle_.shell("ls /proc/$$/fd; true");
  Container container(bundle_);
  Command command = container.run_command();
  command.extra_fds = {first.get(), second.get(), first.get()};
  EXPECT_EQ(container.run(command).out, "0\n1\n2\n");
}

TEST_F(Stdio, PreservedDescriptorsAreOpenAndTheNextOnesAreNot) {
  const Fd first = open_file("first ");
  const Fd second = open_file("second\n");
  const Fd third = open_file("third");
  bundle_.shell("cat <&3; cat <&4; ls /proc/$$/fd; true");
  Container container(bundle_);
  Command command = container.run_command({"--preserve-fds", "2"});
  command.extra_fds = {first.get(), second.get(), third.get()};
  EXPECT_EQ(container.run(command).out, "first second\n0\n1\n2\n3\n4\n");
}

TEST_F(Stdio, APreservedDescriptorMustBeOpen) {
  EXPECT_TRUE(failed(Container(bundle_).run({"--preserve-fds", "1"})));
}

TEST_F(Stdio, SocketsOfTheServiceManagerAreHandedOver) {
  const Fd socket = open_file("socket\n");
  bundle_.shell("cat <&3; echo $LISTEN_FDS $LISTEN_PID");
  EXPECT_EQ(run_after("export LISTEN_FDS=1 LISTEN_PID=$$", {socket.get()}).out, "socket\n1 1\n");
}

TEST_F(Stdio, SocketsForAnotherProcessAreNot) {
  const Fd socket = open_file("socket\n");
  bundle_.shell("echo ${LISTEN_FDS-none}; ls /proc/$$/fd; true");
  EXPECT_EQ(run_after("export LISTEN_FDS=1 LISTEN_PID=1", {socket.get()}).out, "none\n0\n1\n2\n");
}

TEST_F(Stdio, NoProcessThatLivesOnHoldsTheCallersPipe) {
  Pipe pipe = make_pipe();
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  Command command = container.create_command();
  command.extra_fds = {pipe.write.get()};
  ASSERT_TRUE(succeeded(container.create(command)));
  pipe.write.reset();
  // The container waits to be started: the end of file must come already now, or engines wait for
  // ever.
  EXPECT_EQ(read_to_end(pipe.read.get()), "");
  EXPECT_TRUE(succeeded(container.start()));
  EXPECT_EQ(container.status(), "running");
}

class ExitStatus : public RuntimeTest {};

TEST_F(ExitStatus, OfRunIsThatOfTheProgram) {
  for (const int status : {0, 1, 42, 255}) {
    bundle_.shell("exit " + std::to_string(status));
    EXPECT_EQ(Container(bundle_).run().exit_code, status);
  }
}

TEST_F(ExitStatus, OfRunIs128AndTheSignal) {
  // Without a pid namespace: its first process could not signal itself (pid_namespaces(7)).
  bundle_.remove_namespace("pid");
  for (const int signal : {SIGKILL, SIGTERM, SIGSEGV}) {
    bundle_.shell("kill -" + std::to_string(signal) + " $$; sleep 10");
    EXPECT_EQ(Container(bundle_).run().exit_code, 128 + signal);
  }
}

TEST_F(ExitStatus, OfADetachedContainerReachesTheCaller) {
  bundle_.shell("exit 42");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_EQ(container.wait_exit().exit_code, 42);
}

TEST_F(ExitStatus, OfDetachedRunIsZeroWhileTheProgramRuns) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_EQ(container.status(), "running");
}

class Signals : public RuntimeTest {};

TEST_F(Signals, ToAForegroundRunReachTheProgram) {
  bundle_.shell(
      "trap 'echo term; exit 9' TERM; trap 'echo usr1' USR1; echo ready; while :; do sleep 0.02; "
      "done");
  Container container(bundle_);
  Process running(container.run_command());
  ASSERT_TRUE(eventually([&running] { return running.out() == "ready\n"; }));
  running.signal(SIGUSR1);
  ASSERT_TRUE(eventually([&running] { return running.out() == "ready\nusr1\n"; }));
  running.signal(SIGTERM);
  const Outcome outcome = running.wait();
  EXPECT_EQ(outcome.exit_code, 9);
  EXPECT_EQ(outcome.out, "ready\nusr1\nterm\n");
}

TEST_F(Signals, IgnoredByTheCallerAreNotIgnoredInside) {
  bundle_.args({"/bin/grep", "^SigIgn", "/proc/self/status"});
  Container container(bundle_);
  Command command = container.run_command();
  command.argv.insert(command.argv.begin(), {"sh", "-c", "trap '' INT USR1; exec \"$@\"", "sh"});
  EXPECT_EQ(container.run(command).out, "SigIgn:\t0000000000000000\n");
}

TEST_F(Signals, AreNotBlockedInside) {
  bundle_.args({"/bin/grep", "^SigBlk", "/proc/self/status"});
  EXPECT_EQ(Container(bundle_).run().out, "SigBlk:\t0000000000000000\n");
}

TEST_F(Signals, ComeFromASessionOfItsOwn) {
  // Fields 1, 5 and 6 of /proc/<pid>/stat are pid, process group and session (proc(5)).
  bundle_.args({"/bin/awk", "{print $1, $5, $6}", "/proc/self/stat"});
  EXPECT_EQ(Container(bundle_).run().out, "1 1 1\n");
}

}  // namespace
}  // namespace myrt::test
