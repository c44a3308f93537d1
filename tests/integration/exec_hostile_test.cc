// What a hostile container tries while a process comes into it: each was once possible with some
// runtime. The container of these tests may trace (CAP_SYS_PTRACE) and read everything
// (CAP_DAC_READ_SEARCH).

#include <grp.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <chrono>
#include <filesystem>
#include <thread>

#include <gmock/gmock.h>

#include "support/exec.h"
#include "support/probe.h"
#include "support/spy.h"
#include "support/terminal.h"
#include "support/unix_socket.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMarker = "only-the-runtime-knows";

// A process that exec made, held where nothing of it has run yet that is the container's: the
// runtime waits for a socket that takes no connection.
class MyrtExecHostile : public ExecTest {
 protected:
  MyrtExecHostile() {
    add_probe(bundle_);
    bundle_.capabilities({"CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH", "CAP_KILL"})
        .set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
            {"names": ["syslog"], "action": "SCMP_ACT_ERRNO"}]})");
    fs::copy_file(test_run().runtime_path, runtime_);
    listener_.emplace(socket_);
    listener_->fill();
  }

  void TearDown() override {
    unpark();
    ExecTest::TearDown();
  }

  // The process ends with its runtime, and is then a child of the test.
  void unpark() {
    parked_.reset();
    EXPECT_TRUE(eventually([this] {
      // It alone: another child may be waited for elsewhere.
      return pid_ == 0 || ::waitpid(pid_, nullptr, WNOHANG | __WALL) != 0;
    }));
    pid_ = 0;
  }

  void park(const std::vector<std::string>& options = {}) {
    start();
    std::vector<std::string> all = {"--pidfd-socket", socket_};
    all.insert(all.end(), options.begin(), options.end());
    Command command = exec_command(all, {"/bin/echo", "executed"});
    command.argv[0] = runtime_;
    command.env->push_back(std::string("SECRET=") + kMarker);
    parked_.emplace(command);
    ASSERT_TRUE(eventually([this] { return find_parked(); }));
  }

  // Its number in the container.
  std::string parked() const { return inside_; }

  // What `grep -E pattern` finds in /proc/PID/status.
  std::string status_of(const std::string& pid, const std::vector<std::string>& options = {}) {
    return exec(options, {"grep", "-E", "^(Uid|Gid|Groups|Cap...|NoNewPrivs|Seccomp):",
                          "/proc/" + pid + "/status"})
        .out;
  }

  const fs::path socket_ = workspace() / "full";
  const fs::path runtime_ = workspace() / "runtime";
  std::optional<UnixListener> listener_;
  std::optional<Process> parked_;

 private:
  // A child of the runtime in the container's pid namespace: the last of its numbers is the one
  // there.
  bool find_parked() {
    const fs::path of_container = "/proc/" + std::to_string(container().pid()) + "/ns/pid";
    for (const pid_t pid : descendants()) {
      const std::string directory = "/proc/" + std::to_string(pid);
      const std::string status = read_file(directory + "/status");
      if (field_of(status, "PPid") == std::to_string(parked_->pid()) &&
          inode_of(directory + "/ns/pid") == inode_of(of_container)) {
        const std::string numbers = field_of(status, "NSpid");
        inside_ = numbers.substr(numbers.rfind('\t') + 1);
        pid_ = pid;
      }
    }
    return pid_ != 0;
  }

  std::string inside_;
  pid_t pid_ = 0;
};

TEST_F(MyrtExecHostile, SeesNoOtherRootInTheProcess) {
  park();
  const std::string directory = "/proc/" + parked();
  EXPECT_EQ(output_of("readlink " + directory + "/root; readlink " + directory + "/cwd"), "/\n/\n");
  EXPECT_EQ(output_of("ls " + directory + "/root/"), output_of("ls /"));
  EXPECT_EQ(output_of("cat " + directory + "/mountinfo"), output_of("cat /proc/1/mountinfo"));
}

TEST_F(MyrtExecHostile, SeesNoDescriptorsButTheProgramsAndOneSocket) {
  park();
  const std::string fds = "/proc/" + parked() + "/fd";
  EXPECT_EQ(output_of("for fd in " + fds +
                      "/*; do test ${fd##*/} -gt 2 && readlink $fd; done | "
                      "sed 's/[0-9]*//g'"),
            "socket:[]\n");
}

TEST_F(MyrtExecHostile, SeesNothingOfTheRuntimesCommandLineAndEnvironment) {
  park();
  const std::string directory = "/proc/" + parked();
  for (const char* file : {"/cmdline", "/environ", "/comm"}) {
    const std::string content = exec({"cat", directory + file}).out;
    EXPECT_FALSE(contains(content, kMarker)) << file;
    EXPECT_FALSE(contains(content, workspace())) << file;
  }
  EXPECT_EQ(exec(search_memory(parked(), kMarker)).out, "");
}

