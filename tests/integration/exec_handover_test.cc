// What exec hands to its caller: the pid, a pidfd, a terminal.

#include <termios.h>
#include <unistd.h>

#include <filesystem>

#include "support/exec.h"
#include "support/terminal.h"
#include "support/unix_socket.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class ExecPidFile : public ExecTest {
 protected:
  const fs::path file_ = workspace() / "another.pid";
};

TEST_F(ExecPidFile, HasTheCallersNumberAndNothingElse) {
  start();
  const pid_t pid = exec_detached({"sleep", "77"});
  EXPECT_EQ(read_file(pid_file()), std::to_string(pid));
  const std::string comm = "/proc/" + std::to_string(pid) + "/comm";
  EXPECT_TRUE(eventually([&] { return read_value(comm) == "sleep"; }));
}

TEST_F(ExecPidFile, IsWrittenInTheForegroundToo) {
  start();
  EXPECT_TRUE(succeeded(exec({"--pid-file", file_}, {"true"})));
  EXPECT_FALSE(read_file(file_).empty());
}

// Engines tell by it a program that failed from one that was never executed.
TEST_F(ExecPidFile, IsNotWrittenWhenNothingWasExecuted) {
  start();
  EXPECT_TRUE(not_executed(exec({"--pid-file", file_}, {"nope"})));
  EXPECT_TRUE(not_executed(exec({"--detach", "--pid-file", file_}, {"nope"})));
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(ExecPidFile, TakesThePlaceOfALink) {
  const fs::path target = workspace() / "target";
  write_file(target, "untouched");
  fs::create_symlink(target, file_);
  start();
  EXPECT_TRUE(succeeded(exec({"--pid-file", file_}, {"true"})));
  EXPECT_EQ(read_file(target), "untouched");
  EXPECT_FALSE(fs::is_symlink(file_));
}

class ExecPidfd : public ExecTest {};

TEST_F(ExecPidfd, IsSentToTheSocket) {
  const fs::path path = workspace() / "pidfd";
  const UnixListener listener(path);
  start();
  const pid_t pid = exec_detached({"sleep", "1000"}, {"--pidfd-socket", path});
  const std::optional<SocketMessage> message = listener.receive();
  ASSERT_TRUE(message.has_value());
  ASSERT_EQ(message->fds.size(), 1U);
  EXPECT_EQ(
      field_of(read_file("/proc/self/fdinfo/" + std::to_string(message->fds[0].get())), "Pid"),
      std::to_string(pid));
}

TEST_F(ExecPidfd, NeedsTheSocket) {
  start();
  EXPECT_TRUE(not_executed(exec({"--pidfd-socket", workspace() / "nope"}, {"true"}),
                           "no such file or directory"));
}

class ExecConsole : public ExecTest {
 protected:
  // Executes a script on a terminal that goes through a socket; returns what it shows up to "end".
  std::string output_by_socket(const std::string& script) {
    const UnixListener listener(socket_);
    exec_detached({"/bin/sh", "-c", script + "; echo end"}, {"--tty", "--console-socket", socket_});
    const std::optional<SocketMessage> message = listener.receive();
    fs::remove(socket_);
    if (!message.has_value() || message->fds.size() != 1) {
      ADD_FAILURE() << "no descriptor came";
      return "";
    }
    EXPECT_FALSE(message->data.empty());
    EXPECT_TRUE(message->closed_after);
    return read_terminal(message->fds[0].get(), "end\r\n");
  }

  const fs::path socket_ = workspace() / "console";
};

TEST_F(ExecConsole, IsSentToTheSocketWhenDetached) {
  start();
  EXPECT_EQ(output_by_socket("tty; test -t 0 && test -t 1 && test -t 2 && echo terminal; "
                             "echo direct > /dev/tty"),
            "/dev/pts/0\r\nterminal\r\ndirect\r\nend\r\n");
}

TEST_F(ExecConsole, HasItsOwnPlaceBesideTheContainers) {
  const UnixListener listener(workspace() / "first");
  bundle_.set("/process/terminal", "true");
  start({"--console-socket", workspace() / "first"});
  const std::optional<SocketMessage> first = listener.receive();
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(output_by_socket("tty"), "/dev/pts/1\r\nend\r\n");
  // Only when asked for, whatever the container has.
  EXPECT_EQ(exec({"tty"}).out, "not a tty\n");
}

TEST_F(ExecConsole, BelongsToTheUser) {
  bundle_.set("/process/user", R"({"uid": 1000, "gid": 1000})");
  start();
  EXPECT_EQ(output_by_socket("stat -c %u $(tty)"), "1000\r\nend\r\n");
}

TEST_F(ExecConsole, HasTheSizeOfTheProcessFile) {
  const UnixListener listener(socket_);
  const fs::path file = workspace() / "process.json";
  write_file(file, R"({"args": ["/bin/sh", "-c", "/bin/stty size; echo end"], "cwd": "/",
                       "user": {"uid": 0, "gid": 0},
                       "terminal": true, "consoleSize": {"height": 40, "width": 132}})");
  start();
  // Engines that have it in the file still give the flag.
  exec_detached({}, {"--process", file, "--tty", "--console-socket", socket_});
  const std::optional<SocketMessage> message = listener.receive();
  ASSERT_TRUE(message.has_value());
  ASSERT_EQ(message->fds.size(), 1U);
  EXPECT_EQ(read_terminal(message->fds[0].get(), "end\r\n"), "40 132\r\nend\r\n");
}

