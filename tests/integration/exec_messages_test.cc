// The sentences of exec, whole. Its own failures have exit status 255.

#include <filesystem>

#include "support/exec.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class MyrtExecMessages : public ExecTest {
 protected:
  // What exec says, after "exec ID: ".
  void expect_message_of(const Outcome& outcome, const std::string& message) {
    expect_exec_message(outcome, "exec " + container().id() + ": " + message);
  }
};

TEST_F(MyrtExecMessages, AboutTheContainerAreThoseOfRunc) {
  expect_exec_message(call({"exec", "nobody", "true"}), "exec nobody: container does not exist");
  expect_exec_message(call({"exec", "a/b", "true"}), "exec a/b: invalid container ID format");
  start();
  ASSERT_TRUE(succeeded(container().call({"pause", container().id()})));
  expect_message_of(exec({"true"}),
                    "cannot exec in a paused container (use --ignore-paused to override)");
  ASSERT_TRUE(succeeded(container().call({"resume", container().id()})));
  container().kill_process();
  container().wait_exit();
  expect_message_of(exec({"true"}), "cannot exec in a stopped container");
}

TEST_F(MyrtExecMessages, SayWhyAProgramIsNotFound) {
  bundle_.file("closed", "#!/bin/sh\n", 0644).file("broken", "#!/bin/nope\n", 0755);
  start();
  expect_message_of(exec({"nope"}), "exec: \"nope\": executable file not found in $PATH");
  expect_message_of(exec({"/nope"}), "exec: \"/nope\": stat /nope: no such file or directory");
  expect_message_of(exec({"/etc"}), "exec: \"/etc\": is a directory: permission denied");
  expect_message_of(exec({"/closed"}), "exec: \"/closed\": permission denied");
  expect_message_of(
      exec({"/broken"}),
      "exec: \"/broken\": script interpreter \"/bin/nope\": no such file or directory");
}

TEST_F(MyrtExecMessages, AreTheSameWhenDetached) {
  start();
  expect_message_of(exec({"--detach"}, {"nope"}),
                    "exec: \"nope\": executable file not found in $PATH");
}

TEST_F(MyrtExecMessages, AboutTheDirectory) {
  start();
  expect_message_of(exec({"--cwd", "tmp"}, {"true"}), "--cwd: want an absolute path, got \"tmp\"");
  expect_message_of(exec({"--cwd", "/nope"}, {"true"}),
                    "process.cwd: open /nope in root: No such file or directory");
  expect_message_of(exec({"--cwd", "/etc/passwd"}, {"true"}),
                    "process.cwd: open /etc/passwd in root: Not a directory");
}

TEST_F(MyrtExecMessages, AboutOptions) {
  start();
  expect_message_of(exec({"--user", "root"}, {"true"}),
                    "--user: want UID[:GID] in decimal, each at most 4294967294, got \"root\"");
  expect_message_of(exec({"--env", "A"}, {"true"}), "--env: want NAME=value, got \"A\"");
  expect_message_of(exec({"--cap", "CAP_NOPE"}, {"true"}),
                    "--cap: unknown capability \"CAP_NOPE\"");
  expect_message_of(exec({"-g", "4294967295"}, {"true"}),
                    "--additional-gids: want 0 to 4294967294, got 4294967295");
  expect_message_of(exec({}, {}), "want a program, or --process");
  expect_message_of(exec({"--preserve-fds", "1"}, {"true"}),
                    "preserved descriptor 3: Bad file descriptor");
}

TEST_F(MyrtExecMessages, AboutIdsWithoutAMapping) {
  bundle_.set_namespace("user")
      .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 10}])")
      .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 200000, "size": 10}])");
  start();
  expect_message_of(exec({"--user", "10"}, {"true"}),
                    "/process/user/uid: no entry of /linux/uidMappings covers 10");
  expect_message_of(exec({"--user", "0:10"}, {"true"}),
                    "/process/user/gid: no entry of /linux/gidMappings covers 10");
  expect_message_of(exec({"-g", "10"}, {"true"}),
                    "/process/user/additionalGids/0: no entry of /linux/gidMappings covers 10");
}

TEST_F(MyrtExecMessages, AboutCgroups) {
  start();
  const fs::path own = cgroup_of(container().pid(), "devices");
  expect_message_of(exec({"--cgroup", "../x"}, {"true"}),
                    "--cgroup: \"../x\" is not below the container's cgroup");
  expect_message_of(exec({"--cgroup", ":x"}, {"true"}),
                    "--cgroup: want [CONTROLLER,...:]PATH, got \":x\"");
  expect_message_of(exec({"--cgroup", "nope:x"}, {"true"}),
                    "--cgroup: no hierarchy has the controller \"nope\"");
  expect_message_of(exec({"--cgroup", cgroup_v2() ? "nope" : "devices:nope"}, {"true"}),
                    "open directory " + (own / "nope").string() + ": No such file or directory");
}

TEST_F(MyrtExecMessages, AboutTheTerminal) {
  start();
  expect_message_of(exec({"--detach", "--tty"}, {"true"}),
                    "a terminal needs --console-socket, or an exec in the foreground");
  expect_message_of(exec({"--console-socket", "x"}, {"true"}),
                    "--console-socket: the process asks for no terminal");
  expect_message_of(exec({"--tty", "--console-socket", "/nope"}, {"true"}),
                    "--console-socket: connect to /nope: No such file or directory");
  expect_message_of(exec({"--pidfd-socket", "/nope"}, {"true"}),
                    "--pidfd-socket: connect to /nope: No such file or directory");
  expect_message_of(exec({"--pid-file", "/nope/pid"}, {"true"}),
                    "--pid-file: open directory /nope/: No such file or directory");
}

TEST_F(MyrtExecMessages, AboutTheProcessFile) {
  start();
  const fs::path file = workspace() / "process.json";
  write_file(file, "{\"cwd\": \"/\",\n \"args\": \"sh\"}");
  expect_message_of(exec({"--process", file}, {}),
                    file.string() + ":1:1: /user: want an object, got nothing; " + file.string() +
                        ":2:10: /args: want an array of strings, got a string");
  write_file(file, "");
  expect_message_of(exec({"--process", file}, {}),
                    file.string() + ":1:1: want an object, got an empty file");
  write_file(file, "{\"args\": [\"true\"], \"cwd\": \"/\", \"user\": {\"uid\": 0, \"gid\": 0}}");
  constexpr const char* kAlone =
      "--process: want neither a program beside it nor options that change the process";
  expect_message_of(exec({"--process", file}, {"true"}), kAlone);
  expect_message_of(exec({"--process", file, "--user", "1"}, {}), kAlone);
  expect_message_of(exec({"--process", "/nope"}, {}),
                    "--process: open /nope: No such file or directory");
}

// The kernel closes a dying process's descriptors before it shows that it is dead.
TEST_F(MyrtExecMessages, AboutAProcessThatIsKilledBeforeItsProgramRuns) {
  bundle_.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["setsid"], "action": "SCMP_ACT_KILL_PROCESS"}]})");
  start();
  for (int round = 0; round < 20; ++round) {
    expect_message_of(
        exec({"--detach"}, {"true"}),
        "the container process was gone before its program was executed: killed by signal 31");
  }
}

}  // namespace
}  // namespace myrt::test
