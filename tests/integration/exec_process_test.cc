// exec as the kernel sees it: the new process is confined as the container's own is, and belongs to
// the caller.

#include <sys/syscall.h>

#include <filesystem>

#include "support/engine_bundle.h"
#include "support/engine_configs.h"
#include "support/exec.h"
#include "support/keyring.h"
#include "support/probe.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kAllNamespaces =
    "for ns in cgroup ipc mnt net pid pid_for_children user uts; do readlink /proc/self/ns/$ns; "
    "done";

class ExecNamespaces : public ExecTest {
 protected:
  // As the script above prints them.
  static std::string namespaces_of(pid_t pid) {
    std::string links;
    for (const char* kind :
         {"cgroup", "ipc", "mnt", "net", "pid", "pid_for_children", "user", "uts"}) {
      links += fs::read_symlink("/proc/" + std::to_string(pid) + "/ns/" + kind).string() + "\n";
    }
    return links;
  }

  void expect_those_of_the_container() {
    start();
    EXPECT_EQ(output_of(kAllNamespaces), namespaces_of(container().pid()));
  }
};

TEST_F(ExecNamespaces, AreThoseOfTheContainer) { expect_those_of_the_container(); }

TEST_F(ExecNamespaces, IncludeTheUserNamespace) {
  bundle_.set_namespace("user")
      .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
      .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 200000, "size": 65536}])");
  expect_those_of_the_container();
  EXPECT_EQ(output_of("id -u; tr -s ' ' < /proc/self/uid_map"), "0\n 0 100000 65536\n");
}

TEST_F(ExecNamespaces, IncludeThoseThatTheContainerJoinedItself) {
  Bundle other(workspace(), "other");
  other.args({"/bin/sleep", "1000"});
  Container provider(other);
  ASSERT_TRUE(succeeded(provider.run_detached()));
  const std::string directory = "/proc/" + std::to_string(provider.pid()) + "/ns/";
  bundle_.set_namespace("network", directory + "net")
      .set_namespace("ipc", directory + "ipc")
      .set_namespace("uts", directory + "uts")
      .set_namespace("pid", directory + "pid")
      .erase("/hostname");
  expect_those_of_the_container();
  remove();
  reap_all();  // the pid namespace ends with the last of its processes (pid_namespaces(7))
}

TEST_F(ExecNamespaces, MayBeTheHosts) {
  bundle_.remove_namespace("pid").remove_namespace("ipc").remove_namespace("uts").erase(
      "/hostname");
  expect_those_of_the_container();
}

// The root is then not that of the mount namespace.
TEST_F(ExecNamespaces, MayLackTheMountNamespace) {
  bundle_.erase("/mounts")
      .erase("/linux/maskedPaths")
      .erase("/linux/readonlyPaths")
      .file("marker", "inside\n")
      .remove_namespace("mount");
  start();
  EXPECT_EQ(exec({"cat", "/marker"}).out, "inside\n");
  EXPECT_EQ(exec({"ls", "/../../bin/sh"}).out, "/../../bin/sh\n");
}

class ExecRights : public ExecTest {};

// CAP_KILL 5, CAP_NET_BIND_SERVICE 10, CAP_AUDIT_WRITE 29.
TEST_F(ExecRights, AreTheCapabilitiesOfTheContainer) {
  start();
  for (const char* set : {"CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb"}) {
    EXPECT_EQ(status_field(set), "0000000020000420") << set;
  }
}

// CAP_NET_RAW is 13. An inheritable one would give programs with file capabilities more than they
// were given (CVE-2022-29162).
TEST_F(ExecRights, AddedAreNeverInheritable) {
  bundle_.set("/process/capabilities", R"({"bounding": ["CAP_KILL"], "effective": ["CAP_KILL"],
                                           "permitted": ["CAP_KILL"]})");
  start();
  for (const char* set : {"CapPrm", "CapEff", "CapBnd"}) {
    EXPECT_EQ(status_field(set, {"--cap", "CAP_NET_RAW"}), "0000000000002020") << set;
  }
  for (const char* set : {"CapInh", "CapAmb"}) {
    EXPECT_EQ(status_field(set, {"--cap", "CAP_NET_RAW"}), "0000000000000000") << set;
  }
}

TEST_F(ExecRights, OfAnOrdinaryUserAreTheAmbientCapabilities) {
  start();
  EXPECT_EQ(status_field("CapEff", {"--user", "1000"}), "0000000020000420");
  remove();
  bundle_.set("/process/capabilities/ambient", "[]");
  start();
  EXPECT_EQ(status_field("CapEff", {"--user", "1000"}), "0000000000000000");
  EXPECT_EQ(status_field("CapPrm", {"--user", "1000"}), "0000000000000000");
}

TEST_F(ExecRights, CannotGrowWhenTheContainersCannot) {
  start();
  EXPECT_EQ(status_field("NoNewPrivs"), "1");
}