TEST_F(MyrtExecHostile, FindsNoMoreRightsInTheProcessThanItsProgramHas) {
  for (const std::vector<std::string>& options :
       {std::vector<std::string>{}, std::vector<std::string>{"--user", "1000:1000"}}) {
    park(options);
    EXPECT_EQ(status_of(parked()), status_of("self", options));
    unpark();
    remove();
  }
}

TEST_F(MyrtExecHostile, CannotChangeTheRuntimesExecutable) {
  bundle_.capabilities({"CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH", "CAP_DAC_OVERRIDE",
                        "CAP_SYS_ADMIN", "CAP_SYS_CHROOT"});
  park();
  Process spy(exec_command({}, spoil_executable(parked())));
  ASSERT_TRUE(eventually([&] { return contains(spy.out(), "open_tree"); }));
  unpark();
  // EINVAL, EINVAL, and EROFS, or ETXTBSY as long as it is executed
  EXPECT_THAT(spy.wait().out, testing::AnyOf("mount_setattr: 22\nopen_tree: 22\nopen: 30\n",
                                             "mount_setattr: 22\nopen_tree: 22\nopen: 26\n"));
}

TEST_F(MyrtExecHostile, GainsNothingByTracingTheProcess) {
  park();
  constexpr long kSeize = 0x4206;  // PTRACE_SEIZE; detached when the tracer ends
  EXPECT_EQ(exec(probe_syscall(SYS_ptrace, {std::to_string(kSeize), parked()})).out, "0\n");
  EXPECT_EQ(status_of(parked()), status_of("self"));
}

class ExecHostile : public ExecTest {
 protected:
  ExecHostile() { write_file(host_ / "secret", "of the host\n"); }

  // A new file: all bundles share the one that is there.
  void replace_users_file(const std::string& content) {
    fs::remove(bundle_.rootfs() / "etc/passwd");
    bundle_.file("etc/passwd", content);
  }

  const fs::path host_ = workspace();
};

// CVE-2024-21626: a descriptor of the runtime's as working directory.
TEST_F(ExecHostile, WorkingDirectoryIsNotADescriptorOfTheRuntime) {
  start();
  for (int number = 3; number < 16; ++number) {
    const Outcome outcome = exec({"--cwd", "/proc/self/fd/" + std::to_string(number)},
                                 {"cat", "../../../../../../../.." + (host_ / "secret").string()});
    EXPECT_TRUE(not_executed(outcome)) << number;
  }
}

TEST_F(ExecHostile, DescriptorsOfTheCallerAreOutOfReach) {
  const Fd host = open_fd(host_, O_RDONLY | O_DIRECTORY);
  start();
  Command command = exec_command({}, {"ls", "/proc/self/fd/9/"});
  command.extra_fds = std::vector<int>(7, host.get());  // 3 to 9
  EXPECT_NE(run(command).exit_code, 0);
  command = exec_command({"--cwd", "/proc/self/fd/9"}, {"cat", "secret"});
  command.extra_fds = std::vector<int>(7, host.get());
  EXPECT_TRUE(not_executed(run(command)));
}

// CVE-2019-5736: the program is the runtime itself, which the container then writes to.
TEST_F(ExecHostile, ProgramIsNotTheRuntime) {
  const fs::path runtime = workspace() / "runtime";
  fs::copy_file(test_run().runtime_path, runtime);
  const std::string before = read_file(runtime);
  bundle_.symlink("/proc/self/exe", "evil")
      .shell(
          "while :; do for exe in /proc/[0-9]*/exe; do echo spoilt >> $exe; done 2>/dev/null; "
          "done");
  start();
  for (const char* program : {"/proc/self/exe", "/evil"}) {
    Command command = exec_command({}, {program, "--version"});
    command.argv[0] = runtime;
    run(command);
    EXPECT_TRUE(read_file(runtime) == before) << program;
  }
}

// CVE-2016-9962: what appears among the container's processes is looked into at once.
TEST_F(ExecHostile, NothingOfTheHostShowsInTheProcess) {
  bundle_.capabilities({"CAP_SYS_PTRACE", "CAP_DAC_READ_SEARCH"})
      .shell(
          "while :; do ls -l /proc/[0-9]*/fd /proc/[0-9]*/cwd /proc/[0-9]*/exe /proc/[0-9]*/root; "
          "ls /proc/[0-9]*/cwd/ /proc/[0-9]*/root/; done >> /seen 2>/dev/null");
  write_file(workspace() / "only-on-the-host", "");
  start();
  for (int round = 0; round < 25; ++round) {
    EXPECT_TRUE(succeeded(exec({"true"})));
  }
  remove();
  const std::string seen = read_file(bundle_.rootfs() / "seen");
  EXPECT_TRUE(contains(seen, "/proc/1/fd"));
  EXPECT_FALSE(contains(seen, test_run().directory));
  EXPECT_FALSE(contains(seen, "/sys/fs/cgroup"));
  EXPECT_FALSE(contains(seen, "only-on-the-host"));
}

