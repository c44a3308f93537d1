// `run` and `exec --tty` on the terminal of the caller: raw mode, window size, job control, end of
// input (config.md "Process", terminal).

#include "support/terminal.h"

#include <signal.h>
#include <termios.h>
#include <unistd.h>

#include "support/fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class TerminalTest : public RuntimeTest {
 protected:
  TerminalTest() { bundle_.set("/process/terminal", "true"); }

  // A program on the test's terminal, which is its controlling terminal when it `leads` a session.
  Process start(Command command, bool leads = true) {
    if (leads) {
      command.argv.insert(command.argv.begin(), {"/usr/bin/setsid", "--ctty"});
    }
    command.stdin_fd = command.stdout_fd = command.stderr_fd = terminal_.slave();
    return Process(command);
  }

  void type(const std::string& text) const {
    EXPECT_EQ(::write(terminal_.master(), text.data(), text.size()),
              static_cast<ssize_t>(text.size()));
  }

  // Whether the terminal shows `text` behind what was asked for before, now or within some seconds.
  [[nodiscard]] bool shows(const std::string& text) {
    while (!contains(unseen_, text)) {
      const std::string more = read_terminal(terminal_.master(), text.substr(text.size() - 1));
      if (more.empty()) {
        ADD_FAILURE() << "shown: " << unseen_;
        return false;
      }
      unseen_ += more;
    }
    unseen_.erase(0, unseen_.find(text) + text.size());
    return true;
  }

  [[nodiscard]] termios settings() const {
    termios now{};
    EXPECT_EQ(::tcgetattr(terminal_.slave(), &now), 0);
    return now;
  }

  const Terminal terminal_;

 private:
  std::string unseen_;
};

TEST_F(TerminalTest, OfTheCallerIsRawAsLongAsTheProgramRuns) {
  bundle_.shell("echo ready; read line; echo $line; echo end");
  const Container container(bundle_);
  Process running = start(container.run_command());
  ASSERT_TRUE(shows("ready\r\n"));

  const termios raw = settings();
  EXPECT_EQ(raw.c_lflag & (ECHO | ICANON | ISIG | IEXTEN), 0U);
  EXPECT_EQ(raw.c_iflag & (ICRNL | IXON | BRKINT), 0U);
  EXPECT_EQ(raw.c_oflag & OPOST, 0U);

  type("a line\r");
  // Once, by the container's terminal: the caller's has no echo.
  EXPECT_EQ(read_terminal(terminal_.master(), "end\r\n"), "a line\r\na line\r\nend\r\n");
  EXPECT_EQ(running.wait().exit_code, 0);
  EXPECT_NE(settings().c_lflag & (ECHO | ICANON | ISIG), 0U);
}

TEST_F(TerminalTest, SizeOfTheCallersFollowsIt) {
  terminal_.resize(30, 90);
  bundle_.shell("trap 'stty size; echo end; exit' WINCH; echo ready; while :; do sleep 0.1; done");
  const Container container(bundle_);
  Process running = start(container.run_command());
  ASSERT_TRUE(shows("ready\r\n"));

  terminal_.resize(44, 111);

  EXPECT_EQ(read_terminal(terminal_.master(), "end\r\n"), "44 111\r\nend\r\n");
  EXPECT_EQ(running.wait().exit_code, 0);
}

TEST_F(TerminalTest, HasJobControl) {
  bundle_.args({"/bin/sh", "-i"});
  const Container container(bundle_);
  Process running = start(container.run_command());

  type("sh -c 'echo wait\"\"ing; exec sleep 100'\r");
  ASSERT_TRUE(shows("waiting\r\n"));
  type("\x1a");  // ^Z
  ASSERT_TRUE(shows("Stopped"));
  ASSERT_TRUE(shows("# "));
  type("fg\r");
  ASSERT_TRUE(shows("sleep 100"));
  type("\x03");  // ^C
  ASSERT_TRUE(shows("# "));
  type("echo status $?\r");
  ASSERT_TRUE(shows("status 130\r"));
  ASSERT_TRUE(shows("# "));
  type("exit 7\r");
  EXPECT_EQ(running.wait().exit_code, 7);
}

TEST_F(TerminalTest, EndOfInputReachesTheProgramAlone) {
  bundle_.shell("cat; echo after; cat; echo end");
  const Container container(bundle_);
  Process running = start(container.run_command());
  type("one\r");
  ASSERT_TRUE(shows("one\r\none\r\n"));
  type("\x04");  // ^D
  ASSERT_TRUE(shows("after\r\n"));
  type("two\r");
  ASSERT_TRUE(shows("two\r\ntwo\r\n"));
  type("\x04");
  EXPECT_TRUE(shows("end\r\n"));
  EXPECT_EQ(running.wait().exit_code, 0);
}

