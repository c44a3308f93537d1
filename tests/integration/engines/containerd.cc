#include "engines/containerd.h"

#include <signal.h>

#include <charconv>
#include <iostream>
#include <sstream>
#include <system_error>
#include <utility>

#include "engines/host_programs.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

constexpr milliseconds kPatience{20'000};

// As images name it (the GOARCH of Go).
constexpr const char* kArchitecture =
#ifdef __aarch64__
    "arm64";
#else
    "amd64";
#endif

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    words.push_back(word);
  }
  return words;
}

void append(std::vector<std::string>& list, const std::vector<std::string>& more) {
  list.insert(list.end(), more.begin(), more.end());
}

}  // namespace

bool Containerd::installed() {
  return is_installed("containerd") && is_installed("ctr") &&
         is_installed("containerd-shim-runc-v2");
}

Containerd::Containerd(const Bundle& image) {
  fs::create_directories(directory_ / "tmp");
  start();
  import(image);
}

Containerd::~Containerd() {
  process_->signal(SIGTERM);
  EXPECT_FALSE(process_->wait().timed_out) << "containerd does not stop: " << log();
  if (!traces().empty()) {
    clean_up_after_failure(directory_);
  }
  std::error_code error;
  fs::remove_all(directory_, error);
  EXPECT_FALSE(error) << "cannot remove " << directory_ << ": " << error.message();
}

void Containerd::start() {
  const fs::path config = directory_ / "config.toml";
  write_file(
      config,
      "version = 2\n"
      "root = \"" +
          (directory_ / "root").string() +
          "\"\n"
          "state = \"" +
          (directory_ / "state").string() +
          "\"\n"
          // The second one makes /opt/containerd.
          "disabled_plugins = [\"io.containerd.grpc.v1.cri\", \"io.containerd.internal.v1.opt\"]\n"
          "[grpc]\n"
          "address = \"" +
          socket_.string() + "\"\n");
  process_.emplace(Command{
      .argv = {"containerd", "--config", config, "--log-level", "warn"},
      .env = {{std::string("PATH=") + kHostPath, "TMPDIR=" + (directory_ / "tmp").string()}}});
  EXPECT_TRUE(eventually([this] { return call({"version"}).exit_code == 0; }, kPatience))
      << "containerd does not answer: " << log();
}

// In the format of `docker save` (github.com/moby/docker-image-spec): one layer, and a config that
// names the layer by the hash of its content.
fs::path write_image(const Bundle& image, const fs::path& parts) {
  fs::create_directories(parts);
  EXPECT_TRUE(succeeded(
      run({.argv = {"tar", "-C", image.rootfs(), "-c", "-f", parts / "layer.tar", "."}})));
  const Outcome hash = run({.argv = {"sha256sum", parts / "layer.tar"}});
  const std::string layer = json_quote("sha256:" + hash.out.substr(0, hash.out.find(' ')));
  write_file(parts / "config.json",
             R"({"architecture": ")" + std::string(kArchitecture) +
                 R"(", "os": "linux", "config": {"Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"],)" +
                 R"("Cmd": ["sleep", "1000"]}, "rootfs": {"type": "layers", "diff_ids": [)" +
                 layer + "]}}");
  write_file(parts / "manifest.json", R"([{"Config": "config.json", "RepoTags": [)" +
                                          json_quote(Containerd::kImage) +
                                          R"(], "Layers": ["layer.tar"]}])");
  const fs::path archive = parts / "image.tar";
  EXPECT_TRUE(succeeded(run({.argv = {"tar", "-C", parts, "-c", "-f", archive, "manifest.json",
                                      "config.json", "layer.tar"}})));
  return archive;
}

void Containerd::import(const Bundle& image) const {
  EXPECT_TRUE(succeeded(call({"images", "import", write_image(image, directory_ / "image")})));
}

Command Containerd::ctr(const std::vector<std::string>& arguments) const {
  Command command{.argv = {"ctr", "--address", socket_, "--namespace", test_run().prefix},
                  .env = {{std::string("PATH=") + kHostPath,
                           // Snapshots are copies where the kernel has no overlays.
                           has_filesystem("overlay") ? "CONTAINERD_SNAPSHOTTER=overlayfs"
                                                     : "CONTAINERD_SNAPSHOTTER=native"}},
                  .timeout = kPatience};
  append(command.argv, arguments);
  return command;
}

fs::path Containerd::bundle(const std::string& id) const {
  return directory_ / "state/io.containerd.runtime.v2.task" / test_run().prefix / id;
}

