#include "support/exec.h"

#include <signal.h>
#include <sys/wait.h>

#include <charconv>

namespace myrt::test {

void ExecTest::TearDown() {
  remove();
  RuntimeTest::TearDown();
}

// The first process of a pid namespace cannot end before the others are reaped, and their parent is
// the test (pid_namespaces(7)).
void ExecTest::remove() {
  for (const pid_t pid : detached_) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
  }
  detached_.clear();
  container_.reset();
}

void ExecTest::start(const std::vector<std::string>& options) {
  container_.emplace(bundle_);
  ASSERT_TRUE(succeeded(container_->run_detached(options)));
}

void ExecTest::create() {
  container_.emplace(bundle_);
  ASSERT_TRUE(succeeded(container_->create()));
}

Command ExecTest::exec_command(const std::vector<std::string>& options,
                               const std::vector<std::string>& program) const {
  std::vector<std::string> words = {"exec"};
  words.insert(words.end(), options.begin(), options.end());
  words.push_back(container_->id());
  words.insert(words.end(), program.begin(), program.end());
  return runtime_command(workspace(), words);
}

Command ExecTest::detached_command(const std::vector<std::string>& program,
                                   const std::vector<std::string>& options) const {
  std::vector<std::string> all = {"--detach", "--pid-file", pid_file()};
  all.insert(all.end(), options.begin(), options.end());
  return exec_command(all, program);
}

pid_t ExecTest::run_detached(const Command& command) {
  const Outcome outcome = run(command);
  EXPECT_TRUE(succeeded(outcome));
  const std::string text = outcome.exit_code == 0 ? read_file(pid_file()) : "";
  pid_t pid = 0;
  std::from_chars(text.data(), text.data() + text.size(), pid);
  if (pid > 0) {
    detached_.push_back(pid);
  }
  return pid;
}

pid_t ExecTest::exec_detached(const std::vector<std::string>& program,
                              const std::vector<std::string>& options) {
  return run_detached(detached_command(program, options));
}

std::string ExecTest::output_of(const std::string& script,
                                const std::vector<std::string>& options) const {
  const Outcome outcome = exec(options, {"/bin/sh", "-c", script});
  EXPECT_TRUE(succeeded(outcome)) << script;
  EXPECT_EQ(outcome.err, "") << script;
  return outcome.out;
}

std::string ExecTest::status_field(const std::string& key,
                                   const std::vector<std::string>& options) const {
  const Outcome outcome = exec(options, {"/bin/cat", "/proc/self/status"});
  EXPECT_TRUE(succeeded(outcome));
  return field_of(outcome.out, key);
}

Outcome ExecTest::exec_process(const std::string& json) const {
  const std::filesystem::path file = workspace() / unique_name();
  write_file(file, json);
  return exec({"--process", file}, {});
}

::testing::AssertionResult not_executed(const Outcome& outcome, const std::string& part) {
  const int status = runtime_is("crun") ? 1 : 255;
  const bool as_wanted = outcome.exit_code == status && outcome.out.empty() &&
                         !outcome.err.empty() && contains_ignoring_case(outcome.err, part);
  return (as_wanted ? ::testing::AssertionSuccess() : ::testing::AssertionFailure())
         << "wanted exit status " << status << " and stderr with \"" << part << "\", got "
         << outcome;
}

void expect_exec_message(const Outcome& outcome, const std::string& line) {
  EXPECT_EQ(outcome.exit_code, 255) << outcome;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, line + "\n");
}

}  // namespace myrt::test
