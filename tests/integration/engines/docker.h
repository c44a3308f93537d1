// Docker, a real engine, drives the runtime under test: a daemon of the suite's own, with its
// client over a unix socket, images without a registry, everything in the directory of the run.
//
// The daemon stands in a network namespace of its own, because one without a bridge deletes the
// docker0 of the network it is in.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "support/fixture.h"
#include "support/mountinfo.h"

namespace myrt::test {

/// dockerd stores, shims and networks; on a busy machine a `run` takes some seconds.
inline constexpr milliseconds kDockerTimeout{60'000};

/// For `docker run`: the image of all tests, and a program that stays.
inline const std::vector<std::string> kSleeping{"busybox", "sleep", "600"};

/// A dockerd on a unix socket. It needs a private /run/containerd: its shims have their sockets
/// there, and it would use the host's containerd if it found its socket.
class DockerDaemon {
 public:
  /// Members of its daemon.json besides the fixed ones (JSON text without the braces, with a comma
  /// after each), and arguments of its command line.
  struct Options {
    std::string settings;
    std::vector<std::string> arguments = {};
  };

  /// The runtime under test as `tested`, the default, and as kWithArguments, called with `--debug`.
  static std::string tested_runtime();
  static constexpr const char* kWithArguments = "tested-with-arguments";
  /// Where the containers' cgroups are, as /proc/<pid>/cgroup shows it.
  static std::string cgroup_parent() { return "/" + test_run().prefix + "-docker"; }

  /// Starts a daemon that keeps everything in `directory`, and waits until it answers.
  DockerDaemon(const std::filesystem::path& directory, const Options& options);
  DockerDaemon(const DockerDaemon&) = delete;
  DockerDaemon& operator=(const DockerDaemon&) = delete;
  /// Stops it with what it started, and removes its directory.
  ~DockerDaemon();

  /// `docker ARGUMENTS...` for this daemon.
  Command command(const std::vector<std::string>& arguments) const;
  Outcome call(const std::vector<std::string>& arguments) const { return run(command(arguments)); }

  /// The files below `root` as the image `name`.
  void import(const std::filesystem::path& root, const std::string& name) const;

  std::filesystem::path socket() const { return directory_ / "socket"; }
  bool is_running() const { return alive(process_.pid()); }

 private:
  Process start(const Options& options) const;

  const std::filesystem::path directory_;
  const std::vector<pid_t> processes_before_ = descendants();
  Process process_;
};

/// Base of the Docker suites: a daemon whose default runtime is the one under test, with the image
/// `busybox`, shared by the tests of a suite. A container has no network but `lo` unless it asks
/// for one.
class Docker : public RuntimeTest {
 protected:
  static void TearDownTestSuite();
  /// Skips where docker is not installed.
  void SetUp() override;
  /// Containers that the test left are a failure.
  void TearDown() override;

  static const DockerDaemon& daemon() { return *daemon_; }
  static Outcome docker(const std::vector<std::string>& arguments) {
    return daemon_->call(arguments);
  }
  /// `docker run --rm ARGUMENTS...`
  static Outcome run_once(const std::vector<std::string>& arguments);
  /// `docker inspect --format FORMAT NAME`, without the newline.
  static std::string inspect(const std::string& name, const std::string& format);
  /// The first process of a container; 0 when it is not running.
  static pid_t pid_of(const std::string& name);

 private:
  static void start_daemon(const Bundle& bundle);

  // In the mount namespace of the tests only.
  static inline std::unique_ptr<HostMount> run_containerd_;
  static inline std::unique_ptr<DockerDaemon> daemon_;
  std::vector<pid_t> processes_before_;
};

/// A container in the background, removed with its volumes at the end of its scope.
class DockerContainer {
 public:
  /// `docker run --detach ARGUMENTS...`, which must succeed.
  DockerContainer(const DockerDaemon& daemon, const std::vector<std::string>& arguments);
  DockerContainer(const DockerContainer&) = delete;
  DockerContainer& operator=(const DockerContainer&) = delete;
  ~DockerContainer();

  const std::string& name() const { return name_; }
  /// `docker exec NAME ARGUMENTS...`
  Outcome exec(const std::vector<std::string>& arguments) const;
  /// `docker COMMAND... NAME`
  Outcome call(std::vector<std::string> command) const;
  /// What it wrote to stdout so far.
  std::string log() const { return call({"logs"}).out; }
  /// Whether its log is `text` within ten seconds.
  bool wait_for_log(const std::string& text) const;
  /// "STATUS EXITCODE", such as "exited 137".
  std::string status() const;
  bool wait_for_status(const std::string& status) const;

 private:
  const DockerDaemon& daemon_;
  const std::string name_ = unique_name();
};

}  // namespace myrt::test