TEST_F(ExecConsole, NeedsASocketWhenDetached) {
  start();
  EXPECT_TRUE(not_executed(exec({"--detach", "--tty"}, {"true"})));
}

TEST_F(ExecConsole, SocketNeedsATerminal) {
  const UnixListener listener(socket_);
  start();
  EXPECT_TRUE(not_executed(exec({"--console-socket", socket_}, {"true"})));
}

TEST_F(ExecConsole, SocketMustBeThere) {
  start();
  EXPECT_TRUE(not_executed(exec({"--detach", "--tty", "--console-socket", socket_}, {"true"}),
                           "no such file or directory"));
}

class ExecForegroundConsole : public ExecTest {
 protected:
  Process run_on_terminal(const std::string& script) {
    Command command = exec_command({"--tty"}, {"/bin/sh", "-c", script});
    command.stdin_fd = command.stdout_fd = command.stderr_fd = terminal_.slave();
    return Process(command);
  }

  Terminal terminal_;
};

TEST_F(ExecForegroundConsole, ShowsWhatTheProgramWrites) {
  terminal_.resize(33, 99);
  start();
  Process running = run_on_terminal("tty; sleep 0.2; stty size; echo end; exit 5");
  EXPECT_EQ(read_terminal(terminal_.master(), "end\r\n"), "/dev/pts/0\r\n33 99\r\nend\r\n");
  EXPECT_EQ(running.wait().exit_code, 5);
}

TEST_F(ExecForegroundConsole, PassesInputOnUnchanged) {
  start();
  Process running = run_on_terminal(
      "stty raw -echo; echo ready; dd bs=1 count=3 2>/dev/null | od -An -tx1; echo end");
  ASSERT_TRUE(contains(read_terminal(terminal_.master(), "ready\n"), "ready"));
  ASSERT_EQ(::write(terminal_.master(), "\x03\x1ax", 3), 3);
  EXPECT_TRUE(contains(read_terminal(terminal_.master(), "end"), "03 1a 78"));
  EXPECT_TRUE(succeeded(running.wait()));
}

TEST_F(ExecForegroundConsole, PutsTheCallersTerminalBackAsItWas) {
  termios before{};
  ASSERT_EQ(::tcgetattr(terminal_.slave(), &before), 0);
  start();
  Process running = run_on_terminal("echo end");
  read_terminal(terminal_.master(), "end\r\n");
  EXPECT_EQ(running.wait().exit_code, 0);
  termios after{};
  ASSERT_EQ(::tcgetattr(terminal_.slave(), &after), 0);
  EXPECT_EQ(after.c_lflag, before.c_lflag);
  EXPECT_EQ(after.c_oflag, before.c_oflag);
}

}  // namespace
}  // namespace myrt::test