TEST_F(ExecRights, CanBeKeptFromGrowing) {
  bundle_.set("/process/noNewPrivileges", "false");
  start();
  EXPECT_EQ(status_field("NoNewPrivs"), "0");
  EXPECT_EQ(status_field("NoNewPrivs", {"--no-new-privs"}), "1");
}

class ExecSeccomp : public ExecTest {
 protected:
  void expect_filtered() {
    start();
    EXPECT_EQ(status_field("Seccomp"), "2");
    EXPECT_EQ(status_field("Seccomp", {"--user", "1000"}), "2");
  }
};

TEST_F(ExecSeccomp, IsTheFilterOfTheContainer) {
  bundle_.set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["getpriority"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]})");
  add_probe(bundle_);
  start();
  EXPECT_EQ(status_field("Seccomp"), "2");
  EXPECT_EQ(exec(probe_syscall(SYS_getpriority)).out, "28\n");
  EXPECT_EQ(exec(probe_syscall(SYS_getppid)).out, "0\n");
}

TEST_F(ExecSeccomp, IsThereWithoutNoNewPrivilegesToo) {
  bundle_
      .set("/linux/seccomp", R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["getpriority"], "action": "SCMP_ACT_ERRNO", "errnoRet": 28}]})")
      .set("/process/noNewPrivileges", "false");
  expect_filtered();
}

// Its profile forbids clone3(2), which answers ENOSYS, and much else that a runtime might want to
// call.
TEST_F(ExecSeccomp, MayBePodmansProfile) {
  use_engine_config(bundle_, kPodmanConfig);
  bundle_.args({"/bin/sleep", "1000"});
  expect_filtered();
}

TEST_F(ExecSeccomp, MayBeDockersProfile) {
  use_engine_config(bundle_, kDockerConfig);
  bundle_.erase("/hooks").args({"/bin/sleep", "1000"});
  expect_filtered();
}

class ExecProcess : public ExecTest {};

TEST_F(ExecProcess, HasTheLimitsOfTheContainer) {
  bundle_.set("/process/rlimits", R"([{"type": "RLIMIT_NOFILE", "soft": 100, "hard": 200},
                                      {"type": "RLIMIT_CORE", "soft": 0, "hard": 0}])");
  start();
  EXPECT_EQ(output_of("ulimit -Sn; ulimit -Hn; ulimit -Hc"), "100\n200\n0\n");
}

TEST_F(ExecProcess, HasTheOomScoreOfTheContainer) {
  bundle_.set("/process/oomScoreAdj", "500");
  start();
  EXPECT_EQ(exec({"cat", "/proc/self/oom_score_adj"}).out, "500\n");
}

TEST_F(ExecProcess, HasTheUmaskOfTheContainer) {
  start();
  EXPECT_EQ(output_of("umask"), "0022\n");
  remove();
  bundle_.set("/process/user/umask", "63");  // 0077
  start();
  EXPECT_EQ(output_of("umask"), "0077\n");
}

TEST_F(ExecProcess, LeadsASession) {
  start();
  // Fields 1, 5 and 6 of /proc/<pid>/stat are pid, process group and session (proc(5)).
  EXPECT_EQ(exec({"awk", "{print $1 == $5, $1 == $6}", "/proc/self/stat"}).out, "1 1\n");
}

TEST_F(ExecProcess, HasNoSignalIgnoredOrBlocked) {
  start();
  Command command = exec_command({}, {"grep", "-E", "^Sig(Ign|Blk)", "/proc/self/status"});
  command.argv.insert(command.argv.begin(), {"sh", "-c", "trap '' INT USR1; exec \"$@\"", "sh"});
  EXPECT_EQ(run(command).out, "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\n");
}

