// `podman exec`: a second program in a container that runs.

#include <cstdlib>

#include "engines/host_programs.h"
#include "engines/podman.h"

namespace myrt::test {
namespace {

class PodmanExec : public PodmanWithContainer {
 protected:
  // `podman exec OPTIONS... CONTAINER ARGUMENTS...`
  static Command exec_command(const std::vector<std::string>& options,
                              const std::vector<std::string>& arguments) {
    std::vector<std::string> words{"exec"};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(container().name());
    words.insert(words.end(), arguments.begin(), arguments.end());
    return store().command(words);
  }

  // What the script prints of the process $1 is the same for the container's first one and its own.
  static void expect_as_of_first(const std::string& script) {
    const Outcome first = container().exec({"sh", "-c", script, "sh", "1"});
    EXPECT_TRUE(succeeded(first));
    EXPECT_EQ(container().exec({"sh", "-c", script, "sh", "self"}).out, first.out);
  }
};

TEST_F(PodmanExec, PassesOutputAndExitStatusOn) {
  const Outcome outcome = container().exec({"sh", "-c", "echo out; echo err >&2; exit 3"});
  EXPECT_EQ(outcome.exit_code, 3);
  EXPECT_EQ(outcome.out, "out\n");
  EXPECT_EQ(outcome.err, "err\n");
}

TEST_F(PodmanExec, ExitsWith127WhenTheProgramIsMissing) {
  const Outcome by_name = container().exec({"nonexist"});
  EXPECT_EQ(by_name.exit_code, 127) << by_name;
  EXPECT_TRUE(contains(by_name.err, "not found in $PATH")) << by_name;

  const Outcome by_path = container().exec({"/bin/nonexist"});
  EXPECT_EQ(by_path.exit_code, 127) << by_path;
}

TEST_F(PodmanExec, ExitsWith126WhenTheProgramCannotBeExecuted) {
  const Outcome directory = container().exec({"/etc"});
  EXPECT_EQ(directory.exit_code, 126) << directory;

  const Outcome plain_file = container().exec({"/etc/passwd"});
  EXPECT_EQ(plain_file.exit_code, 126) << plain_file;
}

TEST_F(PodmanExec, ExitsWith127WhenTheWorkingDirectoryIsMissing) {
  const Outcome outcome = run(exec_command({"--workdir", "/nonexist"}, {"true"}));
  EXPECT_EQ(outcome.exit_code, 127) << outcome;
  EXPECT_TRUE(contains_ignoring_case(outcome.err, "no such file or directory")) << outcome;
}

TEST_F(PodmanExec, PassesInputOn) {
  Command command = exec_command({"--interactive"}, {"cat"});
  command.stdin_text = "some text\n";
  EXPECT_EQ(run(command).out, "some text\n");
}

TEST_F(PodmanExec, GivesATerminal) {
  const Outcome outcome = run_on_terminal(
      exec_command({"--interactive", "--tty"}, {"sh", "-c", "tty; tty < /dev/tty; exit 7"}));
  EXPECT_EQ(outcome.exit_code, 7) << outcome;
  EXPECT_TRUE(contains(outcome.out, "/dev/pts/0\r\n/dev/tty\r\n")) << outcome;
}

TEST_F(PodmanExec, TakesWhatIsTypedAtTheTerminal) {
  const Outcome outcome =
      run_on_terminal(exec_command({"--interactive", "--tty"},
                                   {"sh", "-c", "stty -echo; read word; echo read $word"}),
                      "something\n");
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_TRUE(contains(outcome.out, "read something\r\n")) << outcome;
}

TEST_F(PodmanExec, SetsUserEnvironmentAndWorkingDirectory) {
  const Outcome outcome =
      run(exec_command({"--user", "1000:2000", "--workdir", "/home/user", "--env", "WORD=text"},
                       {"sh", "-c", "id; pwd; echo $WORD"}));
  EXPECT_EQ(outcome.out, "uid=1000(user) gid=2000(tester)\n/home/user\ntext\n") << outcome;
}

TEST_F(PodmanExec, FindsTheGroupsOfAUser) {
  EXPECT_EQ(run(exec_command({"--user", "user"}, {"id"})).out,
            "uid=1000(user) gid=1000(user) groups=2000(tester)\n");
}

TEST_F(PodmanExec, HasThePrivilegesOfTheContainer) {
  expect_as_of_first("grep -E '^(Cap(Eff|Bnd|Prm)|NoNewPrivs|Seccomp):' /proc/$1/status");
}

TEST_F(PodmanExec, JoinsNamespacesAndCgroupOfTheContainer) {
  expect_as_of_first(
      "for kind in cgroup ipc mnt net pid user uts; do readlink /proc/$1/ns/$kind; done;"
      "cat /proc/$1/cgroup");
}

TEST_F(PodmanExec, HasTheLimitsOfTheContainer) {
  expect_as_of_first("cat /proc/$1/limits /proc/$1/oom_score_adj");
}

TEST_F(PodmanExec, CanBePrivilegedInAContainerThatIsNot) {
  constexpr std::uint64_t kSysAdmin = 1ULL << 21;
  const auto capabilities = [](const std::vector<std::string>& options) {
    const Outcome outcome = run(exec_command(options, {"cat", "/proc/self/status"}));
    return std::strtoull(field_of(outcome.out, "CapEff").c_str(), nullptr, 16);
  };
  EXPECT_EQ(capabilities({}) & kSysAdmin, 0U);
  EXPECT_EQ(capabilities({"--privileged"}) & kSysAdmin, kSysAdmin);
}

TEST_F(PodmanExec, RunsInTheBackground) {
  const Outcome outcome = run(exec_command(
      {"--detach"}, {"sh", "-c", "echo text > /tmp/made.new; mv /tmp/made.new /tmp/made"}));
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_TRUE(eventually([] { return container().exec({"cat", "/tmp/made"}).out == "text\n"; }));
}

TEST_F(PodmanExec, InTheBackgroundFailsWhenTheProgramIsMissing) {
  const Outcome outcome = run(exec_command({"--detach"}, {"nonexist"}));
  EXPECT_EQ(outcome.exit_code, 125) << outcome;
  EXPECT_TRUE(contains(outcome.err, "not found in $PATH")) << outcome;
}

TEST_F(PodmanExec, PassesDescriptorsOn) {
  write_file(workspace() / "file", "from outside\n");
  const Fd file = open_fd(workspace() / "file", O_RDONLY);
  Command command = exec_command({"--preserve-fds", "1"}, {"sh", "-c", "cat <&3"});
  command.extra_fds = {file.get()};
  EXPECT_EQ(run(command).out, "from outside\n");
}

TEST_F(PodmanExec, WorksManyTimesAtOnce) {
  std::vector<Process> all;
  for (int number = 0; number < 5; ++number) {
    all.emplace_back(exec_command({}, {"sh", "-c", "exit " + std::to_string(10 + number)}));
  }
  for (int number = 0; number < 5; ++number) {
    EXPECT_EQ(all[static_cast<std::size_t>(number)].wait(kPodmanTimeout).exit_code, 10 + number);
  }
}

TEST_F(PodmanExec, FailsInAContainerThatHasStopped) {
  const PodmanContainer stopped(store(), {"busybox", "true"});
  EXPECT_TRUE(stopped.wait_for_status("exited 0"));
  const Outcome outcome = stopped.exec({"true"});
  EXPECT_EQ(outcome.exit_code, 255) << outcome;
  EXPECT_TRUE(contains(outcome.err, "container state improper")) << outcome;
}

TEST_F(PodmanExec, EndsWithTheContainer) {
  const PodmanContainer ending(store(), {"busybox", "sleep", "600"});
  Process inside(store().command({"exec", ending.name(), "sh", "-c", "echo here; sleep 600"}));
  EXPECT_TRUE(eventually([&inside] { return inside.out() == "here\n"; }, kPodmanTimeout));
  EXPECT_TRUE(succeeded(ending.call({"stop", "--time", "0"})));
  EXPECT_EQ(inside.wait(kPodmanTimeout).exit_code, 137);
}

TEST_F(PodmanExec, WorksInAUserNamespace) {
  const PodmanContainer mapped(store(), {"--uidmap", "0:100000:65536", "--gidmap", "0:200000:65536",
                                         "busybox", "sleep", "600"});
  EXPECT_EQ(mapped.exec({"sh", "-c", "id -u; tr -s ' ' < /proc/self/uid_map"}).out,
            "0\n 0 100000 65536\n");
}

}  // namespace
}  // namespace myrt::test
