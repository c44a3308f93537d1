// docker run: what goes in and comes out of a container, and the exit statuses by which docker
// tells who failed.

#include <signal.h>

#include "engines/docker.h"
#include "engines/host_programs.h"

namespace myrt::test {
namespace {

class DockerRun : public Docker {};

TEST_F(DockerRun, ShowsTheOutputOfTheProgram) {
  const Outcome outcome = run_once({"busybox", "sh", "-c", "echo out; echo err >&2"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "out\n");
  EXPECT_EQ(outcome.err, "err\n");
}

TEST_F(DockerRun, PassesTheExitStatusOn) {
  EXPECT_EQ(run_once({"busybox", "sh", "-c", "exit 5"}).exit_code, 5);
}

TEST_F(DockerRun, PassesInputOn) {
  Command command = daemon().command({"run", "--rm", "--interactive", "busybox", "cat"});
  command.stdin_text = "some text\n";
  EXPECT_EQ(run(command).out, "some text\n");
}

TEST_F(DockerRun, ExitsWith127WhenTheProgramIsMissing) {
  const Outcome by_name = run_once({"busybox", "nonexist"});
  EXPECT_EQ(by_name.exit_code, 127) << by_name;
  EXPECT_TRUE(contains(by_name.err, R"(exec: "nonexist": executable file not found in $PATH)"))
      << by_name;

  const Outcome by_path = run_once({"busybox", "/bin/nonexist"});
  EXPECT_EQ(by_path.exit_code, 127) << by_path;
}

TEST_F(DockerRun, ExitsWith126WhenTheProgramCannotBeExecuted) {
  const Outcome directory = run_once({"busybox", "/etc"});
  EXPECT_EQ(directory.exit_code, 126) << directory;

  const Outcome plain_file = run_once({"busybox", "/etc/passwd"});
  EXPECT_EQ(plain_file.exit_code, 126) << plain_file;
}

TEST_F(DockerRun, ExitsWith125WhenTheContainerCannotBeMade) {
  const Outcome outcome = run_once({"--sysctl", "kernel.msgmax=many", "busybox", "true"});
  EXPECT_EQ(outcome.exit_code, 125) << outcome;
  EXPECT_TRUE(contains_ignoring_case(outcome.err, "invalid argument")) << outcome;
}

TEST_F(DockerRun, GivesATerminal) {
  const Outcome outcome = run(on_terminal(daemon().command(
      {"run", "--rm", "--interactive", "--tty", "busybox", "sh", "-c", "tty; exit 7"})));
  EXPECT_EQ(outcome.exit_code, 7) << outcome;
  EXPECT_TRUE(contains(outcome.out, "/dev/pts/0\r\n")) << outcome;
}

TEST_F(DockerRun, LetsAnOrdinaryUserOpenItsOutputs) {
  const Outcome outcome = run_once({"--user", "1000:1000", "busybox", "sh", "-c",
                                    "echo out > /dev/stdout; echo err > /dev/stderr"});
  EXPECT_EQ(outcome.out, "out\n") << outcome;
  EXPECT_EQ(outcome.err, "err\n") << outcome;
}

TEST_F(DockerRun, SetsTheVariablesAndTheDirectory) {
  const Outcome outcome = run_once({"--env", "COLOUR=red", "--workdir", "/made/for/it", "busybox",
                                    "sh", "-c", "echo $COLOUR; pwd"});
  EXPECT_EQ(outcome.out, "red\n/made/for/it\n") << outcome;
}

TEST_F(DockerRun, SetsTheHostname) {
  EXPECT_EQ(run_once({"--hostname", "inside", "busybox", "hostname"}).out, "inside\n");
}

TEST_F(DockerRun, PutsAnInitAboveTheProgram) {
  const Outcome outcome =
      run_once({"--init", "busybox", "sh", "-c", "cat /proc/1/comm; echo $PPID"});
  EXPECT_EQ(outcome.out, "docker-init\n1\n") << outcome;
}

TEST_F(DockerRun, PassesSignalsOn) {
  Process client(
      daemon().command({"run", "--rm", "busybox", "sh", "-c",
                        "trap 'exit 9' TERM; echo ready; while :; do usleep 10000; done"}));
  EXPECT_TRUE(eventually([&client] { return client.out() == "ready\n"; }, kDockerTimeout));
  client.signal(SIGTERM);
  EXPECT_EQ(client.wait().exit_code, 9);
}

TEST_F(DockerRun, LogsWhatADetachedContainerWrites) {
  const DockerContainer container(daemon(), {"busybox", "sh", "-c", "echo out; echo err >&2"});
  EXPECT_EQ(container.call({"wait"}).out, "0\n");
  const Outcome logs = container.call({"logs"});
  EXPECT_EQ(logs.out, "out\n");
  EXPECT_EQ(logs.err, "err\n");
}

TEST_F(DockerRun, StartsACreatedContainer) {
  EXPECT_TRUE(succeeded(docker({"create", "--name", "early", "busybox", "echo", "now"})));
  EXPECT_EQ(inspect("early", "{{.State.Status}}"), "created");
  EXPECT_EQ(docker({"start", "--attach", "early"}).out, "now\n");
  EXPECT_TRUE(succeeded(docker({"rm", "early"})));
}

TEST_F(DockerRun, WorksForSeveralAtATime) {
  std::vector<Process> clients;
  for (const char* word : {"one", "two", "three", "four"}) {
    clients.emplace_back(daemon().command({"run", "--rm", "busybox", "echo", word}));
  }
  std::string out;
  for (Process& client : clients) {
    out += client.wait(kDockerTimeout).out;
  }
  EXPECT_EQ(out, "one\ntwo\nthree\nfour\n");
}

}  // namespace
}  // namespace myrt::test
