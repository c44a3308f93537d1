// Between containerd's shim and the runtime: which calls the shim makes, how they end, and how the
// runtime's errors come back to the user.

#include <signal.h>

#include <algorithm>
#include <filesystem>
#include <optional>
#include <regex>

#include "engines/containerd.h"
#include "support/terminal.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class ContainerdShim : public ContainerdTest {
 protected:
  ContainerdShim() {
    // Its parent is the shim, so what the runtime leaves behind becomes a child of the shim, as it
    // does without this in between.
    write_file(recorder_,
               "#!/bin/sh\n" + test_run().runtime_path + " \"$@\"\nstatus=$?\n" +
                   "echo \"$status $*\" >> " + calls_.string() + "\nexit $status\n",
               0755);
    runtime_ = recorder_;
  }

  /// `STATUS COMMAND OPTIONS ID` of each call so far, without the global options, which are
  /// checked. `BUNDLE` and `ID` stand for those of the container.
  std::vector<std::string> calls(const std::string& id) const {
    const std::string bundle = daemon().bundle(id);
    const std::string global = " --root " + Containerd::runtime_root().string() + " --log " +
                               bundle + "/log.json --log-format json ";
    std::vector<std::string> result;
    for (std::string line : lines_of(read_file(calls_))) {
      if (!contains(line, global)) {
        continue;  // another container
      }
      replace_all(line, global, " ");
      replace_all(line, bundle, "BUNDLE");
      replace_all(line, id, "ID");
      result.push_back(line);
    }
    return result;
  }

  static void replace_all(std::string& text, const std::string& from, const std::string& to) {
    for (std::size_t at = 0; (at = text.find(from, at)) != std::string::npos; at += to.size()) {
      text.replace(at, from.size(), to);
    }
  }

  bool called(const std::string& id, const std::string& line) const {
    const std::vector<std::string> all = calls(id);
    return std::find(all.begin(), all.end(), line) != all.end();
  }

  const fs::path calls_ = workspace() / "calls";
  const fs::path recorder_ = workspace() / "recorder";
};

TEST_F(ContainerdShim, CreatesStartsAndDeletes) {
  const std::string id = unique_name();
  EXPECT_TRUE(succeeded(run(run_command({"--rm"}, {"true"}, id))));
  EXPECT_EQ(calls(id),
            (std::vector<std::string>{"0 create --bundle BUNDLE --pid-file BUNDLE/init.pid ID",
                                      "0 start ID", "0 delete ID", "0 delete --force ID"}));
}

TEST_F(ContainerdShim, ForcesTheDeletionOfWhatWasNotCreated) {
  const std::string id = unique_name();
  EXPECT_EQ(run(run_command({"--rm"}, {"nonexist"}, id)).exit_code, 1);
  EXPECT_EQ(calls(id),
            (std::vector<std::string>{"1 create --bundle BUNDLE --pid-file BUNDLE/init.pid ID",
                                      "0 delete --force ID"}));
}

TEST_F(ContainerdShim, GivesACreateWithATerminalItsSocket) {
  const std::string id = unique_name();
  const Terminal terminal;
  Command command = run_command({"--rm", "--tty"}, {"true"}, id);
  command.stdin_fd = command.stdout_fd = command.stderr_fd = terminal.slave();
  EXPECT_TRUE(succeeded(run(command)));
  const std::vector<std::string> all = calls(id);
  ASSERT_FALSE(all.empty());
  EXPECT_TRUE(all.front().starts_with(
      "0 create --bundle BUNDLE --pid-file BUNDLE/init.pid --console-socket /"))
      << all.front();
}

TEST_F(ContainerdShim, KillsWhatIsLeftInASharedPidNamespace) {
  const auto first = run_detached({"sleep", "600"});
  const auto second =
      run_detached({"sh", "-c", "sleep 600 & exec sleep 600"},
                   {"--with-ns", "pid:/proc/" + std::to_string(first->pid()) + "/ns/pid"});
  const fs::path processes = cgroup_of(second->pid(), "pids") / "cgroup.procs";
  ASSERT_TRUE(eventually([&processes] { return lines_of(read_file(processes)).size() == 2; }));
  EXPECT_EQ(::kill(second->pid(), SIGKILL), 0);
  ASSERT_TRUE(second->becomes("STOPPED"));
  EXPECT_TRUE(eventually([&] { return called(second->id(), "0 kill --all ID 9"); }));
  EXPECT_TRUE(eventually([&processes] { return read_file(processes).empty(); }));
}

TEST_F(ContainerdShim, GivesAnExecItsProcessInAFile) {
  const auto task = run_detached({"sleep", "600"});
  EXPECT_TRUE(succeeded(task->exec({"true"})));
  const std::vector<std::string> all = calls(task->id());
  const std::regex wanted(
      "0 exec --process /.*/runc-process[0-9]+ --detach --pid-file BUNDLE/.*\\.pid ID");
  EXPECT_TRUE(std::regex_match(all.back(), wanted)) << all.back();
}