TEST_F(TerminalTest, TakesMoreThanItsBuffersHold) {
  bundle_.shell("stty -opost; seq 1 30000; echo end");
  const Container container(bundle_);
  Process running = start(container.run_command());
  std::string expected;
  for (int number = 1; number <= 30000; ++number) {
    expected += std::to_string(number) + "\n";
  }
  EXPECT_TRUE(read_terminal(terminal_.master(), "end\n") == expected + "end\n");
  EXPECT_EQ(running.wait().exit_code, 0);
}

TEST_F(TerminalTest, IsPutBackWhenASignalEndsTheProgram) {
  bundle_.shell("trap 'exit 9' TERM; echo ready; while :; do sleep 0.1; done");
  const Container container(bundle_);
  const termios before = settings();
  Process running = start(container.run_command(), false);
  ASSERT_TRUE(shows("ready\r\n"));

  running.signal(SIGTERM);

  EXPECT_EQ(running.wait().exit_code, 9);
  EXPECT_EQ(settings().c_lflag, before.c_lflag);
  EXPECT_EQ(settings().c_iflag, before.c_iflag);
  EXPECT_EQ(settings().c_oflag, before.c_oflag);
}

TEST_F(TerminalTest, IsPutBackWhenCreationFails) {
  bundle_.args({"/not/there"});
  const termios before = settings();
  const Container container(bundle_);
  Process running = start(container.run_command());
  EXPECT_NE(running.wait().exit_code, 0);
  EXPECT_EQ(settings().c_lflag, before.c_lflag);
  EXPECT_EQ(settings().c_oflag, before.c_oflag);
}

// A terminal of script(1)'s, whose output is no terminal.
TEST_F(TerminalTest, CanBeThatOfScript) {
  if (!fs::exists("/usr/bin/script")) {
    GTEST_SKIP() << "needs script";
  }
  bundle_.shell("tty; test -t 0 && test -t 1 && echo terminal; exit 3");
  const Container container(bundle_);
  Command command = container.run_command();
  std::string line;
  for (const std::string& word : command.argv) {
    line += "'" + word + "' ";
  }
  command.argv = {"/usr/bin/script", "--quiet", "--return", "--command", line, "/dev/null"};
  command.stdin_fd = terminal_.slave();  // script shows an end of its input
  const Outcome outcome = run(command);
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(outcome.out, "/dev/pts/0\r\nterminal\r\n");
}

class TerminalOfExec : public TerminalTest {
 protected:
  TerminalOfExec() { bundle_.set("/process/terminal", "false").args({"/bin/sleep", "100"}); }

  Command exec_command(const Container& container, const std::vector<std::string>& words) const {
    std::vector<std::string> all = {"exec", "--tty", container.id()};
    all.insert(all.end(), words.begin(), words.end());
    return runtime_command(workspace(), all);
  }
};

TEST_F(TerminalOfExec, HasJobControlAndTheSizeOfTheCallers) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  terminal_.resize(21, 77);
  Process running = start(exec_command(container, {"/bin/sh", "-i"}));

  type("sh -c 'trap \"stty size\" WINCH; stty size; sleep 100; sleep 100'\r");
  ASSERT_TRUE(shows("21 77\r"));
  terminal_.resize(22, 78);
  // The shell runs its trap when the sleep has ended.
  type("\x1a");
  ASSERT_TRUE(shows("Stopped"));
  ASSERT_TRUE(shows("# "));
  type("stty size\r");
  ASSERT_TRUE(shows("22 78\r"));
  ASSERT_TRUE(shows("# "));
  type("fg\r");
  ASSERT_TRUE(shows("sleep 100"));
  type("\x03");
  ASSERT_TRUE(shows("# "));
  type("exit 6\r");
  EXPECT_EQ(running.wait().exit_code, 6);
}

TEST_F(TerminalOfExec, IsPutBackWhenTheContainerEnds) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const termios before = settings();
  Process running = start(exec_command(container, {"/bin/sh", "-c", "echo ready; sleep 100"}));
  ASSERT_TRUE(shows("ready\r\n"));

  container.kill_process();

  EXPECT_EQ(running.wait().exit_code, 137);
  EXPECT_EQ(settings().c_lflag, before.c_lflag);
}

}  // namespace
}  // namespace myrt::test
