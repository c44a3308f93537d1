// `exec` as the CRI plugin, CRI-O and their users ask for it: checked commands (ExecSync), streams,
// and terminals.

#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include "engines/cri.h"
#include "support/terminal.h"
#include "support/unix_socket.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class CriExec : public CriTest {
 protected:
  void SetUp() override {
    CriTest::SetUp();
    leave_pod();
    app_.emplace(bundle_);
    create(*app_);
    start(*app_);
  }
  void TearDown() override {
    // As a shim, which reaps all its children: a pid namespace does not end before its last zombie.
    if (const pid_t pid = exec_pid(); alive(pid)) {
      ::kill(pid, SIGKILL);
      wait_child(pid);
    }
    app_.reset();
    CriTest::TearDown();
  }

  static std::string shell(const std::string& script) { return process({"/bin/sh", "-c", script}); }
  static std::string on_terminal(const std::string& process) {
    return json_set(process, "/terminal", "true");
  }

  std::optional<Container> app_;
};

TEST_F(CriExec, DetachedLeavesItsProcessToTheCaller) {
  Process runtime(detached_exec(*app_, shell("echo out; echo err >&2; exit 3")));
  ASSERT_TRUE(succeeded(runtime.wait()));
  EXPECT_EQ(wait_child(exec_pid()).exit_code, 3);
  EXPECT_EQ(runtime.out(), "out\n");
  EXPECT_EQ(runtime.err(), "err\n");
}

TEST_F(CriExec, DetachedNeedsItsFilesNoLonger) {
  Command command = detached_exec(*app_, shell("sleep 0.1; exit 4"));
  Process runtime(command);
  ASSERT_TRUE(succeeded(runtime.wait()));
  EXPECT_EQ(read_file(pid_file_), std::to_string(exec_pid()));  // no newline
  for (const std::string& word : command.argv) {
    if (word.ends_with(".process")) {
      fs::remove(word);
    }
  }
  EXPECT_EQ(wait_child(exec_pid()).exit_code, 4);
}

// What is run too long is killed by the shim itself.
TEST_F(CriExec, DetachedCanBeKilledByItsPid) {
  ASSERT_TRUE(succeeded(run(detached_exec(*app_, process({"sleep", "600"})))));
  ASSERT_EQ(::kill(exec_pid(), SIGKILL), 0);
  EXPECT_EQ(wait_child(exec_pid()).signal, SIGKILL);
  EXPECT_EQ(app_->status(), "running");
}

TEST_F(CriExec, OfAMissingProgramFailsWithoutAPidFile) {
  const Outcome outcome = run(detached_exec(*app_, process({"nonexist"})));
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_TRUE(contains(outcome.err, "not found in $PATH")) << outcome;
  EXPECT_TRUE(contains(logged_error(), "not found in $PATH")) << logged_error();
  EXPECT_FALSE(fs::exists(pid_file_));
}

TEST_F(CriExec, JoinsWhatTheContainerHas) {
  ASSERT_TRUE(succeeded(run(detached_exec(*app_, process({"sleep", "600"})))));
  for (const std::string kind : {"pid", "mnt", "net", "ipc", "uts", "cgroup", "user"}) {
    EXPECT_EQ(inode_of(namespace_of(exec_pid(), kind)), inode_of(namespace_of(app_->pid(), kind)))
        << kind;
  }
  EXPECT_EQ(cgroup_of(exec_pid(), "memory"), cgroup_of(app_->pid(), "memory"));
  const std::string status = read_file("/proc/" + std::to_string(exec_pid()) + "/status");
  EXPECT_EQ(field_of(status, "Seccomp"), "2");
  EXPECT_EQ(field_of(status, "NoNewPrivs"), "1");
  EXPECT_EQ(field_of(status, "CapBnd"), "0000000000000021");
  EXPECT_EQ(field_of(status, "Groups"), "1000 2000 ");
}

TEST_F(CriExec, InTheForegroundPassesStreamsAndExitStatusOn) {
  Command command =
      exec_command(*app_, shell("read line; echo \"got $line\"; echo err >&2; exit 7"));
  command.stdin_text = "some text\n";
  const Outcome outcome = run(command);
  EXPECT_EQ(outcome.exit_code, 7);
  EXPECT_EQ(outcome.out, "got some text\n");
  EXPECT_EQ(outcome.err, "err\n");
}

