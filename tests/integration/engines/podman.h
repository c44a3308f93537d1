// Podman, a real engine, drives the runtime under test: a store of the suite's own in the directory
// of the run, images without a registry, no network of its own.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "support/fixture.h"
#include "support/mountinfo.h"
#include "support/user_session.h"

namespace myrt::test {

/// Podman forks, stores and locks; on a busy machine a `run` takes some seconds, and in an emulated
/// one ten times as long.
inline constexpr milliseconds kPodmanTimeout{180'000};

/// Whose podman it is, and what it is told of the host.
struct PodmanSettings {
  std::string cgroup_manager = "cgroupfs";         ///< or "systemd"
  std::string storage = "vfs";                     ///< its storage driver
  std::optional<UserSession> user = std::nullopt;  ///< unset: root
};

class PodmanStore {
 public:
  /// Everything that podman keeps is in `directory`, which is removed at the end of the scope.
  explicit PodmanStore(const std::filesystem::path& directory, PodmanSettings settings = {});
  PodmanStore(const PodmanStore&) = delete;
  PodmanStore& operator=(const PodmanStore&) = delete;
  ~PodmanStore();

  /// `podman ARGUMENTS...` for this store and the runtime under test.
  Command command(const std::vector<std::string>& arguments) const;
  Outcome call(const std::vector<std::string>& arguments) const { return run(command(arguments)); }
  /// `podman COMMAND`, which makes a container, with what all tests want: no network unless the
  /// arguments name one, and a cgroup that the check of the host knows, where podman makes it. In a
  /// pod (`--pod`) both are the pod's.
  Command make(const std::string& command, const std::vector<std::string>& arguments) const;

  /// The files below `root` as the image `name`.
  void import(const std::filesystem::path& root, const std::string& name) const;

  /// The containers that the runtime keeps where, as by podman, it is not told.
  std::vector<std::string> containers_of_the_runtime() const;

  /// Of the containers' cgroups, as /proc/<pid>/cgroup shows it.
  static std::string cgroup_parent() { return "/" + test_run().prefix + "-podman"; }

 private:
  // containers.conf(5)
  std::string configuration() const;

  const std::filesystem::path directory_;
  const PodmanSettings settings_;
  const std::filesystem::path state_directory_;
  // In the mount namespace of the tests only: the containers of the host are not seen.
  std::optional<HostMount> state_;
  std::optional<HostMount> networks_;  // where podman has network namespaces
};

/// A container in the background, removed with its volumes at the end of its scope, if it still is
/// there.
class PodmanContainer {
 public:
  /// `podman run --detach ARGUMENTS...`, which must succeed.
  PodmanContainer(const PodmanStore& store, const std::vector<std::string>& arguments);
  PodmanContainer(const PodmanContainer&) = delete;
  PodmanContainer& operator=(const PodmanContainer&) = delete;
  ~PodmanContainer();

  const std::string& name() const { return name_; }
  /// `podman COMMAND... NAME`
  Outcome call(std::vector<std::string> command) const;
  /// `podman exec NAME ARGUMENTS...`
  Outcome exec(const std::vector<std::string>& arguments) const;
  /// `podman inspect --format FORMAT NAME`, without the newline.
  std::string inspect(const std::string& format) const;
  /// "STATUS EXITCODE", such as "exited 137".
  std::string status() const { return inspect("{{.State.Status}} {{.State.ExitCode}}"); }
  /// The pid of its first process, as the host sees it.
  pid_t pid() const;
  /// The namespace of its first process, as a number that only this one has.
  std::uint64_t namespace_of(const std::string& kind) const;
  /// What it wrote to stdout so far.
  std::string log() const { return call({"logs"}).out; }
  /// Whether its log becomes `text` within twenty seconds.
  bool wait_for_log(const std::string& text) const;
  bool wait_for_status(const std::string& status) const;

 private:
  const PodmanStore& store_;
  const std::string name_ = unique_name();
};

/// Base of the Podman suites: a store with the image `busybox`, shared by the tests of a suite.
class Podman : public RuntimeTest {
 protected:
  static void TearDownTestSuite();
  /// Skips where podman is not installed.
  void SetUp() override;
  /// Processes, cgroups or containers of the runtime that the test left are a failure.
  void TearDown() override;

  /// Whether there is a store now.
  bool make_store() const;
  /// Of the suite's store.
  virtual PodmanSettings settings() const { return {}; }
  static const PodmanStore& store() { return *store_; }

  static Outcome podman(const std::vector<std::string>& arguments) {
    return store_->call(arguments);
  }
  /// `podman run --rm ARGUMENTS...`
  static Outcome run_once(const std::vector<std::string>& arguments);

 private:
  static inline std::unique_ptr<PodmanStore> store_;
  std::vector<pid_t> processes_before_;
  std::vector<std::string> containers_before_;
};

/// Base of suites whose tests share a container that sleeps.
class PodmanWithContainer : public Podman {
 protected:
  static void TearDownTestSuite();
  void SetUp() override;

  static const PodmanContainer& container() { return *container_; }

 private:
  static inline std::unique_ptr<PodmanContainer> container_;
};

}  // namespace myrt::test
