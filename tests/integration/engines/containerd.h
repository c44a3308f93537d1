// containerd, a real engine, drives the runtime under test: ctr(8) asks the daemon, the daemon asks
// the shim of a container, and the shim calls the runtime. The daemon is the tests' own, with all
// it keeps in the directory of the run.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <memory>
#include <optional>

#include "support/cgroups.h"
#include "support/fixture.h"
#include "support/mountinfo.h"

namespace myrt::test {

/// A running daemon without the CRI plugin, that has the root of a bundle as its only image.
class Containerd {
 public:
  static constexpr const char* kImage = "myrt.test/busybox:latest";

  /// Whether the programs of the Debian package are there.
  static bool installed();

  explicit Containerd(const Bundle& image);
  Containerd(const Containerd&) = delete;
  Containerd& operator=(const Containerd&) = delete;
  /// Stops the daemon. Its shims, one a container, would live on: the containers have to be gone.
  ~Containerd();

  pid_t pid() const { return process_->pid(); }
  /// What it has logged so far.
  std::string log() const { return process_->err(); }

  /// `ctr ARGUMENTS`, in a namespace of containerd whose name is the prefix of the run.
  Command ctr(const std::vector<std::string>& arguments) const;
  Outcome call(const std::vector<std::string>& arguments) const { return run(ctr(arguments)); }

  /// Where the shim of a container has its bundle and the log of the runtime.
  std::filesystem::path bundle(const std::string& id) const;
  /// The runtime's --root when ctr names none. Only the mount namespace of the tests has it.
  static std::filesystem::path runtime_root();
  /// Bundles and states of containers, which are there as long as these are.
  std::vector<std::string> traces() const;

 private:
  void start();
  void import(const Bundle& image) const;

  const std::filesystem::path directory_ = test_run().directory / "containerd";
  const std::filesystem::path socket_ = directory_ / "socket";
  const HostMount run_{"/run/containerd", 0};
  std::optional<Process> process_;
};

/// An archive for `ctr images import`, made in the directory `parts`: Containerd::kImage, with the
/// root of the bundle, that sleeps unless it is told to do something else.
std::filesystem::path write_image(const Bundle& image, const std::filesystem::path& parts);

/// A container in the background, gone at the end of its scope.
class ContainerdTask {
 public:
  ContainerdTask(const Containerd& daemon, std::string id);
  ContainerdTask(const ContainerdTask&) = delete;
  ContainerdTask& operator=(const ContainerdTask&) = delete;
  ~ContainerdTask();

  const std::string& id() const { return id_; }
  /// Of its first process, in the pid namespace of the tests.
  pid_t pid() const;
  /// A word of `ctr task ls`: CREATED, RUNNING, PAUSED or STOPPED; empty when it has no task.
  std::string status() const;
  bool becomes(const std::string& status) const;
  Outcome kill(const std::string& signal, const std::vector<std::string>& options = {}) const;
  /// `ctr task exec OPTIONS ID PROGRAM...`
  Command exec_command(const std::vector<std::string>& program,
                       const std::vector<std::string>& options = {}) const;
  Outcome exec(const std::vector<std::string>& program,
               const std::vector<std::string>& options = {}) const {
    return run(exec_command(program, options));
  }

 private:
  /// The line of `ctr task ls` on it: ID PID STATUS.
  std::vector<std::string> listed() const;

  const Containerd& daemon_;
  std::string id_;
};

class ContainerdTest : public RuntimeTest {
 protected:
  static void TearDownTestSuite() { daemon_.reset(); }
  void SetUp() override;
  void TearDown() override;

  static const Containerd& daemon() { return *daemon_; }
  static Outcome ctr(const std::vector<std::string>& arguments) { return daemon_->call(arguments); }

  /// `ctr run OPTIONS IMAGE ID PROGRAM...`
  Command run_command(const std::vector<std::string>& options,
                      const std::vector<std::string>& program,
                      const std::string& id = unique_name()) const;
  /// In the foreground, with `--rm`.
  Outcome run_once(const std::vector<std::string>& program,
                   std::vector<std::string> options = {}) const;
  /// In the background.
  std::unique_ptr<ContainerdTask> run_detached(const std::vector<std::string>& program,
                                               std::vector<std::string> options = {}) const;

  /// What ctr gets as --runc-binary.
  std::filesystem::path runtime_ = test_run().runtime_path;

 private:
  static inline std::unique_ptr<Containerd> daemon_;
};

}  // namespace myrt::test