TEST_F(ContainerdShim, AsksForProcessesAndAPause) {
  const auto task = run_detached({"sleep", "600"});
  ctr({"task", "ps", task->id()});
  ctr({"task", "pause", task->id()});
  ctr({"task", "resume", task->id()});
  const std::vector<std::string> all = calls(task->id());
  ASSERT_EQ(all.size(), 5U);
  EXPECT_EQ(all[2], "0 ps --format json ID");
  EXPECT_EQ(all[3], "0 pause ID");
  EXPECT_EQ(all[4], "0 resume ID");
}

TEST_F(ContainerdShim, ThatIsKilledLeavesNothingRunning) {
  const auto task = run_detached({"sleep", "600"});
  const pid_t container = task->pid();
  const std::string parent =
      field_of(read_file("/proc/" + std::to_string(container) + "/status"), "PPid");
  EXPECT_EQ(read_value("/proc/" + parent + "/comm"), "containerd-shim");
  ASSERT_EQ(::kill(std::stoi(parent), SIGKILL), 0);
  EXPECT_TRUE(eventually([&] { return called(task->id(), "0 delete --force ID"); }));
  EXPECT_TRUE(eventually([container] { return !alive(container); }));
  EXPECT_TRUE(task->becomes(""));
}

TEST_F(ContainerdShim, KeepsTheStateWhereItIsTold) {
  const fs::path root = workspace() / "root";
  const auto task = run_detached({"sleep", "600"}, {"--runc-root", root});
  // The namespace of containerd is a directory of its own.
  const Outcome state = run(
      {.argv = {test_run().runtime_path, "--root", root / test_run().prefix, "state", task->id()}});
  EXPECT_EQ(json_string(state.out, "/status"), "running") << state;
  EXPECT_EQ(json_string(state.out, "/bundle"), daemon().bundle(task->id()));
  EXPECT_EQ(json_integer(state.out, "/pid"), task->pid());
}

class ContainerdEvents : public ContainerdTest {
 protected:
  void SetUp() override {
    ContainerdTest::SetUp();
    if (!IsSkipped()) {
      events_.emplace(daemon().ctr({"events"}));
      // It says nothing when it is ready: something has to happen until it has.
      EXPECT_TRUE(eventually([this] {
        ctr({"namespaces", "label", test_run().prefix, "event=" + unique_name()});
        return !events_->out().empty();
      }));
    }
  }
  void TearDown() override {
    events_.reset();
    ContainerdTest::TearDown();
  }

  bool tell(const std::string& topic) const {
    return eventually([this, &topic] { return contains(events_->out(), " " + topic + " "); });
  }

  std::optional<Process> events_;
};

TEST_F(ContainerdEvents, TellOfTheLifeOfATask) {
  EXPECT_TRUE(succeeded(run_once({"true"})));
  for (const std::string topic : {"create", "start", "exit", "delete"}) {
    EXPECT_TRUE(tell("/tasks/" + topic)) << topic;
  }
}

// The shim looks for the cgroup of a container once, right after create.
TEST_F(ContainerdEvents, TellThatMemoryRanOut) {
  run_once({"sh", "-c", "x=a; while :; do x=$x$x; done"}, {"--memory-limit", "20000000"});
  EXPECT_TRUE(tell("/tasks/oom"));
}

class MyrtContainerd : public ContainerdTest {
 protected:
  static std::string at_create(const std::string& message) {
    return "ctr: failed to create shim task: OCI runtime create failed: " + message + ": unknown";
  }
};

TEST_F(MyrtContainerd, ShowsTheRuntimesMessageWhole) {
  const std::string id = unique_name();
  expect_message(
      run(run_command({"--rm"}, {"nonexist"}, id)),
      at_create("create " + id + ": exec: \"nonexist\": executable file not found in $PATH"));
}

TEST_F(MyrtContainerd, ShowsWhatAnExecLacks) {
  const auto task = run_detached({"sleep", "600"});
  expect_message(task->exec({"nonexist"}),
                 "ctr: OCI runtime exec failed: exec " + task->id() +
                     ": exec: \"nonexist\": executable file not found in $PATH: unknown");
}

TEST_F(MyrtContainerd, ShowsWhatAMountLacks) {
  const std::string id = unique_name();
  expect_message(
      run(run_command({"--rm", "--mount", "type=bind,src=/nonexist,dst=/data,options=rbind:ro"},
                      {"true"}, id)),
      at_create("create " + id +
                ": mount /nonexist on /data: open_tree /nonexist (recursive): No such file or "
                "directory"));
}

TEST_F(MyrtContainerd, ShowsAFaultOfTheConfigWithItsPlace) {
  bundle_.set("/root/path", json_quote(bundle_.rootfs()))
      .set("/process/rlimits/0/type", R"("RLIMIT_OTHER")");
  const std::string id = unique_name();
  const fs::path config = bundle_.path() / "config.json";
  expect_message(
      run(daemon().ctr({"run", "--rm", "--runc-binary", runtime_, "--config", config, id})),
      at_create("create " + id +
                ": config.json:1:513: /process/rlimits/0/type: want the name of a resource limit, "
                "got \"RLIMIT_OTHER\""));
}

}  // namespace
}  // namespace myrt::test
