// What the options of `ctr run` make of a container.

#include <filesystem>

#include "engines/containerd.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class ContainerdRun : public ContainerdTest {
 protected:
  static std::string namespace_path(pid_t pid, const std::string& kind) {
    return "/proc/" + std::to_string(pid) + "/ns/" + kind;
  }
};

TEST_F(ContainerdRun, PassesOutputOn) {
  const Outcome outcome = run_once({"sh", "-c", "echo out; echo err >&2"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "out\n");
  EXPECT_EQ(outcome.err, "err\n");
}

TEST_F(ContainerdRun, PassesInputOn) {
  Command command = run_command({"--rm"}, {"sh", "-c", "read line; echo \"got $line\""});
  command.stdin_text = "some text\n";
  EXPECT_EQ(run(command).out, "got some text\n");
}

TEST_F(ContainerdRun, PassesMuchOutputOn) {
  const Outcome outcome = run_once({"sh", "-c", "yes | head -c 1000000 | tee /dev/stderr"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out.size(), 1'000'000U);
  EXPECT_EQ(outcome.err.size(), 1'000'000U);
}

TEST_F(ContainerdRun, PassesTheExitStatusOn) {
  EXPECT_EQ(run_once({"sh", "-c", "exit 5"}).exit_code, 5);
}

TEST_F(ContainerdRun, SetsEnvironmentAndWorkingDirectory) {
  const Outcome outcome =
      run_once({"sh", "-c", "echo $WORD; pwd"}, {"--env", "WORD=two words", "--cwd", "/tmp"});
  EXPECT_EQ(outcome.out, "two words\n/tmp\n") << outcome;
}

TEST_F(ContainerdRun, GivesEachContainerItsOwnCopyOfTheImage) {
  EXPECT_TRUE(succeeded(run_once({"touch", "/new"})));
  EXPECT_EQ(run_once({"ls", "/new"}).exit_code, 1);
}

TEST_F(ContainerdRun, MakesTheRootReadOnly) {
  const Outcome outcome = run_once({"touch", "/x"}, {"--read-only"});
  EXPECT_EQ(outcome.exit_code, 1) << outcome;
  EXPECT_TRUE(contains(outcome.err, "/x: Read-only file system")) << outcome;
}

TEST_F(ContainerdRun, TakesARootThatIsNotOfAnImage) {
  bundle_.file("etc/marker", "of the bundle\n");
  const Outcome outcome =
      run(daemon().ctr({"run", "--rm", "--runc-binary", runtime_, "--rootfs", bundle_.rootfs(),
                        unique_name(), "/bin/cat", "/etc/marker"}));
  EXPECT_EQ(outcome.out, "of the bundle\n") << outcome;
}

TEST_F(ContainerdRun, BindsADirectoryOfTheHost) {
  const fs::path shared = workspace() / "shared";
  fs::create_directories(shared);
  const std::string mount = "type=bind,src=" + shared.string() + ",dst=/data,options=rbind:";
  EXPECT_TRUE(
      succeeded(run_once({"sh", "-c", "echo text > /data/file"}, {"--mount", mount + "rw"})));
  EXPECT_EQ(read_file(shared / "file"), "text\n");

  EXPECT_EQ(run_once({"touch", "/data/other"}, {"--mount", mount + "ro"}).exit_code, 1);
  EXPECT_FALSE(fs::exists(shared / "other"));
}

TEST_F(ContainerdRun, MountsATmpfs) {
  const Outcome outcome =
      run_once({"sh", "-c", "df -k /scratch | awk 'END {print $2}'"},
               {"--mount", "type=tmpfs,src=tmpfs,dst=/scratch,options=size=1m:nosuid"});
  EXPECT_EQ(outcome.out, "1024\n") << outcome;
}

TEST_F(ContainerdRun, LimitsMemoryAndProcessors) {
  const auto task = run_detached({"sleep", "600"}, {"--memory-limit", "67108864", "--cpus", "0.5"});
  const fs::path memory = cgroup_of(task->pid(), "memory");
  const fs::path cpu = cgroup_of(task->pid(), "cpu");
  if (cgroup_v2()) {
    EXPECT_EQ(read_value(memory / "memory.max"), "67108864");
    EXPECT_EQ(read_value(cpu / "cpu.max"), "50000 100000");
  } else {
    EXPECT_EQ(read_value(memory / "memory.limit_in_bytes"), "67108864");
    EXPECT_EQ(read_value(cpu / "cpu.cfs_quota_us"), "50000");
    EXPECT_EQ(read_value(cpu / "cpu.cfs_period_us"), "100000");
  }
}

TEST_F(ContainerdRun, KillsWhatTakesTooMuchMemory) {
  const Outcome outcome =
      run_once({"sh", "-c", "x=a; while :; do x=$x$x; done"}, {"--memory-limit", "20000000"});
  EXPECT_EQ(outcome.exit_code, 137) << outcome;
}

TEST_F(ContainerdRun, PutsTheContainerIntoTheNamedGroup) {
  const std::string group = "/" + test_run().prefix + "/pods/besteffort/one";
  const auto task = run_detached({"sleep", "600"}, {"--cgroup", group});
  EXPECT_TRUE(cgroup_of(task->pid(), "pids").string().ends_with(group))
      << cgroup_of(task->pid(), "pids");
}

TEST_F(ContainerdRun, AddsAndDropsCapabilities) {
  const Outcome outcome = run_once({"grep", "-E", "^Cap(Bnd|Eff)", "/proc/self/status"},
                                   {"--cap-add", "CAP_SYS_TIME", "--cap-drop", "CAP_MKNOD"});
  // The 14 defaults 00000000a80425fb, with bit 25 and without bit 27 (capabilities(7)).
  EXPECT_EQ(outcome.out, "CapEff:\t00000000a20425fb\nCapBnd:\t00000000a20425fb\n") << outcome;
}

TEST_F(ContainerdRun, FiltersSystemCallsOnRequest) {
  const std::vector<std::string> program{"grep", "^Seccomp:", "/proc/self/status"};
  EXPECT_EQ(run_once(program).out, "Seccomp:\t0\n");
  const Outcome filtered = run_once(program, {"--seccomp"});
  EXPECT_EQ(filtered.out, "Seccomp:\t2\n") << filtered;
}

TEST_F(ContainerdRun, AddsADevice) {
  const Outcome outcome = run_once({"sh", "-c", "stat -c '%t %T' /dev/kmsg && : < /dev/kmsg"},
                                   {"--device", "/dev/kmsg"});
  EXPECT_EQ(outcome.out, "1 b\n") << outcome;
}

TEST_F(ContainerdRun, RunsAPrivilegedContainer) {
  const Outcome outcome = run_once(
      {"sh", "-c", "grep NoNewPrivs: /proc/self/status; mount -t tmpfs none /tmp && touch /tmp/x"},
      {"--privileged", "--allow-new-privs", "--rootfs-propagation", "rslave"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "NoNewPrivs:\t0\n");
}

// Not by ctr's options --uidmap and --gidmap: given these, 1.6 forgets --runc-binary.
TEST_F(ContainerdRun, TakesAConfigWithMappedIds) {
  bundle_.set_namespace("user")
      .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
      .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 200000, "size": 65536}])")
      .set("/linux/cgroupsPath", json_quote("/" + test_run().prefix + "/mapped"))
      .set("/root/path", json_quote(bundle_.rootfs()))
      .shell("tr -s ' ' < /proc/self/uid_map; tr -s ' ' < /proc/self/gid_map");
  const Outcome outcome = run(daemon().ctr({"run", "--rm", "--runc-binary", runtime_, "--config",
                                            bundle_.path() / "config.json", unique_name()}));
  EXPECT_EQ(outcome.out, " 0 100000 65536\n 0 200000 65536\n") << outcome;
}

