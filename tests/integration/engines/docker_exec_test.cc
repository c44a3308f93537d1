// docker exec: another process in a running container. Docker 20.10 exits with 126 for whatever
// keeps the program from running; later versions tell a missing one by 127.

#include <linux/capability.h>

#include <cstdlib>

#include "engines/docker.h"
#include "engines/host_programs.h"

namespace myrt::test {
namespace {

class DockerExec : public Docker {
 protected:
  // `docker exec OPTIONS CONTAINER COMMAND...`
  static Command command(const std::vector<std::string>& options, const DockerContainer& container,
                         const std::vector<std::string>& command) {
    std::vector<std::string> all{"exec"};
    all.insert(all.end(), options.begin(), options.end());
    all.push_back(container.name());
    all.insert(all.end(), command.begin(), command.end());
    return daemon().command(all);
  }

  static void expect_126(const Outcome& outcome, const std::string& part) {
    EXPECT_EQ(outcome.exit_code, 126) << outcome;
    // The client shows the runtime's message, through the daemon, as output of the command.
    EXPECT_TRUE(contains_ignoring_case(outcome.out + outcome.err, part)) << outcome;
  }
};

TEST_F(DockerExec, ShowsTheOutputOfTheProgram) {
  const DockerContainer container(daemon(), kSleeping);
  const Outcome outcome = container.exec({"sh", "-c", "echo out; echo err >&2"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "out\n");
  EXPECT_EQ(outcome.err, "err\n");
}

TEST_F(DockerExec, PassesTheExitStatusOn) {
  const DockerContainer container(daemon(), kSleeping);
  EXPECT_EQ(container.exec({"sh", "-c", "exit 9"}).exit_code, 9);
}

TEST_F(DockerExec, ExitsWith128AndTheSignalThatEndedTheProgram) {
  const DockerContainer container(daemon(), kSleeping);
  EXPECT_EQ(container.exec({"sh", "-c", "kill -KILL $$"}).exit_code, 137);
}

TEST_F(DockerExec, PassesInputOn) {
  const DockerContainer container(daemon(), kSleeping);
  Command cat = command({"--interactive"}, container, {"cat"});
  cat.stdin_text = "some text\n";
  EXPECT_EQ(run(cat).out, "some text\n");
}

TEST_F(DockerExec, GivesATerminal) {
  const DockerContainer container(daemon(), kSleeping);
  const Outcome outcome =
      run(on_terminal(command({"--interactive", "--tty"}, container, {"sh", "-c", "tty; exit 4"})));
  EXPECT_EQ(outcome.exit_code, 4) << outcome;
  EXPECT_TRUE(contains(outcome.out, "/dev/pts/0\r\n")) << outcome;
}

TEST_F(DockerExec, RunsAsTheUserAskedFor) {
  const DockerContainer container(daemon(), kSleeping);
  EXPECT_EQ(run(command({"--user", "1000:2000"}, container, {"sh", "-c", "id -u; id -g"})).out,
            "1000\n2000\n");
}

TEST_F(DockerExec, SetsTheVariablesAndTheDirectory) {
  const DockerContainer container(daemon(), kSleeping);
  const Outcome outcome = run(command({"--env", "COLOUR=red", "--workdir", "/tmp"}, container,
                                      {"sh", "-c", "echo $COLOUR; pwd"}));
  EXPECT_EQ(outcome.out, "red\n/tmp\n") << outcome;
}

TEST_F(DockerExec, SaysThatTheProgramIsMissing) {
  const DockerContainer container(daemon(), kSleeping);
  expect_126(container.exec({"nonexist"}),
             R"(exec: "nonexist": executable file not found in $PATH)");
  expect_126(container.exec({"/bin/nonexist"}), "no such file or directory");
}

TEST_F(DockerExec, SaysThatTheProgramCannotBeExecuted) {
  const DockerContainer container(daemon(), kSleeping);
  expect_126(container.exec({"/etc/passwd"}), "permission denied");
}

TEST_F(DockerExec, SaysThatTheDirectoryIsMissing) {
  const DockerContainer container(daemon(), kSleeping);
  expect_126(run(command({"--workdir", "/nonexist"}, container, {"true"})),
             "no such file or directory");
}

TEST_F(DockerExec, GoesOnInTheBackground) {
  const DockerContainer container(daemon(), kSleeping);
  EXPECT_TRUE(succeeded(
      run(command({"--detach"}, container, {"sh", "-c", "echo done > /tmp/file; sleep 600"}))));
  EXPECT_TRUE(
      eventually([&container] { return container.exec({"cat", "/tmp/file"}).out == "done\n"; }));
}

TEST_F(DockerExec, IsRestrictedAsTheContainerIs) {
  const DockerContainer container(
      daemon(), {"--cap-drop", "ALL", "--cap-add", "KILL", "--security-opt", "no-new-privileges",
                 "busybox", "sleep", "600"});
  const std::string fields = "^(Cap|NoNewPrivs:|Seccomp:)";
  const Outcome first = container.exec({"grep", "-E", fields, "/proc/1/status"});
  const Outcome own = container.exec({"grep", "-E", fields, "/proc/self/status"});
  EXPECT_TRUE(contains(own.out, "NoNewPrivs:\t1\nSeccomp:\t2\n")) << own;
  EXPECT_EQ(own.out, first.out);
}

TEST_F(DockerExec, IsInTheContainersCgroup) {
  const DockerContainer container(daemon(), kSleeping);
  const Outcome first = container.exec({"cat", "/proc/1/cgroup"});
  EXPECT_TRUE(contains(first.out, DockerDaemon::cgroup_parent())) << first;
  EXPECT_EQ(container.exec({"cat", "/proc/self/cgroup"}).out, first.out);
}

TEST_F(DockerExec, HasMoreCapabilitiesWhenPrivileged) {
  const DockerContainer container(daemon(), kSleeping);
  const auto may_mount = [&container](const std::vector<std::string>& options) {
    const std::string status = run(command(options, container, {"cat", "/proc/self/status"})).out;
    const std::string effective = field_of(status, "CapEff");
    EXPECT_NE(effective, "");
    return (std::strtoull(effective.c_str(), nullptr, 16) >> CAP_SYS_ADMIN & 1U) != 0;
  };
  EXPECT_FALSE(may_mount({}));
  EXPECT_TRUE(may_mount({"--privileged"}));
}

TEST_F(DockerExec, EndsWithTheContainer) {
  const DockerContainer container(daemon(), kSleeping);
  Process client(command({}, container, {"sh", "-c", "echo started > /tmp/file; exec sleep 600"}));
  EXPECT_TRUE(
      eventually([&container] { return !container.exec({"cat", "/tmp/file"}).out.empty(); }));
  EXPECT_TRUE(succeeded(container.call({"kill"})));
  EXPECT_EQ(client.wait().exit_code, 137);
}

TEST_F(DockerExec, IsTheHealthcheck) {
  const DockerContainer container(
      daemon(), {"--health-cmd", "test -e /tmp/well", "--health-interval", "100ms",
                 "--health-retries", "1", "busybox", "sleep", "600"});
  const auto has_health = [&container](const std::string& health) {
    return eventually([&container, &health] {
      return inspect(container.name(), "{{.State.Health.Status}}") == health;
    });
  };
  EXPECT_TRUE(has_health("unhealthy"));
  EXPECT_TRUE(succeeded(container.exec({"touch", "/tmp/well"})));
  EXPECT_TRUE(has_health("healthy"));
}

}  // namespace
}  // namespace myrt::test