fs::path Containerd::runtime_root() { return "/run/containerd/runc/" + test_run().prefix; }

std::vector<std::string> Containerd::traces() const {
  std::vector<std::string> found;
  for (const fs::path& directory : {bundle(""), runtime_root()}) {
    for (const std::string& name : list_directory(directory)) {
      if (!name.starts_with('.')) {  // no container: a cache or a lock of the runtime
        found.push_back(directory / name);
      }
    }
  }
  return found;
}

ContainerdTask::ContainerdTask(const Containerd& daemon, std::string id)
    : daemon_(daemon), id_(std::move(id)) {}

ContainerdTask::~ContainerdTask() {
  if (!status().empty()) {
    const Outcome outcome = daemon_.call({"task", "delete", "--force", id_});
    // "exit with non-zero exit code" is a warning about the container.
    EXPECT_EQ(status(), "") << outcome;
  }
  EXPECT_TRUE(succeeded(daemon_.call({"containers", "rm", id_})));
}

std::vector<std::string> ContainerdTask::listed() const {
  for (const std::string& line : lines_of(daemon_.call({"task", "ls"}).out)) {
    const std::vector<std::string> words = words_of(line);
    if (words.size() == 3 && words[0] == id_) {
      return words;
    }
  }
  return {};
}

pid_t ContainerdTask::pid() const {
  pid_t pid = 0;
  if (const std::vector<std::string> words = listed(); !words.empty()) {
    std::from_chars(words[1].data(), words[1].data() + words[1].size(), pid);
  }
  return pid;
}

std::string ContainerdTask::status() const {
  const std::vector<std::string> words = listed();
  return words.empty() ? "" : words[2];
}

bool ContainerdTask::becomes(const std::string& status) const {
  return eventually([this, &status] { return this->status() == status; });
}

Outcome ContainerdTask::kill(const std::string& signal,
                             const std::vector<std::string>& options) const {
  std::vector<std::string> arguments{"task", "kill", "--signal", signal};
  append(arguments, options);
  arguments.push_back(id_);
  return daemon_.call(arguments);
}

Command ContainerdTask::exec_command(const std::vector<std::string>& program,
                                     const std::vector<std::string>& options) const {
  std::vector<std::string> arguments{"task", "exec", "--exec-id", unique_name()};
  append(arguments, options);
  arguments.push_back(id_);
  append(arguments, program);
  return daemon_.ctr(arguments);
}

void ContainerdTest::SetUp() {
  if (daemon_ == nullptr && Containerd::installed()) {
    daemon_ = std::make_unique<Containerd>(bundle_);
  }
  RuntimeTest::SetUp();
  if (daemon_ == nullptr) {
    GTEST_SKIP() << "needs containerd";
  }
}

void ContainerdTest::TearDown() {
  if (daemon_ != nullptr) {
    // The shim of a container ends on its own time.
    EXPECT_TRUE(eventually(
        [] {
          reap_all();
          return descendants() == std::vector{daemon_->pid()} && daemon_->traces().empty();
        },
        kPatience))
        << "left behind: " << ::testing::PrintToString(daemon_->traces());
    EXPECT_EQ(ctr({"containers", "ls", "--quiet"}).out, "");
    if (HasFailure()) {
      std::cout << "containerd: " << daemon_->log() << "\n";
    }
    if (!runtime_is("myrt")) {
      // The others leave the parent cgroups that they made.
      const HostCgroup removed_at_once("/" + test_run().prefix);
    }
  }
  RuntimeTest::TearDown();
  if (HasFailure()) {
    daemon_.reset();  // cleaning up may have taken it: the next test gets a new one
  }
}

Command ContainerdTest::run_command(const std::vector<std::string>& options,
                                    const std::vector<std::string>& program,
                                    const std::string& id) const {
  std::vector<std::string> arguments{"run", "--runc-binary", runtime_};
  append(arguments, options);
  append(arguments, {Containerd::kImage, id});
  append(arguments, program);
  return daemon_->ctr(arguments);
}

Outcome ContainerdTest::run_once(const std::vector<std::string>& program,
                                 std::vector<std::string> options) const {
  options.emplace_back("--rm");
  return run(run_command(options, program));
}

std::unique_ptr<ContainerdTask> ContainerdTest::run_detached(
    const std::vector<std::string>& program, std::vector<std::string> options) const {
  options.emplace_back("--detach");
  const std::string id = unique_name();
  EXPECT_TRUE(succeeded(run(run_command(options, program, id))));
  return std::make_unique<ContainerdTask>(*daemon_, id);
}

}  // namespace myrt::test
