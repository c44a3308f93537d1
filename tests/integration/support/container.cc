#include "support/container.h"

#include <signal.h>

#include <algorithm>
#include <charconv>
#include <iterator>

#include <gtest/gtest.h>

#include "support/files.h"
#include "support/json.h"
#include "support/ordinary_user.h"
#include "support/test_run.h"

namespace myrt::test {

Command runtime_command(const std::filesystem::path& workspace,
                        const std::vector<std::string>& arguments) {
  Command command;
  command.argv = {test_run().runtime_path, "--root", workspace / "state"};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  command.env = {"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                 "TMPDIR=" + (workspace / "tmp").string()};
  command.identity = runtime_identity();
  return command;
}

Container::Container(const Bundle& bundle, const std::string& id)
    : bundle_(bundle),
      id_(id.empty() ? unique_name() : id),
      pid_file_(bundle.workspace() / (unique_name() + ".pid")) {}

Container::~Container() {
  if (exists_) {
    const Outcome outcome = call({"delete", "--force", id_});
    EXPECT_EQ(outcome.exit_code, 0) << "delete --force " << id_ << ": " << outcome;
  }
}

Command Container::with_bundle(const std::string& name,
                               const std::vector<std::string>& options) const {
  std::vector<std::string> arguments = {name, "--bundle", bundle_.path()};
  if (std::find(options.begin(), options.end(), "--pid-file") == options.end()) {
    arguments.insert(arguments.end(), {"--pid-file", pid_file_});
  }
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.push_back(id_);
  return runtime_command(bundle_.workspace(), arguments);
}

Command Container::create_command(const std::vector<std::string>& options) const {
  return with_bundle("create", options);
}

Command Container::run_command(const std::vector<std::string>& options) const {
  return with_bundle("run", options);
}

pid_t Container::reported_pid(const Command& command) const {
  const auto option = std::find(command.argv.begin(), command.argv.end(), "--pid-file");
  pid_t pid = 0;
  if (option != command.argv.end()) {
    const std::string text = read_file(std::filesystem::path(command.cwd) / *std::next(option));
    std::from_chars(text.data(), text.data() + text.size(), pid);
  }
  return pid;
}

Outcome Container::start_detached(const Command& command) {
  starter_.emplace(command);
  exists_ = true;
  Outcome outcome = starter_->wait(command.timeout);
  if (outcome.exit_code == 0) {
    pid_ = reported_pid(command);
  }
  return outcome;
}

Outcome Container::create(const std::vector<std::string>& options) {
  return start_detached(create_command(options));
}

Outcome Container::create(Command command) { return start_detached(command); }

Outcome Container::run_detached(const std::vector<std::string>& options) {
  std::vector<std::string> all = {"--detach"};
  all.insert(all.end(), options.begin(), options.end());
  return start_detached(run_command(all));
}

Outcome Container::run(const std::vector<std::string>& options) {
  return run(run_command(options));
}

Outcome Container::run(Command command) {
  const Outcome outcome = test::run(command);
  // A foreground run that ended by itself has deleted the container; if not, the fixture's snapshot
  // tells.
  exists_ = outcome.timed_out;
  return outcome;
}

Outcome Container::remove(const std::vector<std::string>& options) {
  std::vector<std::string> arguments = {"delete"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.push_back(id_);
  const Outcome outcome = call(arguments);
  exists_ = exists_ && outcome.exit_code != 0;
  return outcome;
}

Outcome Container::call(const std::vector<std::string>& arguments) const {
  return test::run(runtime_command(bundle_.workspace(), arguments));
}

std::string Container::state() const {
  const Outcome outcome = call({"state", id_});
  return outcome.exit_code == 0 ? outcome.out : "";
}

std::string Container::status() const { return json_string(state(), "/status").value_or(""); }

pid_t Container::pid() const {
  return static_cast<pid_t>(json_integer(state(), "/pid").value_or(0));
}

void Container::kill_process() const {
  // A pid of 0 would be the process group of the tests.
  if (pid_ <= 0 || ::kill(pid_, SIGKILL) != 0) {
    ADD_FAILURE() << "cannot kill the process of container " << id_ << ", pid " << pid_;
  }
}

Outcome Container::wait_exit(milliseconds timeout) const {
  if (pid_ <= 0) {
    ADD_FAILURE() << "container " << id_ << " was not created";
    return {};
  }
  return wait_child(pid_, timeout);
}

bool Container::wait_for_output(const std::string& text) const {
  return eventually([this, &text] { return contains(out(), text); });
}

}  // namespace myrt::test