TEST_F(ExecProcess, HasNotTheCallersKeyring) {
  join_session_keyring("callers-keyring", kPossessorOnly);
  bundle_.set("/linux/maskedPaths", "[]");
  start();
  const Outcome outcome = exec({"cat", "/proc/keys"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_FALSE(contains(outcome.out, "callers-keyring")) << outcome.out;
}

// Engines wait for the process themselves.
TEST_F(ExecProcess, IsAChildOfTheCallerWhenDetached) {
  start();
  const pid_t pid = exec_detached({"/bin/sh", "-c", "exit 42"});
  EXPECT_EQ(wait_child(pid).exit_code, 42);
}

class ExecDescriptors : public ExecTest {
 protected:
  Fd open_file(const std::string& content) {
    const fs::path path = workspace() / unique_name();
    write_file(path, content);
    return open_fd(path, O_RDONLY);
  }
};

TEST_F(ExecDescriptors, OfTheCallerAreClosed) {
  const Fd file = open_file("");
  start();
  Command command = exec_command({}, {"/bin/sh", "-c", "ls /proc/$$/fd; true"});
  command.extra_fds = std::vector<int>(7, file.get());  // 3 to 9
  EXPECT_EQ(run(command).out, "0\n1\n2\n");
}

TEST_F(ExecDescriptors, ArePreservedWhenAsked) {
  const Fd first = open_file("first ");
  const Fd second = open_file("second\n");
  start();
  Command command = exec_command({"--preserve-fds", "2"},
                                 {"/bin/sh", "-c", "cat <&3; cat <&4; ls /proc/$$/fd; true"});
  command.extra_fds = {first.get(), second.get(), first.get()};
  EXPECT_EQ(run(command).out, "first second\n0\n1\n2\n3\n4\n");
}

TEST_F(ExecDescriptors, OfAServiceManagerAreHandedOver) {
  const Fd socket = open_file("socket\n");
  start();
  Command command = exec_command({}, {"/bin/sh", "-c", "cat <&3; echo $LISTEN_FDS"});
  command.argv.insert(command.argv.begin(),
                      {"sh", "-c", "export LISTEN_FDS=1 LISTEN_PID=$$; exec \"$@\"", "sh"});
  command.extra_fds = {socket.get()};
  EXPECT_EQ(run(command).out, "socket\n1\n");
}

// Engines wait for the end of such pipes.
TEST_F(ExecDescriptors, AreNotHeldByWhatLivesOn) {
  Pipe pipe = make_pipe();
  start();
  Command command = detached_command({"sleep", "1000"});
  command.extra_fds = {pipe.write.get()};
  ASSERT_GT(run_detached(command), 0);
  pipe.write.reset();
  EXPECT_EQ(read_to_end(pipe.read.get()), "");
}

class ExecProcessFile : public ExecTest {};

TEST_F(ExecProcessFile, IsTheWholeProcess) {
  bundle_.set("/process/env/-", R"("NOT=THERE")");
  start();
  const Outcome outcome = exec_process(R"({
      "args": ["sh", "-c", "pwd; id -u; id -g; id -G; ulimit -n; grep -E '^(CapEff|NoNewPrivs)' /proc/self/status"],
      "env": ["PATH=/bin", "A=1"], "cwd": "/tmp",
      "user": {"uid": 1000, "gid": 1001, "additionalGids": [1002]},
      "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 50, "hard": 60}],
      "capabilities": {"bounding": ["CAP_KILL"], "effective": ["CAP_KILL"],
                       "permitted": ["CAP_KILL"], "inheritable": ["CAP_KILL"],
                       "ambient": ["CAP_KILL"]},
      "noNewPrivileges": true})");
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out,
            "/tmp\n1000\n1001\n1001 1002\n50\nCapEff:\t0000000000000020\nNoNewPrivs:\t1\n");
}

TEST_F(ExecProcessFile, HasTheWholeEnvironment) {
  bundle_.set("/process/env/-", R"("NOT=THERE")");
  start();
  EXPECT_EQ(exec_process(R"({"args": ["env"], "cwd": "/", "user": {"uid": 1000, "gid": 1000},
                             "env": ["PATH=/bin", "A=1"]})")
                .out,
            "PATH=/bin\nA=1\nHOME=/home/user\n");
}

TEST_F(ExecProcessFile, CanSetUmaskAndOomScore) {
  start();
  const Outcome outcome = exec_process(R"({
      "args": ["/bin/sh", "-c", "umask; /bin/cat /proc/self/oom_score_adj"], "cwd": "/",
      "user": {"uid": 0, "gid": 0, "umask": 23}, "oomScoreAdj": 600})");
  EXPECT_EQ(outcome.out, "0027\n600\n");
}

// An engine that leaves out what it does not know of must not lift restrictions by it.
TEST_F(ExecProcessFile, GetsFromTheContainerWhatItLacks) {
  bundle_.set("/process/oomScoreAdj", "500").set("/process/user", R"({"uid": 5, "gid": 6})");
  start();
  const Outcome outcome = exec_process(R"({
      "args": ["/bin/sh", "-c", "/bin/id -u; ulimit -n; /bin/cat /proc/self/oom_score_adj; /bin/grep -E '^(CapBnd|NoNewPrivs)' /proc/self/status"],
      "cwd": "/", "user": {"uid": 0, "gid": 0}})");
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "0\n1024\n500\nCapBnd:\t0000000020000420\nNoNewPrivs:\t1\n");
}

TEST_F(ExecProcessFile, MustBeOne) {
  start();
  EXPECT_TRUE(not_executed(exec({"--process", "/nope"}, {}), "no such file or directory"));
  EXPECT_TRUE(not_executed(exec_process("{")));
  EXPECT_TRUE(not_executed(exec_process(R"({"cwd": "/", "args": "true"})")));
}

}  // namespace
}  // namespace myrt::test