// CVE-2016-3697: numbers are not names.
TEST_F(ExecHostile, UserIsTheNumberWhateverTheImageSays) {
  replace_users_file("1000:x:0:0:root:/root:/bin/sh\n");
  start();
  EXPECT_EQ(exec({"--user", "1000"}, {"id", "-u"}).out, "1000\n");
  // CVE-2026-30892
  for (const auto& [user, ids] : {std::pair{"1", "1\n0\n"}, {"1:2", "1\n2\n"}, {"7:0", "7\n0\n"}}) {
    EXPECT_EQ(output_of("id -u; id -g", {"--user", user}), ids) << user;
  }
}

TEST_F(ExecHostile, UserIsANumberInRange) {
  start();
  for (const char* user : {"4294967296", "4294967295", "-1", "1x", " 1", "1:x", "0x10", "", ":",
                           "1:", "1:-1", "1:4294967295", "1:2:3"}) {
    EXPECT_TRUE(not_executed(exec({std::string("--user=") + user}, {"id"}))) << user;
  }
}

TEST_F(ExecHostile, GroupsOfTheCallerAreGone) {
  start();
  const gid_t groups[] = {0, 4242};
  ASSERT_EQ(::setgroups(2, groups), 0);
  const Outcome outcome = exec({"--user", "1000:1000"}, {"id", "-G"});
  ASSERT_EQ(::setgroups(0, nullptr), 0);
  EXPECT_EQ(outcome.out, "1000\n");
}

// The container can hide its /proc; what exec writes there is written to the host's.
TEST_F(ExecHostile, FakeProcfsTakesNoRestrictionAway) {
  bundle_.capabilities({"CAP_SYS_ADMIN"})
      .set("/process/oomScoreAdj", "500")
      .set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
          {"names": ["syslog"], "action": "SCMP_ACT_ERRNO"}]})")
      .shell(
          "mount -t tmpfs tmpfs /proc; mkdir -p /proc/self/fd /proc/thread-self/attr; "
          "touch /proc/self/oom_score_adj /proc/self/setgroups; echo ready; sleep 1000");
  start();
  ASSERT_TRUE(container().wait_for_output("ready\n"));
  const pid_t pid = exec_detached({"sleep", "1000"});
  ASSERT_GT(pid, 0);
  const std::string directory = "/proc/" + std::to_string(pid);
  EXPECT_EQ(read_value(directory + "/oom_score_adj"), "500");
  EXPECT_EQ(field_of(read_file(directory + "/status"), "Seccomp"), "2");
  EXPECT_EQ(field_of(read_file(directory + "/status"), "CapEff"), "0000000000200000");
}

TEST_F(ExecHostile, TerminalIsNeverAnotherFile) {
  bundle_.capabilities({"CAP_SYS_ADMIN"})
      .shell("mount -t tmpfs tmpfs /dev/pts; touch /dev/pts/ptmx; echo ready; sleep 1000");
  start();
  ASSERT_TRUE(container().wait_for_output("ready\n"));
  const Terminal terminal;
  Command command = exec_command({"--tty"}, {"true"});
  command.stdin_fd = terminal.slave();
  EXPECT_TRUE(not_executed(run(command)));
}

// HOME is looked up in a file of the image.
TEST_F(ExecHostile, UsersFileNeedNotBeAFile) {
  fs::remove(bundle_.rootfs() / "etc/passwd");
  ASSERT_EQ(::mkfifo((bundle_.rootfs() / "etc/passwd").c_str(), 0666), 0);
  start();
  EXPECT_EQ(exec({"sh", "-c", "echo $HOME"}).out, "/\n");
  fs::remove(bundle_.rootfs() / "etc/passwd");
  bundle_.directory("etc/passwd");
  EXPECT_EQ(exec({"sh", "-c", "echo $HOME"}).out, "/\n");
}

TEST_F(ExecHostile, UsersFileNeedNotEnd) {
  replace_users_file("");
  fs::resize_file(bundle_.rootfs() / "etc/passwd", std::uintmax_t{1} << 40U);
  start();
  EXPECT_EQ(exec({"sh", "-c", "echo $HOME"}).out, "/\n");
}

TEST_F(ExecHostile, ContainerMayBeStopped) {
  start();
  const pid_t pid = container().pid();
  ASSERT_GT(pid, 0);
  ASSERT_EQ(::kill(pid, SIGSTOP), 0);
  EXPECT_TRUE(succeeded(exec({"true"})));
}

// Whenever it dies, exec ends, and says so.
TEST_F(ExecHostile, ContainerMayDieWhileExecStarts) {
  for (int round = 0; round < 25; ++round) {
    start();
    Process running(exec_command({}, {"sleep", "1000"}));
    std::this_thread::sleep_for(std::chrono::milliseconds(2 * round));
    container().kill_process();
    const Outcome outcome = running.wait();
    EXPECT_TRUE(outcome.exit_code == 128 + SIGKILL || !outcome.err.empty()) << round << outcome;
    EXPECT_NE(outcome.exit_code, 0) << round;
    reap_all();
    remove();
  }
}

}  // namespace
}  // namespace myrt::test
