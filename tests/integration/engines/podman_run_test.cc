// `podman run`: the program's exit status, its input, output and terminal, and what it is given.

#include <signal.h>

#include "engines/host_programs.h"
#include "engines/podman.h"
#include "support/terminal.h"

namespace myrt::test {
namespace {

TEST_F(Podman, RunsAnImage) {
  const Outcome outcome = run_once({"busybox", "echo", "hi"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "hi\n");
  EXPECT_EQ(outcome.err, "");
}

TEST_F(Podman, PassesTheExitStatusOn) {
  EXPECT_EQ(run_once({"busybox", "sh", "-c", "exit 5"}).exit_code, 5);
}

TEST_F(Podman, ExitsWith127WhenTheProgramIsMissing) {
  const Outcome by_name = run_once({"busybox", "nonexist"});
  EXPECT_EQ(by_name.exit_code, 127) << by_name;
  EXPECT_TRUE(contains(by_name.err, "not found in $PATH")) << by_name;

  const Outcome by_path = run_once({"busybox", "/bin/nonexist"});
  EXPECT_EQ(by_path.exit_code, 127) << by_path;
}

TEST_F(Podman, ExitsWith126WhenTheProgramCannotBeExecuted) {
  const Outcome directory = run_once({"busybox", "/etc"});
  EXPECT_EQ(directory.exit_code, 126) << directory;

  const Outcome plain_file = run_once({"busybox", "/etc/passwd"});
  EXPECT_EQ(plain_file.exit_code, 126) << plain_file;
  EXPECT_TRUE(contains_ignoring_case(plain_file.err, "permission denied")) << plain_file;
}

TEST_F(Podman, PassesInputOn) {
  Command command = store().make("run", {"--rm", "--interactive", "busybox", "cat"});
  command.stdin_text = "some text\n";
  EXPECT_EQ(run(command).out, "some text\n");
}

TEST_F(Podman, GivesATerminal) {
  const Outcome outcome = run_on_terminal(store().make(
      "run", {"--rm", "--interactive", "--tty", "busybox", "sh", "-c", "tty; exit 7"}));
  EXPECT_EQ(outcome.exit_code, 7) << outcome;
  EXPECT_TRUE(contains(outcome.out, "/dev/pts/0\r\n")) << outcome;
}

TEST_F(Podman, KeepsTheTerminalAsLargeAsTheUsers) {
  Terminal terminal;
  terminal.resize(40, 100);
  Command command = store().make("run", {"--rm", "--interactive", "--tty", "busybox", "sh", "-c",
                                         "for size in '40 100' '50 120'; do"
                                         "  while [ \"$(stty size 2>/dev/null)\" != \"$size\" ]; "
                                         "do usleep 10000; done; echo is $size;"
                                         "done"});
  command.stdin_fd = command.stdout_fd = command.stderr_fd = terminal.slave();
  Process user(command);
  terminal.close_slave();
  EXPECT_TRUE(contains(read_terminal(terminal.master(), "is 40 100"), "is 40 100"));
  terminal.resize(50, 120);
  user.signal(SIGWINCH);
  EXPECT_TRUE(contains(read_terminal(terminal.master(), "is 50 120"), "is 50 120"));
  EXPECT_TRUE(succeeded(user.wait(kPodmanTimeout)));
}

TEST_F(Podman, PassesSignalsOn) {
  Process user(
      store().make("run", {"--rm", "busybox", "sh", "-c",
                           "trap 'exit 8' TERM; echo ready; while :; do usleep 10000; done"}));
  EXPECT_TRUE(eventually([&user] { return user.out() == "ready\n"; }, kPodmanTimeout));
  user.signal(SIGTERM);
  EXPECT_EQ(user.wait(kPodmanTimeout).exit_code, 8);
}

TEST_F(Podman, RunsAsAUserWithItsGroups) {
  EXPECT_EQ(run_once({"--user", "user", "--group-add", "44", "busybox", "id"}).out,
            "uid=1000(user) gid=1000(user) groups=44,1000(user),2000(tester)\n");
}

TEST_F(Podman, SetsTheEnvironmentAndTheWorkingDirectory) {
  EXPECT_EQ(run_once({"--env", "WORD=some text", "--workdir", "/home/user", "busybox", "sh", "-c",
                      "pwd; echo $WORD"})
                .out,
            "/home/user\nsome text\n");
}

TEST_F(Podman, SetsTheHostname) {
  EXPECT_EQ(
      run_once({"--hostname", "box", "busybox", "sh", "-c", "hostname; cat /etc/hostname"}).out,
      "box\nbox");
}

TEST_F(Podman, SetsTheUmask) {
  EXPECT_EQ(run_once({"--umask", "0027", "busybox", "sh", "-c", "umask"}).out, "0027\n");
}

TEST_F(Podman, SetsKernelParameters) {
  EXPECT_EQ(run_once({"--sysctl", "net.ipv4.ip_default_ttl=33", "busybox", "cat",
                      "/proc/sys/net/ipv4/ip_default_ttl"})
                .out,
            "33\n");
}

TEST_F(Podman, PassesDescriptorsOn) {
  write_file(workspace() / "file", "from outside\n");
  const Fd file = open_fd(workspace() / "file", O_RDONLY);
  Command command =
      store().make("run", {"--rm", "--preserve-fds", "1", "busybox", "sh", "-c", "cat <&3"});
  command.extra_fds = {file.get()};
  EXPECT_EQ(run(command).out, "from outside\n");
}

// As systemd starts a service that a socket activates (sd_listen_fds(3)).
TEST_F(Podman, HandsTheSocketsOfTheServiceManagerOver) {
  write_file(workspace() / "socket", "from outside\n");
  const Fd socket = open_fd(workspace() / "socket", O_RDONLY);
  Command command =
      store().make("run", {"--rm", "busybox", "sh", "-c", "echo $LISTEN_FDS $LISTEN_PID; cat <&3"});
  const std::vector<std::string> service = {"/bin/sh", "-c",
                                            R"(LISTEN_FDS=1 LISTEN_PID=$$ exec "$@")", "sh"};
  command.argv.insert(command.argv.begin(), service.begin(), service.end());
  command.extra_fds = {socket.get()};
  EXPECT_EQ(run(command).out, "1 1\nfrom outside\n");
}

TEST_F(Podman, PutsAnInitAboveTheProgram) {
  if (!is_installed("catatonit")) {
    GTEST_SKIP() << "needs catatonit";
  }
  EXPECT_EQ(run_once({"--init", "busybox", "cat", "/proc/1/comm"}).out, "podman-init\n");
}

TEST_F(Podman, ShowsTheRuntimesVersion) {
  EXPECT_TRUE(podman({"info", "--format", "{{.Host.OCIRuntime.Version}}"})
                  .out.starts_with(test_run().runtime_name + " version "));
}

}  // namespace
}  // namespace myrt::test
