// The pods of Kubernetes as containerd's CRI plugin asks for them, without containerd: configs in
// its form, and the runtime called as its shim calls it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string_view>

#include "support/fixture.h"

namespace myrt::test {

class CriTest : public RuntimeTest {
 protected:
  CriTest();
  void TearDown() override;

  /// Creates and starts the pause container, and makes `bundle_` the bundle of a container in its
  /// pod: user 1000, cgroups three levels down.
  void start_sandbox();
  /// Gives `bundle_` namespaces of its own, for what does not depend on a pod.
  void leave_pod();
  const Container& sandbox() const { return *sandbox_; }
  /// Of the pause container; to be changed before it starts.
  Bundle sandbox_bundle_{workspace(), "sandbox"};

  /// The command line with the shim's log options, in the shim's directory and environment.
  Command as_shim(Command command) const;
  /// Calls the runtime as the shim does: stdout and stderr are one pipe, whose text becomes `out`,
  /// and its end has to come.
  Outcome shim(const std::vector<std::string>& arguments, const std::string& input = "") const;
  /// `create` and `start`, which have to succeed without a word.
  void create(Container& container) const;
  void start(Container& container) const;

  /// A process of user 1000 as the shim writes it for an `exec`.
  static std::string process(const std::vector<std::string>& args);
  /// `exec --process FILE OPTIONS ID`, with `process` in the file.
  Command exec_command(const Container& container, const std::string& process,
                       const std::vector<std::string>& options = {}) const;
  /// The same with the options of the shim: `--detach --pid-file FILE`.
  Command detached_exec(const Container& container, const std::string& process,
                        const std::vector<std::string>& options = {}) const;
  /// From the pid file of the last detached exec; 0 when there is none.
  pid_t exec_pid() const;
  /// Runs a shell script in the container, in the foreground; returns its output.
  std::string output_in(const Container& container, const std::string& script) const;

  /// What is in a pipe or socket whose other ends have to be closed by now.
  static std::string text_until_end(int fd);
  /// What the shim would show its user: the message of the last error in the log.
  std::string logged_error() const;
  static std::string namespace_of(pid_t pid, const std::string& kind);

  /// The cgroup above those of the pod's containers, as a path below the roots of the hierarchies.
  const std::string pod_group_ = "/" + unique_name() + "/burstable/pod1";
  const std::filesystem::path shared_memory_ = workspace() / "shm";
  const std::filesystem::path log_ = workspace() / "log.json";
  const std::filesystem::path pid_file_ = workspace() / "exec.pid";

 private:
  std::string with_own_files(std::string_view config) const;

  std::optional<Container> sandbox_;
};

}  // namespace myrt::test
