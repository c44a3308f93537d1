// Pods and containers as a kubelet makes them: the test calls containerd's CRI plugin, whose
// runtime handler is the runtime under test.

#include <signal.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>

#include "engines/containerd.h"
#include "engines/host_programs.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

constexpr milliseconds kPatience{20'000};
constexpr milliseconds kCallTimeout{60'000};
constexpr const char* kHandler = "tested";

// ContainerState and NamespaceMode of api.proto.
constexpr std::int64_t kRunning = 1;
constexpr std::int64_t kExited = 2;
constexpr const char* kOfThePod = "0";
constexpr const char* kItsOwn = "1";

/// containerd with its CRI plugin, in a network namespace of its own, which is the host's for pods.
class CriDaemon {
 public:
  static bool installed() {
    const Command has_grpc{.argv = {"/usr/bin/python3", "-c", "import grpc"}, .env = environment()};
    return Containerd::installed() && is_installed("ip") && fs::exists(MYRT_CRI_CALL) &&
           run(has_grpc).exit_code == 0;
  }

  explicit CriDaemon(const Bundle& image) {
    fs::create_directories(directory_ / "tmp");
    write_file(directory_ / "config.toml", config());
    process_.emplace(
        Command{.argv = {"unshare", "--net", "sh", "-c",
                         "ip link set lo up && exec containerd --log-level warn --config " +
                             (directory_ / "config.toml").string()},
                .env = {{environment().front(), "TMPDIR=" + (directory_ / "tmp").string()}}});
    EXPECT_TRUE(eventually([this] { return call("Version", "{}").exit_code == 0; }, kPatience))
        << "containerd does not answer: " << log();
    EXPECT_TRUE(succeeded(
        run({.argv = {"ctr", "--address", socket_, "--namespace", "k8s.io", "images", "import",
                      "--snapshotter", snapshotter(), write_image(image, directory_ / "image")},
             .timeout = kCallTimeout})));
  }
  CriDaemon(const CriDaemon&) = delete;
  CriDaemon& operator=(const CriDaemon&) = delete;
  ~CriDaemon() {
    process_->signal(SIGTERM);
    EXPECT_FALSE(process_->wait(kPatience).timed_out) << "containerd does not stop: " << log();
    std::error_code error;
    fs::remove_all(directory_, error);
    EXPECT_FALSE(error) << "cannot remove " << directory_ << ": " << error.message();
  }

  pid_t pid() const { return process_->pid(); }
  std::string log() const { return process_->err(); }

  /// A method of the RuntimeService; request and reply are JSON.
  Outcome call(const std::string& method, const std::string& request) const {
    return run({.argv = {MYRT_CRI_CALL, socket_, method},
                .env = environment(),
                .stdin_text = request,
                .timeout = kCallTimeout});
  }

 private:
  static std::vector<std::string> environment() { return {std::string("PATH=") + kHostPath}; }
  static std::string snapshotter() { return has_filesystem("overlay") ? "overlayfs" : "native"; }

  std::string config() const {
    const std::string cri = "[plugins.\"io.containerd.grpc.v1.cri\"";
    return "version = 2\nroot = \"" + (directory_ / "root").string() + "\"\nstate = \"" +
           (directory_ / "state").string() +
           // The plugin makes /opt/containerd.
           "\"\ndisabled_plugins = [\"io.containerd.internal.v1.opt\"]\n[grpc]\naddress = \"" +
           socket_.string() + "\"\n" + cri +
           // Lowering it takes CAP_SYS_RESOURCE.
           "]\nrestrict_oom_score_adj = true\nsandbox_image = \"" + Containerd::kImage + "\"\n" +
           cri + ".containerd]\nsnapshotter = \"" + snapshotter() +
           "\"\ndefault_runtime_name = \"" + kHandler + "\"\n" + cri + ".containerd.runtimes." +
           kHandler + "]\nruntime_type = \"io.containerd.runc.v2\"\n" + cri +
           ".containerd.runtimes." + kHandler + ".options]\nBinaryName = \"" +
           test_run().runtime_path + "\"\n";
  }

  const fs::path directory_ = test_run().directory / "cri";
  const fs::path socket_ = directory_ / "socket";
  const HostMount run_{"/run/containerd", 0};
  std::optional<Process> process_;
};

std::string cgroup_parent() { return "/" + test_run().prefix + "-pods"; }

/// A pod on the host's network, gone with all its containers at the end of its scope.
class Pod {
 public:
  /// `pid` is the NamespaceMode of the pid namespaces of its containers.
  Pod(const CriDaemon& daemon, const fs::path& logs, const std::string& pid)
      : daemon_(daemon), logs_(logs) {
    options_ = R"({"network": 2, "pid": )" + pid + R"(, "ipc": 0})";
    config_ = R"({"metadata": {"name": "pod", "uid": )" + json_quote(unique_name()) +
              R"(, "namespace": "default"}, "log_directory": )" + json_quote(logs_) +
              R"(, "linux": {"cgroup_parent": )" + json_quote(cgroup_parent()) +
              R"(, "security_context": {"namespace_options": )" + options_ + "}}}";
    const Outcome made = daemon_.call(
        "RunPodSandbox", R"({"config": )" + config_ + R"(, "runtime_handler": "tested"})");
    EXPECT_TRUE(succeeded(made));
    id_ = json_string(made.out, "/pod_sandbox_id").value_or("");
  }
  Pod(const Pod&) = delete;
  Pod& operator=(const Pod&) = delete;
  ~Pod() {
    const std::string pod = R"({"pod_sandbox_id": )" + json_quote(id_) + "}";
    EXPECT_TRUE(succeeded(daemon_.call("StopPodSandbox", pod)));
    EXPECT_TRUE(succeeded(daemon_.call("RemovePodSandbox", pod)));
  }

  /// The id of a new container.
  std::string create(const std::vector<std::string>& program, const std::string& name = "one") {
    const std::string request =
        R"({"pod_sandbox_id": )" + json_quote(id_) + R"(, "sandbox_config": )" + config_ +
        R"(, "config": {"metadata": {"name": )" + json_quote(name) + R"(}, "image": {"image": )" +
        json_quote(Containerd::kImage) + R"(}, "command": )" + json_strings(program) +
        R"(, "log_path": )" + json_quote(name + ".log") +
        R"(, "linux": {"security_context": {"namespace_options": )" + options_ + "}}}}";
    const Outcome made = daemon_.call("CreateContainer", request);
    EXPECT_TRUE(succeeded(made));
    return json_string(made.out, "/container_id").value_or("");
  }
  std::string start(const std::vector<std::string>& program, const std::string& name = "one") {
    const std::string id = create(program, name);
    EXPECT_TRUE(succeeded(call("StartContainer", id)));
    return id;
  }

  /// A method that takes a container; `more` are more members of the request.
  Outcome call(const std::string& method, const std::string& container,
               const std::string& more = "") const {
    return daemon_.call(method, R"({"container_id": )" + json_quote(container) + more + "}");
  }
  Outcome exec(const std::string& container, const std::vector<std::string>& program) const {
    return call("ExecSync", container, R"(, "timeout": 10, "cmd": )" + json_strings(program));
  }
  bool becomes(const std::string& container, std::int64_t state) const {
    return eventually(
        [&] {
          return json_integer(call("ContainerStatus", container).out, "/status/state") == state;
        },
        kPatience);
  }
  std::optional<std::int64_t> exit_code(const std::string& container) const {
    return json_integer(call("ContainerStatus", container).out, "/status/exit_code");
  }
  /// What the program of a container has written, a line "TIME STREAM F TEXT" each.
  std::string log(const std::string& name = "one") const {
    return read_file(logs_ / (name + ".log"));
  }

 private:
  const CriDaemon& daemon_;
  fs::path logs_;
  std::string options_;
  std::string config_;
  std::string id_;
};

class CriPlugin : public RuntimeTest {
 protected:
  static void TearDownTestSuite() { daemon_.reset(); }

  void SetUp() override {
    if (daemon_ == nullptr && CriDaemon::installed()) {
      daemon_ = std::make_unique<CriDaemon>(bundle_);
    }
    RuntimeTest::SetUp();
    if (daemon_ == nullptr) {
      GTEST_SKIP() << "needs containerd, python3-grpcio and the sources";
    }
  }
  void TearDown() override {
    if (daemon_ != nullptr) {
      // The shim of a pod ends on its own time.
      EXPECT_TRUE(eventually(
          [] {
            reap_all();
            return descendants() == std::vector{daemon_->pid()};
          },
          kPatience))
          << "containerd: " << daemon_->log();
      if (!runtime_is("myrt")) {
        // The others leave the parent cgroups that they made.
        const HostCgroup removed_at_once(cgroup_parent());
      }
    }
    RuntimeTest::TearDown();
  }

  Pod pod(const std::string& pid = kItsOwn) const { return {*daemon_, workspace() / "logs", pid}; }

  static inline std::unique_ptr<CriDaemon> daemon_;
};

TEST_F(CriPlugin, RunsAContainerInAPodUntilItIsStopped) {
  Pod pod = this->pod();
  const std::string id = pod.start({"sh", "-c", "echo hello; exec sleep 600"});
  EXPECT_TRUE(pod.becomes(id, kRunning));
  EXPECT_TRUE(eventually([&] { return contains(pod.log(), " stdout F hello\n"); })) << pod.log();
  EXPECT_TRUE(succeeded(pod.call("StopContainer", id, R"(, "timeout": 0)")));
  EXPECT_TRUE(pod.becomes(id, kExited));
  EXPECT_EQ(pod.exit_code(id), 137);
  EXPECT_TRUE(succeeded(pod.call("RemoveContainer", id)));
}

TEST_F(CriPlugin, IsToldTheExitStatus) {
  Pod pod = this->pod();
  const std::string id = pod.start({"sh", "-c", "exit 7"});
  EXPECT_TRUE(pod.becomes(id, kExited));
  EXPECT_EQ(pod.exit_code(id), 7);
}

TEST_F(CriPlugin, IsToldOfAProgramThatDoesNotExist) {
  Pod pod = this->pod();
  const Outcome outcome = pod.call("StartContainer", pod.create({"nonexist"}));
  EXPECT_EQ(outcome.exit_code, 1) << outcome;
  EXPECT_TRUE(contains(outcome.err, R"(exec: "nonexist": executable file not found in $PATH)"))
      << outcome;
}

TEST_F(CriPlugin, ExecutesAProgramAndTellsItsStatus) {
  Pod pod = this->pod();
  const Outcome outcome = pod.exec(pod.start({"sleep", "600"}), {"sh", "-c", "id -u; exit 3"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(json_string(outcome.out, "/stdout"), "0\n");
  EXPECT_EQ(json_integer(outcome.out, "/exit_code"), 3);
}

TEST_F(CriPlugin, IsToldOfAProgramThatCannotBeExecuted) {
  Pod pod = this->pod();
  const Outcome outcome = pod.exec(pod.start({"sleep", "600"}), {"nonexist"});
  EXPECT_EQ(outcome.exit_code, 1) << outcome;
  EXPECT_TRUE(contains(outcome.err, R"(exec: "nonexist": executable file not found in $PATH)"))
      << outcome;
}

TEST_F(CriPlugin, ChangesTheMemoryLimit) {
  Pod pod = this->pod();
  const std::string id = pod.start({"sleep", "600"});
  EXPECT_TRUE(succeeded(pod.call("UpdateContainerResources", id,
                                 R"(, "linux": {"memory_limit_in_bytes": 104857600})")));
  const Outcome state = run(
      {.argv = {test_run().runtime_path, "--root", "/run/containerd/runc/k8s.io", "state", id}});
  ASSERT_TRUE(succeeded(state));
  const pid_t pid = static_cast<pid_t>(json_integer(state.out, "/pid").value_or(0));
  EXPECT_EQ(
      read_value(cgroup_of(pid, "memory") / (cgroup_v2() ? "memory.max" : "memory.limit_in_bytes")),
      "104857600");
}

TEST_F(CriPlugin, MeasuresMemory) {
  Pod pod = this->pod();
  const Outcome outcome = pod.call("ContainerStats", pod.start({"sleep", "600"}));
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_GT(json_integer(outcome.out, "/stats/memory/working_set_bytes/value"), 0);
}

TEST_F(CriPlugin, GivesContainersPidNamespacesOfTheirOwn) {
  Pod pod = this->pod();
  const Outcome outcome =
      pod.exec(pod.start({"sh", "-c", "sleep 600; :"}), {"cat", "/proc/1/comm"});
  EXPECT_EQ(json_string(outcome.out, "/stdout"), "sh\n") << outcome;
}

// Nothing but the cgroup tells which processes of the pod are the container's.
TEST_F(CriPlugin, KillsAllProcessesOfAContainerThatSharesItsPidNamespace) {
  Pod pod = this->pod(kOfThePod);
  const std::string one = pod.start({"sh", "-c", "sleep 601 & sleep 602 & sleep 603; :"}, "one");
  const std::string two = pod.start({"sleep", "604"}, "two");
  // The first process of the pod is that of its image.
  EXPECT_EQ(json_string(pod.exec(two, {"cat", "/proc/1/comm"}).out, "/stdout"), "sleep\n");
  const auto sleeping = [&] {
    return json_string(pod.exec(two, {"sh", "-c", "ps -o args | grep '^sleep 60' | sort"}).out,
                       "/stdout")
        .value_or("");
  };
  EXPECT_TRUE(eventually(
      [&] { return sleeping() == "sleep 601\nsleep 602\nsleep 603\nsleep 604\n"; }, kPatience))
      << sleeping();
  EXPECT_TRUE(succeeded(pod.call("StopContainer", one, R"(, "timeout": 0)")));
  EXPECT_TRUE(eventually([&] { return sleeping() == "sleep 604\n"; }, kPatience)) << sleeping();
}

}  // namespace
}  // namespace myrt::test
