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

TEST_F(Stdio, SocketsOfTheServiceManagerComeBeforeThoseAskedFor) {
  const Fd socket = open_file("socket ");
  const Fd second = open_file("asked for\n");
  const Fd third = open_file("third");
  bundle_.shell("cat <&3; cat <&4; echo $LISTEN_FDS; ls /proc/$$/fd; true");
  Container container(bundle_);
  Command command = container.run_command({"--preserve-fds", "1"});
  command.argv.insert(command.argv.begin(),
                      {"sh", "-c", "export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$@\"", "sh"});
  command.extra_fds = {socket.get(), second.get(), third.get()};
  EXPECT_EQ(container.run(command).out, "socket asked for\n1\n0\n1\n2\n3\n4\n");
}

TEST_F(Stdio, NumbersOfSocketsThatAreNoneAreIgnored) {
  const Fd socket = open_file("socket\n");
  bundle_.shell("echo ${LISTEN_FDS-none}; ls /proc/$$/fd; true");
  for (const char* count : {"x", "0", "", "1x"}) {
    EXPECT_EQ(
        run_after(std::string("export LISTEN_PID=$$ LISTEN_FDS=") + count, {socket.get()}).out,
        "none\n0\n1\n2\n")
        << count;
  }
}

class MyrtStdio : public Stdio {};

TEST_F(MyrtStdio, NamesOfSocketsAreHandedOverWithThem) {
  const Fd socket = open_file("socket\n");
  bundle_.shell("echo ${LISTEN_FDNAMES-none}");
  EXPECT_EQ(run_after("export LISTEN_FDS=1 LISTEN_PID=$$ LISTEN_FDNAMES=web", {socket.get()}).out,
            "web\n");
  EXPECT_EQ(run_after("export LISTEN_FDS=1 LISTEN_PID=$$", {socket.get()}).out, "none\n");
  EXPECT_EQ(run_after("export LISTEN_FDS=1 LISTEN_PID=1 LISTEN_FDNAMES=web", {socket.get()}).out,
            "none\n");
}

// The program is not always the first process of its pid namespace.
TEST_F(MyrtStdio, SocketsAreForThePidOfTheProgram) {
  const Fd socket = open_file("socket\n");
  bundle_.remove_namespace("pid").shell("[ $LISTEN_PID = $$ ] && echo mine");
  EXPECT_EQ(run_after("export LISTEN_FDS=1 LISTEN_PID=$$", {socket.get()}).out, "mine\n");
}

TEST_F(MyrtStdio, SocketsOfExecAreForThePidOfItsProgram) {
  const Fd socket = open_file("socket\n");
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  Command command = runtime_command(workspace(), {"exec", container.id(), "/bin/sh", "-c",
                                                  "[ $LISTEN_PID = $$ ] && echo $LISTEN_FDNAMES"});
  command.argv.insert(
      command.argv.begin(),
      {"sh", "-c", "export LISTEN_FDS=1 LISTEN_FDNAMES=web LISTEN_PID=$$; exec \"$@\"", "sh"});
  command.extra_fds = {socket.get()};
  EXPECT_EQ(run(command).out, "web\n");
}

TEST_F(MyrtStdio, VariablesOfSocketsReplaceThoseOfTheConfig) {
  const Fd socket = open_file("socket\n");
  bundle_.set("/process/env", R"(["PATH=/bin", "LISTEN_FDS=7", "LISTEN_PID=8", "HOME=/"])")
      .args({"/bin/env"});
  EXPECT_EQ(run_after("export LISTEN_FDS=1 LISTEN_PID=$$", {socket.get()}).out,
            "PATH=/bin\nHOME=/\nLISTEN_FDS=1\nLISTEN_PID=1\n");
}

TEST_F(MyrtStdio, APreservedDescriptorThatIsNotOpenIsNamed) {
  const Fd file = open_file("");
  const std::string id = unique_name();
  Container container(bundle_, id);
  Command command = container.run_command({"--preserve-fds", "3"});
  command.extra_fds = {file.get()};
  expect_message(container.run(command),
                 "run " + id + ": preserved descriptor 4: Bad file descriptor");
  command = container.run_command();
  command.argv.insert(command.argv.begin(),
                      {"sh", "-c", "export LISTEN_FDS=2 LISTEN_PID=$$; exec \"$@\"", "sh"});
  command.extra_fds = {file.get()};
  expect_message(container.run(command),
                 "run " + id + ": preserved descriptor 4: Bad file descriptor");
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