TEST_F(ContainerdRun, LeavesTheNetworkOfTheHostOnRequest) {
  const auto task = run_detached({"sleep", "600"}, {"--net-host"});
  EXPECT_EQ(inode_of(namespace_path(task->pid(), "net")), inode_of("/proc/self/ns/net"));
}

TEST_F(ContainerdRun, JoinsTheNamespacesOfAnother) {
  const auto first = run_detached({"sleep", "600"});
  std::vector<std::string> options;
  for (const std::string kind : {"pid", "network", "ipc", "uts"}) {
    const std::string file = kind == "network" ? "net" : kind;
    options.insert(options.end(), {"--with-ns", kind + ":" + namespace_path(first->pid(), file)});
  }
  const auto second = run_detached({"sleep", "600"}, options);
  for (const std::string kind : {"pid", "net", "ipc", "uts"}) {
    EXPECT_EQ(inode_of(namespace_path(second->pid(), kind)),
              inode_of(namespace_path(first->pid(), kind)))
        << kind;
  }
  EXPECT_NE(inode_of(namespace_path(second->pid(), "mnt")),
            inode_of(namespace_path(first->pid(), "mnt")));
  EXPECT_EQ(first->exec({"sh", "-c", "ps | grep -c '[s]leep 600'"}).out, "2\n");
}

}  // namespace
}  // namespace myrt::test
