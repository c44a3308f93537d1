// Terminals: process.terminal, consoleSize, --console-socket (runtimes hand the master end to the
// caller).

#include <termios.h>
#include <unistd.h>

#include "support/fixture.h"
#include "support/terminal.h"
#include "support/unix_socket.h"

namespace myrt::test {
namespace {

class Console : public RuntimeTest {
 protected:
  Console() { bundle_.set("/process/terminal", "true"); }

  // Runs the bundle with a console socket, and returns what the terminal shows.
  std::string output_by_socket() {
    const UnixListener listener(socket_);
    Container container(bundle_);
    EXPECT_TRUE(succeeded(container.create({"--console-socket", socket_})));
    std::optional<SocketMessage> message = listener.receive();
    if (!message.has_value() || message->fds.size() != 1) {
      ADD_FAILURE() << "no descriptor came";
      return "";
    }
    EXPECT_TRUE(succeeded(container.start()));
    const std::string text = read_terminal(message->fds[0].get(), "end\r\n");
    container.wait_exit();
    return text;
  }

  const std::filesystem::path socket_ = workspace() / "console";
};

TEST_F(Console, SocketGetsTheMasterAndSomeBytes) {
  const UnixListener listener(socket_);
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create({"--console-socket", socket_})));

  // Engines accept only after create has returned.
  const std::optional<SocketMessage> message = listener.receive();
  ASSERT_TRUE(message.has_value());
  ASSERT_EQ(message->fds.size(), 1U);
  EXPECT_FALSE(message->data.empty());
  EXPECT_LT(message->data.size(), 4096U);
  EXPECT_TRUE(::isatty(message->fds[0].get()));
  EXPECT_TRUE(message->closed_after);
}

TEST_F(Console, IsTheTerminalOfTheProgram) {
  bundle_.shell(
      "tty; test -t 0 && test -t 1 && test -t 2 && echo terminal; echo direct > /dev/tty; echo "
      "end");
  EXPECT_EQ(output_by_socket(), "/dev/pts/0\r\nterminal\r\ndirect\r\nend\r\n");
}

TEST_F(Console, IsAlsoDevConsole) {
  bundle_.shell("test -c /dev/console && echo to the console > /dev/console; echo end");
  EXPECT_EQ(output_by_socket(), "to the console\r\nend\r\n");
}

TEST_F(Console, HasTheSizeOfTheConfig) {
  bundle_.set("/process/consoleSize", R"({"height": 40, "width": 132})")
      .shell("stty size; echo end");
  EXPECT_EQ(output_by_socket(), "40 132\r\nend\r\n");
}

TEST_F(Console, SizeIsIgnoredWithoutATerminal) {
  bundle_.set("/process/terminal", "false")
      .set("/process/consoleSize", R"({"height": 40, "width": 132})");
  EXPECT_TRUE(succeeded(Container(bundle_).run()));
}

TEST_F(Console, BelongsToTheUserOfTheProcess) {
  bundle_.set("/process/user", R"({"uid": 1000, "gid": 1000})")
      .shell("stat -c %u $(tty); echo end");
  EXPECT_EQ(output_by_socket(), "1000\r\nend\r\n");
}

TEST_F(Console, InputReachesTheProgram) {
  const UnixListener listener(socket_);
  bundle_.shell("read line; echo got $line; echo end");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached({"--console-socket", socket_})));
  const std::optional<SocketMessage> message = listener.receive();
  ASSERT_TRUE(message.has_value());
  ASSERT_EQ(message->fds.size(), 1U);
  ASSERT_EQ(::write(message->fds[0].get(), "text\n", 5), 5);
  EXPECT_TRUE(contains(read_terminal(message->fds[0].get(), "end\r\n"), "got text\r\nend\r\n"));
}

TEST_F(Console, NeedsASocketWhenDetached) {
  EXPECT_TRUE(failed(Container(bundle_).create()));
  EXPECT_TRUE(failed(Container(bundle_).run_detached()));
}

TEST_F(Console, SocketNeedsATerminal) {
  const UnixListener listener(socket_);
  bundle_.set("/process/terminal", "false");
  EXPECT_TRUE(failed(Container(bundle_).create({"--console-socket", socket_})));
}

TEST_F(Console, SocketMustBeThere) {
  EXPECT_TRUE(failed(Container(bundle_).create({"--console-socket", socket_}),
                     "no such file or directory"));
}

TEST_F(Console, SocketMustBeASocket) {
  write_file(socket_, "");
  EXPECT_TRUE(failed(Container(bundle_).create({"--console-socket", socket_})));
}

class ForegroundConsole : public Console {
 protected:
  // `run` on the terminal of the test.
  Process run_on_terminal(const Container& container) {
    Command command = container.run_command();
    command.stdin_fd = command.stdout_fd = command.stderr_fd = terminal_.slave();
    return Process(command);
  }

  const Terminal terminal_;
};

TEST_F(ForegroundConsole, ShowsWhatTheProgramWrites) {
  bundle_.shell("tty; echo end; exit 5");
  const Container container(bundle_);
  Process running = run_on_terminal(container);
  EXPECT_EQ(read_terminal(terminal_.master(), "end\r\n"), "/dev/pts/0\r\nend\r\n");
  EXPECT_EQ(running.wait().exit_code, 5);
}

TEST_F(ForegroundConsole, HasTheSizeOfTheCallersTerminal) {
  terminal_.resize(33, 99);
  bundle_.shell("sleep 0.2; stty size; echo end");
  const Container container(bundle_);
  Process running = run_on_terminal(container);
  EXPECT_EQ(read_terminal(terminal_.master(), "end\r\n"), "33 99\r\nend\r\n");
  running.wait();
}

TEST_F(ForegroundConsole, PutsTheCallersTerminalBackAsItWas) {
  termios before{};
  ASSERT_EQ(::tcgetattr(terminal_.slave(), &before), 0);
  bundle_.shell("echo end");
  const Container container(bundle_);
  Process running = run_on_terminal(container);
  read_terminal(terminal_.master(), "end\r\n");
  EXPECT_EQ(running.wait().exit_code, 0);

  termios after{};
  ASSERT_EQ(::tcgetattr(terminal_.slave(), &after), 0);
  EXPECT_EQ(after.c_lflag, before.c_lflag);
  EXPECT_EQ(after.c_iflag, before.c_iflag);
  EXPECT_EQ(after.c_oflag, before.c_oflag);
}

TEST_F(ForegroundConsole, PassesInputOnUnchanged) {
  bundle_.shell("stty raw -echo; echo ready; dd bs=1 count=3 2>/dev/null | od -An -tx1; echo end");
  const Container container(bundle_);
  Process running = run_on_terminal(container);
  ASSERT_TRUE(contains(read_terminal(terminal_.master(), "ready\n"), "ready"));
  // The caller's terminal is in raw mode: control characters are input like any other.
  ASSERT_EQ(::write(terminal_.master(), "\x03\x1ax", 3), 3);
  EXPECT_TRUE(contains(read_terminal(terminal_.master(), "end"), "03 1a 78"));
  running.wait();
}

}  // namespace
}  // namespace myrt::test