TEST_F(CriExec, InTheForegroundTellsASignalByTheExitStatus) {
  EXPECT_EQ(run(exec_command(*app_, shell("kill -TERM $$"))).exit_code, 128 + SIGTERM);
}

TEST_F(CriExec, InTheForegroundWaitsForTheEndOfItsInput) {
  Pipe pipe = make_pipe();
  Command command = exec_command(*app_, process({"cat"}));
  command.stdin_fd = pipe.read.get();
  Process runtime(command);
  pipe.read.reset();
  ASSERT_EQ(::write(pipe.write.get(), "text\n", 5), 5);
  EXPECT_TRUE(eventually([&runtime] { return runtime.out() == "text\n"; }));
  pipe.write.reset();
  EXPECT_EQ(runtime.wait().exit_code, 0);
}

TEST_F(CriExec, OfAStreamGetsATerminalBySocket) {
  const fs::path socket = workspace() / "console";
  const UnixListener listener(socket);
  ASSERT_TRUE(succeeded(
      run(detached_exec(*app_, on_terminal(shell("tty; read line; echo got $line; exit 5")),
                        {"--console-socket", socket}))));
  // The shim accepts only now.
  const std::optional<SocketMessage> message = listener.receive();
  ASSERT_TRUE(message.has_value());
  ASSERT_EQ(message->fds.size(), 1U);
  const int master = message->fds[0].get();
  EXPECT_EQ(read_terminal(master, "/dev/pts/0\r\n"), "/dev/pts/0\r\n");
  ASSERT_EQ(::write(master, "text\n", 5), 5);
  EXPECT_TRUE(contains(read_terminal(master, "got text\r\n"), "got text\r\n"));
  EXPECT_EQ(wait_child(exec_pid()).exit_code, 5);
}

TEST_F(CriExec, OnTheCallersTerminalMakesOneInTheContainer) {
  const Terminal terminal;
  terminal.resize(33, 99);
  Command command = exec_command(
      *app_, on_terminal(shell(
                 "tty; until [ \"$(stty size 2>/dev/null)\" = '33 99' ]; do usleep 10000; done; "
                 "echo first; until [ \"$(stty size 2>/dev/null)\" = '44 132' ]; do usleep 10000; "
                 "done; echo second; exit 6")));
  command.stdin_fd = command.stdout_fd = command.stderr_fd = terminal.slave();
  Process runtime(command);
  EXPECT_EQ(read_terminal(terminal.master(), "first\r\n"), "/dev/pts/0\r\nfirst\r\n");
  terminal.resize(44, 132);
  runtime.signal(SIGWINCH);
  EXPECT_EQ(read_terminal(terminal.master(), "second\r\n"), "second\r\n");
  EXPECT_EQ(runtime.wait().exit_code, 6);
}

TEST_F(CriExec, WritesToRootsPipesAsAnotherUser) {
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  Command command =
      exec_command(*app_, shell("id -u; echo out > /dev/stdout; echo err > /dev/stderr"));
  command.stdout_fd = out.write.get();
  command.stderr_fd = err.write.get();
  EXPECT_TRUE(succeeded(run(command)));
  out.write.reset();
  err.write.reset();
  EXPECT_EQ(text_until_end(out.read.get()), "1000\nout\n");
  EXPECT_EQ(text_until_end(err.read.get()), "err\n");
}

TEST_F(CriExec, HoldsNoPipeOfItsCaller) {
  Pipe pipe = make_pipe();
  Command command = detached_exec(*app_, process({"sleep", "600"}));
  command.extra_fds = {pipe.read.get(), pipe.write.get()};
  ASSERT_TRUE(succeeded(run(command)));
  pipe.write.reset();
  EXPECT_EQ(text_until_end(pipe.read.get()), "");
  EXPECT_TRUE(alive(exec_pid()));
}

TEST_F(CriExec, WorksBeforeStart) {
  bundle_.set("/linux/cgroupsPath", json_quote(pod_group_ + "/early"));
  Container early(bundle_);
  create(early);
  EXPECT_EQ(output_in(early, "echo here"), "here\n");
  EXPECT_EQ(early.status(), "created");
}

TEST_F(CriExec, OfAStoppedContainerFails) {
  app_->kill_process();
  app_->wait_exit();
  EXPECT_NE(run(detached_exec(*app_, process({"true"}))).exit_code, 0);
  EXPECT_NE(logged_error(), "");
  EXPECT_FALSE(fs::exists(pid_file_));
}

}  // namespace
}  // namespace myrt::test
