// Base of the tests of `exec`: a container that runs, and programs executed in it.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "support/fixture.h"

namespace myrt::test {

class ExecTest : public RuntimeTest {
 protected:
  /// The container sleeps, unless the test has it do something else.
  ExecTest() { bundle_.args({"/bin/sleep", "1000"}); }
  void TearDown() override;

  /// `run --detach OPTIONS` of the bundle.
  void start(const std::vector<std::string>& options = {});
  /// `create` alone.
  void create();
  /// Ends what runs in the container, and deletes it.
  void remove();
  /// Needs `start` or `create`.
  Container& container() { return *container_; }

  /// `exec OPTIONS ID PROGRAM...`, to be changed.
  Command exec_command(const std::vector<std::string>& options,
                       const std::vector<std::string>& program) const;
  Outcome exec(const std::vector<std::string>& program) const { return exec({}, program); }
  Outcome exec(const std::vector<std::string>& options,
               const std::vector<std::string>& program) const {
    return run(exec_command(options, program));
  }
  /// `exec --detach --pid-file F OPTIONS ID PROGRAM...`, and the pid in F, of a child of the test:
  /// it is killed and reaped by `remove`. 0 when exec failed.
  pid_t exec_detached(const std::vector<std::string>& program,
                      const std::vector<std::string>& options = {});
  /// The same command, to be changed.
  Command detached_command(const std::vector<std::string>& program,
                           const std::vector<std::string>& options = {}) const;
  pid_t run_detached(const Command& command);
  /// F.
  std::filesystem::path pid_file() const { return workspace() / "exec.pid"; }
  /// What `sh -c script` prints in the container; it must succeed and say nothing on stderr.
  std::string output_of(const std::string& script,
                        const std::vector<std::string>& options = {}) const;
  /// A value of /proc/self/status of a program in the container.
  std::string status_field(const std::string& key,
                           const std::vector<std::string>& options = {}) const;
  /// `exec --process FILE ID` of a file with this text.
  Outcome exec_process(const std::string& json) const;

 private:
  std::optional<Container> container_;
  std::vector<pid_t> detached_;
};

/// Exit status 255 (crun: 1), as exec ends when it cannot execute the program, nothing on stdout,
/// and something on stderr that contains `part`, ignoring case.
::testing::AssertionResult not_executed(const Outcome& outcome, const std::string& part = "");

/// Exit status 255, nothing on stdout, and exactly this line on stderr (without its newline).
void expect_exec_message(const Outcome& outcome, const std::string& line);

}  // namespace myrt::test
