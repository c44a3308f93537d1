#include "engines/docker.h"

#include <signal.h>

#include <cstdlib>
#include <system_error>

#include "engines/host_programs.h"
#include "support/cgroups.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

constexpr milliseconds kPatience{10'000};

std::string member(const std::string& name, const fs::path& value) {
  return json_quote(name) + ": " + json_quote(value) + ",\n";
}

std::string daemon_json(const fs::path& directory, const std::string& settings) {
  return "{\n" + member("data-root", directory / "root") + member("exec-root", directory / "exec") +
         member("pidfile", directory / "pid") + member("deprecated-key-path", directory / "key") +
         "\"hosts\": [" + json_quote("unix://" + (directory / "socket").string()) + "],\n" +
         // The checks of the host know cgroups by the prefix of the run.
         member("cgroup-parent", DockerDaemon::cgroup_parent()) + settings +
         "\"bridge\": \"none\", \"iptables\": false, \"ip6tables\": false, \"ip-forward\": false,\n"
         "\"ip-masq\": false, \"userland-proxy\": false, \"storage-driver\": \"vfs\"\n}\n";
}

}  // namespace

DockerDaemon::DockerDaemon(const fs::path& directory, const Options& options)
    : directory_(directory), process_(start(options)) {
  EXPECT_TRUE(eventually([this] { return !is_running() || call({"version"}).exit_code == 0; },
                         kDockerTimeout) &&
              is_running())
      << process_.err();
}

Process DockerDaemon::start(const Options& options) const {
  fs::create_directories(directory_ / "tmp");
  write_file(directory_ / "daemon.json", daemon_json(directory_, options.settings));
  Command command{.argv = {"unshare", "--net", "/usr/sbin/dockerd", "--config-file",
                           directory_ / "daemon.json"},
                  .env = {{std::string("PATH=") + kHostPath, "HOME=" + directory_.string(),
                           "TMPDIR=" + (directory_ / "tmp").string()}}};
  command.argv.insert(command.argv.end(), options.arguments.begin(), options.arguments.end());
  return Process(command);
}

DockerDaemon::~DockerDaemon() {
  if (is_running()) {
    process_.signal(SIGTERM);
    const Outcome outcome = process_.wait(kDockerTimeout);
    EXPECT_EQ(outcome.exit_code, 0) << outcome;
  }
  // Its containerd is its child, the shims are not.
  EXPECT_TRUE(eventually(
      [this] {
        reap_all();
        return descendants() == processes_before_;
      },
      kPatience));
  std::error_code error;
  fs::remove_all(directory_, error);
  EXPECT_FALSE(error) << "cannot remove " << directory_ << ": " << error.message();
}

Command DockerDaemon::command(const std::vector<std::string>& arguments) const {
  Command command{.argv = {"/usr/bin/docker"},
                  .env = {{std::string("PATH=") + kHostPath, "HOME=" + directory_.string(),
                           "DOCKER_HOST=unix://" + socket().string(),
                           "DOCKER_BUILDKIT=0"}},  // the builder that runs steps as containers
                  .timeout = kDockerTimeout};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  return command;
}

void DockerDaemon::import(const fs::path& root, const std::string& name) const {
  const std::string archive = directory_ / "image.tar";
  EXPECT_TRUE(succeeded(run({.argv = {"tar", "-C", root, "-c", "-f", archive, "."}})));
  EXPECT_TRUE(succeeded(call({"import", archive, name})));
  fs::remove(archive);
}

std::string DockerDaemon::tested_runtime() {
  const std::string path = R"("path": )" + json_quote(test_run().runtime_path);
  return R"("default-runtime": "tested", "runtimes": {"tested": {)" + path + R"(}, ")" +
         kWithArguments + R"(": {)" + path + R"(, "runtimeArgs": ["--debug"]}}, )";
}

void Docker::start_daemon(const Bundle& bundle) {
  run_containerd_ = std::make_unique<HostMount>("/run/containerd", 0);
  daemon_ = std::make_unique<DockerDaemon>(
      test_run().directory / "docker",
      DockerDaemon::Options{.settings = DockerDaemon::tested_runtime()});
  daemon_->import(bundle.rootfs(), "busybox");
}

void Docker::TearDownTestSuite() {
  daemon_.reset();
  run_containerd_.reset();
}

void Docker::SetUp() {
  if (daemon_ == nullptr && is_installed("dockerd") && is_installed("docker")) {
    start_daemon(bundle_);
  }
  RuntimeTest::SetUp();
  if (daemon_ == nullptr) {
    GTEST_SKIP() << "needs docker";
  }
  processes_before_ = descendants();
}

void Docker::TearDown() {
  if (daemon_ != nullptr) {
    EXPECT_EQ(docker({"ps", "--all", "--quiet"}).out, "");
    // The shim of a container ends on its own time.
    EXPECT_TRUE(eventually(
        [this] {
          reap_all();
          return descendants() == processes_before_;
        },
        kPatience));
    if (!runtime_is("myrt")) {
      // The others leave the parent cgroups that they made.
      const HostCgroup removed_at_once(DockerDaemon::cgroup_parent());
    }
  }
  RuntimeTest::TearDown();
  if (daemon_ != nullptr && !daemon_->is_running()) {
    TearDownTestSuite();  // cleaned up after this failure; the next test starts another
  }
}

Outcome Docker::run_once(const std::vector<std::string>& arguments) {
  std::vector<std::string> all{"run", "--rm"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return docker(all);
}

std::string Docker::inspect(const std::string& name, const std::string& format) {
  const std::string out = docker({"inspect", "--format", format, name}).out;
  return out.substr(0, out.find('\n'));
}

pid_t Docker::pid_of(const std::string& name) {
  return std::atoi(inspect(name, "{{.State.Pid}}").c_str());
}

DockerContainer::DockerContainer(const DockerDaemon& daemon,
                                 const std::vector<std::string>& arguments)
    : daemon_(daemon) {
  std::vector<std::string> all{"run", "--detach", "--name", name_};
  all.insert(all.end(), arguments.begin(), arguments.end());
  EXPECT_TRUE(succeeded(daemon_.call(all)));
}

DockerContainer::~DockerContainer() {
  EXPECT_TRUE(succeeded(call({"rm", "--force", "--volumes"})));
}

Outcome DockerContainer::exec(const std::vector<std::string>& arguments) const {
  std::vector<std::string> all{"exec", name_};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return daemon_.call(all);
}

Outcome DockerContainer::call(std::vector<std::string> command) const {
  command.push_back(name_);
  return daemon_.call(command);
}

bool DockerContainer::wait_for_log(const std::string& text) const {
  return eventually([this, &text] { return log() == text; }, kPatience);
}

std::string DockerContainer::status() const {
  const std::string out =
      call({"inspect", "--format", "{{.State.Status}} {{.State.ExitCode}}"}).out;
  return out.substr(0, out.find('\n'));
}

bool DockerContainer::wait_for_status(const std::string& status) const {
  return eventually([this, &status] { return this->status() == status; }, kPatience);
}

}  // namespace myrt::test
