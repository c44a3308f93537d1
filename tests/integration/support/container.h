// The runtime under test, called as an engine calls it, and a container that is deleted at the end
// of its scope.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "support/bundle.h"
#include "support/process.h"

namespace myrt::test {

/// `RUNTIME --root WORKSPACE/state ARGUMENTS...`, in a small fixed environment with
/// TMPDIR=WORKSPACE/tmp.
Command runtime_command(const std::filesystem::path& workspace,
                        const std::vector<std::string>& arguments);

class Container {
 public:
  /// Nothing happens before `create` or `run`. Without `id`, the container gets a unique one.
  explicit Container(const Bundle& bundle, const std::string& id = "");
  Container(const Container&) = delete;
  Container& operator=(const Container&) = delete;
  Container(Container&&) = delete;
  Container& operator=(Container&&) = delete;
  /// `delete --force`, which must succeed, unless `remove` has succeeded or nothing was created.
  ~Container();

  const std::string& id() const { return id_; }

  /// `create --bundle B --pid-file F OPTIONS ID`; an own --pid-file among the options replaces F.
  Outcome create(const std::vector<std::string>& options = {});
  /// `create` started with changes of the caller's own (descriptors, environment).
  Outcome create(Command command);
  /// The command line that `create` uses, to be changed.
  Command create_command(const std::vector<std::string>& options = {}) const;
  Outcome start() const { return call({"start", id_}); }
  /// `run` with the same options in the foreground: ends when the container does.
  Outcome run(const std::vector<std::string>& options = {});
  Outcome run(Command command);
  Command run_command(const std::vector<std::string>& options = {}) const;
  /// `run --detach`.
  Outcome run_detached(const std::vector<std::string>& options = {});
  Outcome kill(const std::string& signal) const { return call({"kill", id_, signal}); }
  /// `delete OPTIONS ID`.
  Outcome remove(const std::vector<std::string>& options = {});
  /// Any other command: the words after the global options.
  Outcome call(const std::vector<std::string>& arguments) const;

  /// The text that `state` prints; empty when it fails.
  std::string state() const;
  /// One of creating, created, running, paused, stopped; empty when `state` fails.
  std::string status() const;
  /// From `state`; 0 when there is none.
  pid_t pid() const;
  /// What the container has written so far, when `create` or `run --detach` started it.
  std::string out() const { return starter_.has_value() ? starter_->out() : ""; }
  std::string err() const { return starter_.has_value() ? starter_->err() : ""; }
  /// Kills the container process with SIGKILL, without asking the runtime.
  void kill_process() const;
  /// Waits for the end of the container process, which is a child of the test after `create`, and
  /// reaps it.
  Outcome wait_exit(milliseconds timeout = kDefaultTimeout) const;
  /// Whether the container writes `text` to stdout within five seconds.
  bool wait_for_output(const std::string& text) const;

 private:
  Outcome start_detached(const Command& command);
  pid_t reported_pid(const Command& command) const;
  Command with_bundle(const std::string& name, const std::vector<std::string>& options) const;

  const Bundle& bundle_;
  std::string id_;
  std::filesystem::path pid_file_;
  std::optional<Process> starter_;
  pid_t pid_ = 0;
  bool exists_ = false;
};

}  // namespace myrt::test
