// Terminals that containerd's shim makes of what the runtime sends to its console socket.

#include <signal.h>
#include <unistd.h>

#include "engines/containerd.h"
#include "support/terminal.h"

namespace myrt::test {
namespace {

class ContainerdTerminal : public ContainerdTest {
 protected:
  // ctr on the terminal of the test.
  Process start(Command command) const {
    command.stdin_fd = command.stdout_fd = command.stderr_fd = terminal_.slave();
    return Process(command);
  }

  // ctr leaves the line ends of its terminal to the terminal, so they come twice.
  bool shows(const std::string& text) const {
    return contains(read_terminal(terminal_.master(), text), text);
  }

  const Terminal terminal_;
};

TEST_F(ContainerdTerminal, IsThatOfTheProgram) {
  Process running = start(run_command({"--rm", "--tty"}, {"sh", "-c", "tty; exit 7"}));
  EXPECT_TRUE(shows("/dev/pts/0"));
  EXPECT_EQ(running.wait().exit_code, 7);
}

TEST_F(ContainerdTerminal, IsMadeForAnExecToo) {
  const auto task = run_detached({"sleep", "600"});
  Process running = start(task->exec_command({"sh", "-c", "tty; exit 7"}, {"--tty"}));
  EXPECT_TRUE(shows("/dev/pts/0"));
  EXPECT_EQ(running.wait().exit_code, 7);
}

TEST_F(ContainerdTerminal, FollowsTheSizeOfTheCallers) {
  terminal_.resize(33, 99);
  Process running = start(run_command(
      {"--rm", "--tty"},
      {"sh", "-c",
       "until [ \"$(stty size 2>/dev/null)\" = '33 99' ]; do usleep 10000; done; echo one;"
       "until [ \"$(stty size 2>/dev/null)\" = '44 132' ]; do usleep 10000; done; echo two"}));
  ASSERT_TRUE(shows("one"));
  terminal_.resize(44, 132);
  running.signal(SIGWINCH);
  EXPECT_TRUE(shows("two"));
  EXPECT_EQ(running.wait().exit_code, 0);
}

TEST_F(ContainerdTerminal, OfAnExecFollowsTheSizeOfTheCallers) {
  const auto task = run_detached({"sleep", "600"});
  terminal_.resize(33, 99);
  Process running = start(task->exec_command(
      {"sh", "-c",
       "until [ \"$(stty size 2>/dev/null)\" = '33 99' ]; do usleep 10000; done; echo one"},
      {"--tty"}));
  EXPECT_TRUE(shows("one"));
  EXPECT_EQ(running.wait().exit_code, 0);
}

TEST_F(ContainerdTerminal, InterruptsTheProgram) {
  Process running = start(
      run_command({"--rm", "--tty"},
                  {"sh", "-c", "trap 'exit 3' INT; echo ready; while :; do usleep 10000; done"}));
  ASSERT_TRUE(shows("ready"));
  ASSERT_EQ(::write(terminal_.master(), "\x03", 1), 1);  // Ctrl-C
  EXPECT_EQ(running.wait().exit_code, 3);
}

}  // namespace
}  // namespace myrt::test
