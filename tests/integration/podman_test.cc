// Podman, a real engine, drives the runtime under test: its own store and state in the directory of
// the run, images without a registry, no network of its own.

#include <signal.h>
#include <unistd.h>

#include <filesystem>
#include <memory>
#include <system_error>

#include "support/cgroups.h"
#include "support/fixture.h"
#include "support/mountinfo.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

// Podman forks, stores and locks; on a busy machine a `run` takes some seconds.
constexpr milliseconds kPodmanTimeout{60'000};

constexpr const char* kSearchPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

bool is_installed(const std::string& program) {
  for (const char* directory : {"/usr/local/bin/", "/usr/bin/", "/bin/", "/usr/libexec/podman/"}) {
    if (::access((directory + program).c_str(), X_OK) == 0) {
      return true;
    }
  }
  return false;
}

/// A store with the image `busybox`, shared by the tests of this file, as an import takes a second.
class PodmanStore {
 public:
  PodmanStore() {
    fs::create_directories(directory_ / "tmp");
    write_file(directory_ / "containers.conf",
               "[containers]\n"
               // Podman's own are the highest there are, which take CAP_SYS_RESOURCE.
               "default_ulimits = [\"nofile=1024:1024\", \"nproc=20000:20000\"]\n"
               "[engine]\n"
               "cgroup_manager = \"cgroupfs\"\n"
               "events_logger = \"none\"\n"
               // Not the shared memory of the host, which its other containers use.
               "lock_type = \"file\"\n"
               "runtime_supports_json = [\"" +
                   test_run().runtime_name + "\"]\n");
  }
  PodmanStore(const PodmanStore&) = delete;
  PodmanStore& operator=(const PodmanStore&) = delete;

  ~PodmanStore() {
    std::error_code error;
    fs::remove_all(directory_, error);
    EXPECT_FALSE(error) << "cannot remove " << directory_ << ": " << error.message();
  }

  Command command(const std::vector<std::string>& arguments) const {
    Command command{
        .argv = {"podman", "--runtime", test_run().runtime_path, "--root", directory_ / "root",
                 "--runroot", directory_ / "run", "--tmpdir", directory_ / "libpod",
                 "--storage-driver", "vfs"},
        .env = {{std::string("PATH=") + kSearchPath,
                 "CONTAINERS_CONF=" + (directory_ / "containers.conf").string(),
                 "HOME=" + directory_.string(), "TMPDIR=" + (directory_ / "tmp").string(),
                 // Podman 5 warns of cgroup v1 on stderr.
                 "PODMAN_IGNORE_CGROUPSV1_WARNING=1"}},
        .timeout = kPodmanTimeout};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    return command;
  }

  Outcome call(const std::vector<std::string>& arguments) const { return run(command(arguments)); }

  /// The root of a bundle as the image `busybox`.
  void import(const Bundle& bundle) const {
    const std::string archive = directory_ / "image.tar";
    EXPECT_TRUE(succeeded(run({.argv = {"tar", "-C", bundle.rootfs(), "-c", "-f", archive, "."}})));
    EXPECT_TRUE(succeeded(call({"import", archive, "docker.io/library/busybox:latest"})));
    fs::remove(archive);
  }

  /// Where the runtime keeps the containers when, as by podman, it is not told.
  const fs::path& state() const { return state_directory_; }

 private:
  const fs::path directory_ = test_run().directory / "podman";
  const fs::path state_directory_ = "/run/" + test_run().runtime_name;
  // In the mount namespace of the tests only: the containers of the host are not seen.
  const HostMount state_{state_directory_, 0};
};

class Podman : public RuntimeTest {
 protected:
  static void TearDownTestSuite() {
    if (store_ != nullptr) {
      EXPECT_EQ(store_->call({"ps", "--all", "--quiet"}).out, "");
      store_.reset();
    }
  }

  void SetUp() override {
    if (store_ == nullptr && is_installed("podman") && is_installed("conmon")) {
      store_ = std::make_unique<PodmanStore>();
      store_->import(bundle_);
    }
    RuntimeTest::SetUp();
    if (store_ == nullptr) {
      GTEST_SKIP() << "needs podman";
    }
  }

  void TearDown() override {
    if (store_ != nullptr) {
      // Podman's monitor of a container cleans up after it and ends on its own time.
      EXPECT_TRUE(eventually(
          [] {
            reap_all();
            return descendants().empty();
          },
          milliseconds(20'000)));
      for (const std::string& entry : list_directory(store_->state())) {
        EXPECT_TRUE(entry.starts_with('.')) << "left behind: " << store_->state() / entry;
      }
      if (!runtime_is("myrt")) {
        // The others leave the parent cgroups that they made.
        const HostCgroup removed_at_once(cgroup_parent());
      }
    }
    RuntimeTest::TearDown();
  }

  static std::string cgroup_parent() { return "/" + test_run().prefix + "-podman"; }

  static Outcome podman(const std::vector<std::string>& arguments) {
    return store_->call(arguments);
  }

  /// `podman COMMAND` with what all tests want: no network, and a cgroup that the check of the host
  /// knows. The monitor makes no cgroup of its own, as nobody would remove it.
  static Command make(const std::string& command, const std::vector<std::string>& arguments) {
    std::vector<std::string> all{command,
                                 "--network",
                                 "none",
                                 "--cgroups",
                                 "no-conmon",
                                 "--cgroup-parent",
                                 "/" + test_run().prefix + "-podman"};
    all.insert(all.end(), arguments.begin(), arguments.end());
    return store_->command(all);
  }

  static Outcome run_once(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "--rm");
    return run(make("run", arguments));
  }

  /// A container in the background, to be removed by the test.
  static void run_detached(const std::string& name, std::vector<std::string> arguments) {
    const std::vector<std::string> options{"--detach", "--name", name};
    arguments.insert(arguments.begin(), options.begin(), options.end());
    EXPECT_TRUE(succeeded(run(make("run", arguments))));
  }

  static std::string inspect(const std::string& name, const std::string& format) {
    return podman({"inspect", "--format", format, name}).out;
  }

 private:
  static inline std::unique_ptr<PodmanStore> store_;
};

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
  EXPECT_TRUE(contains(by_name.err, "executable file not found in $PATH")) << by_name;

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
  Command command = make("run", {"--rm", "--interactive", "busybox", "cat"});
  command.stdin_text = "some text\n";
  EXPECT_EQ(run(command).out, "some text\n");
}

TEST_F(Podman, GivesATerminal) {
  const Command inner =
      make("run", {"--rm", "--interactive", "--tty", "busybox", "sh", "-c", "'tty; exit 7'"});
  std::string line;
  for (const std::string& word : inner.argv) {
    line += word + " ";
  }
  // script(1) runs it on a terminal.
  const Outcome outcome = run({.argv = {"script", "-q", "-e", "-c", line, "/dev/null"},
                               .env = inner.env,
                               .timeout = kPodmanTimeout});
  EXPECT_EQ(outcome.exit_code, 7) << outcome;
  EXPECT_TRUE(contains(outcome.out, "/dev/pts/0\r\n")) << outcome;
}

TEST_F(Podman, SignalsADetachedContainer) {
  run_detached("signalled", {"busybox", "sh", "-c",
                             "trap 'exit 9' USR1; echo ready; while :; do usleep 10000; done"});
  EXPECT_TRUE(eventually([] { return podman({"logs", "signalled"}).out == "ready\n"; }));
  EXPECT_TRUE(succeeded(podman({"kill", "--signal", "USR1", "signalled"})));
  EXPECT_EQ(podman({"wait", "signalled"}).out, "9\n");
  EXPECT_TRUE(succeeded(podman({"rm", "signalled"})));
}

TEST_F(Podman, StopsStartsAndRemovesAContainer) {
  run_detached("again", {"busybox", "sleep", "600"});
  EXPECT_EQ(inspect("again", "{{.State.Status}}"), "running\n");
  EXPECT_TRUE(succeeded(podman({"stop", "--time", "0", "again"})));
  EXPECT_EQ(inspect("again", "{{.State.Status}} {{.State.ExitCode}}"), "exited 137\n");
  EXPECT_TRUE(succeeded(podman({"start", "again"})));
  EXPECT_EQ(inspect("again", "{{.State.Status}}"), "running\n");
  EXPECT_TRUE(succeeded(podman({"rm", "--force", "--time", "0", "again"})));
}

TEST_F(Podman, CreatesAContainerBeforeItStarts) {
  EXPECT_TRUE(succeeded(run(make("create", {"--name", "early", "busybox", "echo", "now"}))));
  EXPECT_TRUE(succeeded(podman({"init", "early"})));
  EXPECT_EQ(inspect("early", "{{.State.Status}}"), "initialized\n");
  EXPECT_EQ(podman({"start", "--attach", "early"}).out, "now\n");
  EXPECT_TRUE(succeeded(podman({"rm", "early"})));
}

TEST_F(Podman, MapsIds) {
  const Outcome outcome = run_once(
      {"--uidmap", "0:100000:65536", "--gidmap", "0:200000:65536", "busybox", "sh", "-c",
       "cat /proc/self/uid_map /proc/self/gid_map | tr -s ' '; touch /x && stat -c %u /x"});
  EXPECT_EQ(outcome.out, " 0 100000 65536\n 0 200000 65536\n0\n") << outcome;
}

TEST_F(Podman, LimitsMemory) {
  const Outcome limit = run_once(
      {"--memory", "64m", "busybox", "cat",
       cgroup_v2() ? "/sys/fs/cgroup/memory.max" : "/sys/fs/cgroup/memory/memory.limit_in_bytes"});
  EXPECT_EQ(limit.out, "67108864\n") << limit;

  const Outcome killed = run_once({"--memory", "20m", "--memory-swap", "20m", "busybox", "sh", "-c",
                                   "x=a; while :; do x=$x$x; done"});
  EXPECT_EQ(killed.exit_code, 137) << killed;
}

TEST_F(Podman, MakesTheRootReadOnly) {
  const Outcome outcome =
      run_once({"--read-only", "busybox", "sh", "-c", "touch /tmp/x && touch /x"});
  EXPECT_EQ(outcome.exit_code, 1) << outcome;
  EXPECT_TRUE(contains(outcome.err, "/x: Read-only file system")) << outcome;
}

TEST_F(Podman, MountsATmpfs) {
  const Outcome outcome = run_once({"--tmpfs", "/scratch:size=1m,mode=1777", "busybox", "sh", "-c",
                                    "stat -c %a /scratch; df -k /scratch | awk 'END {print $2}'"});
  EXPECT_EQ(outcome.out, "1777\n1024\n") << outcome;
}

TEST_F(Podman, BindsADirectoryOfTheHost) {
  const fs::path shared = workspace() / "shared";
  fs::create_directories(shared);
  EXPECT_TRUE(succeeded(run_once(
      {"--volume", shared.string() + ":/data", "busybox", "sh", "-c", "echo text > /data/file"})));
  EXPECT_EQ(read_file(shared / "file"), "text\n");

  const Outcome refused =
      run_once({"--volume", shared.string() + ":/data:ro", "busybox", "touch", "/data/other"});
  EXPECT_EQ(refused.exit_code, 1) << refused;
  EXPECT_FALSE(fs::exists(shared / "other"));
}

TEST_F(Podman, PutsAnInitAboveTheProgram) {
  if (!is_installed("catatonit")) {
    GTEST_SKIP() << "needs catatonit";
  }
  EXPECT_EQ(run_once({"--init", "busybox", "cat", "/proc/1/comm"}).out, "podman-init\n");
}

TEST_F(Podman, StopsAContainerWithoutAPidNamespaceOfItsOwn) {
  run_detached("shared-pids",
               {"--pid", "host", "busybox", "sh", "-c", "sleep 600 & echo ready; wait"});
  EXPECT_TRUE(eventually([] { return podman({"logs", "shared-pids"}).out == "ready\n"; }));
  const std::string pid = std::to_string(std::stoi(inspect("shared-pids", "{{.State.Pid}}")));
  EXPECT_EQ(inode_of("/proc/" + pid + "/ns/pid"), inode_of("/proc/self/ns/pid"));
  EXPECT_TRUE(succeeded(podman({"stop", "--time", "0", "shared-pids"})));
  EXPECT_TRUE(succeeded(podman({"rm", "shared-pids"})));
}

TEST_F(Podman, RunsAPrivilegedContainer) {
  const Outcome outcome = run_once({"--privileged", "busybox", "sh", "-c",
                                    "grep Seccomp: /proc/self/status; mount -t tmpfs none /tmp"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "Seccomp:\t0\n");
}

TEST_F(Podman, ShowsTheRuntimesVersion) {
  EXPECT_TRUE(podman({"info", "--format", "{{.Host.OCIRuntime.Version}}"})
                  .out.starts_with(test_run().runtime_name + " version "));
}

}  // namespace
}  // namespace myrt::test
