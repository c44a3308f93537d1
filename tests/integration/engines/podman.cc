#include "engines/podman.h"

#include <algorithm>
#include <cstdlib>
#include <system_error>
#include <utility>

#include "engines/host_programs.h"
#include "support/cgroups.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

constexpr milliseconds kPatience{20'000};

bool has_word(const std::vector<std::string>& words, const std::string& word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// Podman's monitor of a container cleans up after it and ends on its own time.
bool wait_for_end_of_all_but(const std::vector<pid_t>& processes) {
  return eventually(
      [&processes] {
        reap_all();
        const std::vector<pid_t> now = descendants();
        return std::includes(processes.begin(), processes.end(), now.begin(), now.end());
      },
      kPatience);
}

// Runtimes other than myrt leave the parent cgroups that they made.
void remove_cgroup_parents() {
  if (!runtime_is("myrt")) {
    const HostCgroup removed_at_once(PodmanStore::cgroup_parent());
  }
}

}  // namespace

PodmanStore::PodmanStore(const fs::path& directory, PodmanSettings settings)
    : directory_(directory),
      settings_(std::move(settings)),
      state_directory_(
          (settings_.user.has_value() ? settings_.user->runtime_directory() : fs::path("/run")) /
          test_run().runtime_name) {
  fs::create_directories(directory_ / "tmp");
  if (settings_.user.has_value()) {
    settings_.user->own(directory_);
    settings_.user->own(directory_ / "tmp");
  } else {
    state_.emplace(state_directory_, 0UL);
    // Podman makes it a mount when it makes the first network namespace there, and leaves it.
    fs::create_directories("/run/netns");
    networks_.emplace("/run/netns", 0UL);
  }
  write_file(directory_ / "containers.conf", configuration());
}

std::string PodmanStore::configuration() const {
  // Podman's own limits are the highest there are, which take CAP_SYS_RESOURCE.
  const std::string processes = settings_.user.has_value() ? "1000" : "20000";
  return "[containers]\ndefault_ulimits = [\"nofile=1024:1024\", \"nproc=" + processes + ":" +
         processes + "\"]\n[engine]\ncgroup_manager = \"" + settings_.cgroup_manager +
         "\"\nevents_logger = \"none\"\n"
         // Not the shared memory of the host, which its other containers use.
         "lock_type = \"file\"\nruntime_supports_json = [\"" +
         test_run().runtime_name + "\"]\n";
}

PodmanStore::~PodmanStore() {
  if (settings_.user.has_value()) {
    // Ends the process that keeps the user's namespaces.
    EXPECT_TRUE(succeeded(call({"system", "migrate"})));
  }
  std::error_code error;
  fs::remove_all(directory_, error);
  EXPECT_FALSE(error) << "cannot remove " << directory_ << ": " << error.message();
}

Command PodmanStore::command(const std::vector<std::string>& arguments) const {
  Command command{.argv = {"/usr/bin/podman", "--runtime", test_run().runtime_path, "--root",
                           directory_ / "root", "--runroot", directory_ / "run", "--tmpdir",
                           directory_ / "libpod", "--storage-driver", settings_.storage},
                  .env = {{std::string("PATH=") + kHostPath,
                           "CONTAINERS_CONF=" + (directory_ / "containers.conf").string(),
                           "HOME=" + directory_.string(), "TMPDIR=" + (directory_ / "tmp").string(),
                           // Podman 5 warns of cgroup v1 on stderr.
                           "PODMAN_IGNORE_CGROUPSV1_WARNING=1"}},
                  .cwd = directory_,  // where the monitor notes that a container was out of memory
                  .timeout = kPodmanTimeout};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  return settings_.user.has_value() ? settings_.user->command(command) : command;
}

Command PodmanStore::make(const std::string& command,
                          const std::vector<std::string>& arguments) const {
  // The monitor makes no cgroup of its own, as nobody would remove it.
  std::vector<std::string> words{command, "--cgroups", "no-conmon"};
  if (!has_word(arguments, "--pod")) {
    // systemd has names of its own, and a user no right to this one.
    if (settings_.cgroup_manager == "cgroupfs" && !settings_.user.has_value()) {
      words.insert(words.end(), {"--cgroup-parent", cgroup_parent()});
    }
    if (!has_word(arguments, "--network")) {
      words.insert(words.end(), {"--network", "none"});
    }
  }
  words.insert(words.end(), arguments.begin(), arguments.end());
  return this->command(words);
}

void PodmanStore::import(const fs::path& root, const std::string& name) const {
  const std::string archive = directory_ / "image.tar";
  EXPECT_TRUE(succeeded(run({.argv = {"tar", "-C", root, "-c", "-f", archive, "."}})));
  EXPECT_TRUE(succeeded(call({"import", archive, name})));
  fs::remove(archive);
}

std::vector<std::string> PodmanStore::containers_of_the_runtime() const {
  std::vector<std::string> names = list_directory(state_directory_);
  // Ids do not start with a dot: what does is a cache or a lock.
  std::erase_if(names, [](const std::string& name) { return name.starts_with('.'); });
  return names;
}

PodmanContainer::PodmanContainer(const PodmanStore& store,
                                 const std::vector<std::string>& arguments)
    : store_(store) {
  std::vector<std::string> words{"--detach", "--name", name_};
  words.insert(words.end(), arguments.begin(), arguments.end());
  EXPECT_TRUE(succeeded(run(store_.make("run", words))));
}

PodmanContainer::~PodmanContainer() {
  const std::vector<std::string> remove = {"rm", "--force", "--ignore", "--time", "0", "--volumes"};
  // Where a failed test has killed the monitor, podman learns that by the first attempt.
  EXPECT_TRUE(succeeded(call(remove)) || succeeded(call(remove)));
}

Outcome PodmanContainer::call(std::vector<std::string> command) const {
  command.push_back(name_);
  return store_.call(command);
}

Outcome PodmanContainer::exec(const std::vector<std::string>& arguments) const {
  std::vector<std::string> words{"exec", name_};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return store_.call(words);
}

std::string PodmanContainer::inspect(const std::string& format) const {
  const std::string out = call({"inspect", "--format", format}).out;
  return out.substr(0, out.find('\n'));
}

pid_t PodmanContainer::pid() const { return std::atoi(inspect("{{.State.Pid}}").c_str()); }

std::uint64_t PodmanContainer::namespace_of(const std::string& kind) const {
  return inode_of("/proc/" + inspect("{{.State.Pid}}") + "/ns/" + kind);
}

bool PodmanContainer::wait_for_log(const std::string& text) const {
  return eventually([this, &text] { return log() == text; }, kPatience);
}

bool PodmanContainer::wait_for_status(const std::string& status) const {
  return eventually([this, &status] { return this->status() == status; }, kPatience);
}

void Podman::TearDownTestSuite() {
  if (store_ != nullptr) {
    EXPECT_EQ(podman({"ps", "--all", "--quiet"}).out, "");
    EXPECT_TRUE(wait_for_end_of_all_but({}));
    remove_cgroup_parents();
    store_.reset();
  }
}

bool Podman::make_store() const {
  if (store_ == nullptr && is_installed("podman") && is_installed("conmon")) {
    const PodmanSettings settings = this->settings();
    // A user's commands do not see the mount on the directory of the run.
    store_ = std::make_unique<PodmanStore>(settings.user.has_value()
                                               ? settings.user->home() / unique_name()
                                               : test_run().directory / "podman",
                                           settings);
    store_->import(bundle_.rootfs(), "docker.io/library/busybox:latest");
  }
  return store_ != nullptr;
}

void Podman::SetUp() {
  const bool installed = make_store();
  RuntimeTest::SetUp();
  if (!installed) {
    GTEST_SKIP() << "needs podman";
  }
  processes_before_ = descendants();
  containers_before_ = store_->containers_of_the_runtime();
}

void Podman::TearDown() {
  if (store_ != nullptr) {
    EXPECT_TRUE(wait_for_end_of_all_but(processes_before_));
    EXPECT_EQ(store_->containers_of_the_runtime(), containers_before_);
    remove_cgroup_parents();
  }
  RuntimeTest::TearDown();
}

Outcome Podman::run_once(const std::vector<std::string>& arguments) {
  std::vector<std::string> words{"--rm"};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return run(store_->make("run", words));
}

void PodmanWithContainer::TearDownTestSuite() {
  container_.reset();
  Podman::TearDownTestSuite();
}

void PodmanWithContainer::SetUp() {
  // A failed test may have taken it down.
  if (make_store() && (container_ == nullptr || !alive(container_->pid()))) {
    container_.reset();
    container_ = std::make_unique<PodmanContainer>(
        store(), std::vector<std::string>{"busybox", "sleep", "600"});
    const std::string name_file = "/proc/" + std::to_string(container_->pid()) + "/comm";
    EXPECT_TRUE(eventually([&name_file] { return read_value(name_file) == "sleep"; }));
  }
  Podman::SetUp();
}

}  // namespace myrt::test
