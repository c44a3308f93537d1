// What `ctr task` does with a container that runs already.

#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "engines/containerd.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class ContainerdTaskCommand : public ContainerdTest {
 protected:
  /// The numbers that begin the lines of `ctr task ps`, ascending.
  static std::vector<pid_t> processes(const ContainerdTask& task) {
    std::vector<pid_t> pids;
    for (const std::string& line : lines_of(ctr({"task", "ps", task.id()}).out)) {
      if (const int pid = std::atoi(line.c_str()); pid > 0) {
        pids.push_back(pid);
      }
    }
    std::sort(pids.begin(), pids.end());
    return pids;
  }

  static std::string metrics(const ContainerdTask& task) {
    return ctr({"task", "metrics", "--format", "json", task.id()}).out;
  }

  /// A task whose program writes a byte to `ticks` every ten milliseconds.
  std::unique_ptr<ContainerdTask> run_ticking() const {
    write_file(ticks_, "");
    auto task = run_detached(
        {"sh", "-c", "while :; do printf . >> /ticks; usleep 10000; done"},
        {"--mount", "type=bind,src=" + ticks_.string() + ",dst=/ticks,options=bind:rw"});
    EXPECT_TRUE(ticks_on());
    return task;
  }
  bool ticks_on() const {
    const std::size_t before = read_file(ticks_).size();
    return eventually([this, before] { return read_file(ticks_).size() > before; });
  }

  const fs::path ticks_ = workspace() / "ticks";
};

using ContainerdLife = ContainerdTaskCommand;

TEST_F(ContainerdLife, OfADetachedTaskEndsWithItsProgram) {
  const auto task = run_detached({"sleep", "0.2"});
  EXPECT_TRUE(task->becomes("STOPPED"));
  EXPECT_TRUE(succeeded(ctr({"task", "delete", task->id()})));
  EXPECT_EQ(task->status(), "");
}

TEST_F(ContainerdLife, OfATaskMayBeginAgain) {
  const auto task = run_detached({"echo", "hi"});
  ASSERT_TRUE(task->becomes("STOPPED"));
  EXPECT_TRUE(succeeded(ctr({"task", "delete", task->id()})));
  const Outcome again = ctr({"task", "start", task->id()});
  EXPECT_TRUE(succeeded(again));
  EXPECT_EQ(again.out, "hi\n");
}

TEST_F(ContainerdLife, OfARunningTaskEndsByForcedDelete) {
  const auto task = run_detached({"sleep", "600"});
  const pid_t pid = task->pid();
  ctr({"task", "delete", "--force", task->id()});
  EXPECT_EQ(task->status(), "");
  EXPECT_FALSE(alive(pid));
}

using ContainerdExec = ContainerdTaskCommand;

TEST_F(ContainerdExec, PassesOutputAndExitStatusOn) {
  const auto task = run_detached({"sleep", "600"});
  const Outcome outcome = task->exec({"sh", "-c", "echo out; echo err >&2; exit 5"});
  EXPECT_EQ(outcome.exit_code, 5);
  EXPECT_EQ(outcome.out, "out\n");
  EXPECT_EQ(outcome.err, "err\n");
}

TEST_F(ContainerdExec, PassesInputOn) {
  const auto task = run_detached({"sleep", "600"});
  Command command = task->exec_command({"sh", "-c", "read line; echo \"got $line\""});
  command.stdin_text = "some text\n";
  EXPECT_EQ(run(command).out, "got some text\n");
}

TEST_F(ContainerdExec, RunsInTheContainer) {
  const auto task = run_detached({"sh", "-c", "echo here > /mark; exec sleep 600"});
  const Outcome outcome = task->exec({"sh", "-c", "cat /mark; cat /proc/1/comm; hostname"});
  EXPECT_EQ(
      outcome.out,
      "here\nsleep\n" + ctr({"task", "exec", "--exec-id", "other", task->id(), "hostname"}).out);
}

TEST_F(ContainerdExec, HasTheUserAndTheDirectoryOfItsOptions) {
  const auto task = run_detached({"sleep", "600"});
  const Outcome outcome =
      task->exec({"sh", "-c", "id -u; id -g; pwd"}, {"--user", "1000:2000", "--cwd", "/tmp"});
  EXPECT_EQ(outcome.out, "1000\n2000\n/tmp\n") << outcome;
}

TEST_F(ContainerdExec, OfAMissingProgramFails) {
  const auto task = run_detached({"sleep", "600"});
  const Outcome by_name = task->exec({"nonexist"});
  EXPECT_EQ(by_name.exit_code, 1) << by_name;
  EXPECT_TRUE(contains(by_name.err, "OCI runtime exec failed: ")) << by_name;
  EXPECT_TRUE(contains(by_name.err, "not found in $PATH")) << by_name;

  const Outcome by_path = task->exec({"/bin/nonexist"});
  EXPECT_EQ(by_path.exit_code, 1) << by_path;
  EXPECT_TRUE(contains_ignoring_case(by_path.err, "no such file or directory")) << by_path;
  EXPECT_EQ(processes(*task).size(), 1U);
}

TEST_F(ContainerdExec, GoesOnInTheBackground) {
  const auto task = run_detached({"sleep", "600"});
  EXPECT_TRUE(succeeded(task->exec({"sleep", "600"}, {"--detach"})));
  EXPECT_EQ(processes(*task).size(), 2U);
}

TEST_F(ContainerdExec, InAPausedTaskFails) {
  const auto task = run_detached({"sleep", "600"});
  ASSERT_TRUE(succeeded(ctr({"task", "pause", task->id()})));
  EXPECT_EQ(task->exec({"true"}).exit_code, 1);
  EXPECT_EQ(task->status(), "PAUSED");
}

using ContainerdQuery = ContainerdTaskCommand;

TEST_F(ContainerdQuery, ListsAllProcessesOfATask) {
  const auto task = run_detached({"sh", "-c", "sleep 600 & exec sleep 600"});
  EXPECT_TRUE(eventually([&task] { return processes(*task).size() == 2; }));
  EXPECT_EQ(processes(*task).front(), task->pid());
  EXPECT_TRUE(succeeded(task->exec({"sleep", "600"}, {"--detach"})));
  EXPECT_EQ(processes(*task).size(), 3U);
}

TEST_F(ContainerdQuery, MeasuresATask) {
  const auto task = run_detached({"sleep", "600"}, {"--memory-limit", "67108864"});
  const std::string values = metrics(*task);
  EXPECT_EQ(json_integer(values, "/pids/current"), 1) << values;
  EXPECT_EQ(json_integer(values, cgroup_v2() ? "/memory/usage_limit" : "/memory/usage/limit"),
            67108864)
      << values;
}

TEST_F(ContainerdQuery, MeasuresWhatAnExecTakes) {
  const auto task = run_detached({"sleep", "600"});
  EXPECT_TRUE(succeeded(task->exec({"sleep", "600"}, {"--detach"})));
  EXPECT_EQ(json_integer(metrics(*task), "/pids/current"), 2);
}

using ContainerdPause = ContainerdTaskCommand;

TEST_F(ContainerdPause, StopsAndResumeGoesOn) {
  const auto task = run_ticking();
  ASSERT_TRUE(succeeded(ctr({"task", "pause", task->id()})));
  EXPECT_EQ(task->status(), "PAUSED");
  const std::string frozen = read_file(ticks_);
  ::usleep(100'000);
  EXPECT_EQ(read_file(ticks_), frozen);

  ASSERT_TRUE(succeeded(ctr({"task", "resume", task->id()})));
  EXPECT_EQ(task->status(), "RUNNING");
  EXPECT_TRUE(ticks_on());
}

TEST_F(ContainerdPause, DoesNotKeepATaskFromBeingKilled) {
  const auto task = run_detached({"sleep", "600"});
  ASSERT_TRUE(succeeded(ctr({"task", "pause", task->id()})));
  EXPECT_TRUE(succeeded(task->kill("SIGKILL")));
  EXPECT_TRUE(task->becomes("STOPPED"));
}

TEST_F(ContainerdPause, DoesNotKeepATaskFromForcedDelete) {
  const auto task = run_detached({"sleep", "600"});
  ASSERT_TRUE(succeeded(ctr({"task", "pause", task->id()})));
  ctr({"task", "delete", "--force", task->id()});
  EXPECT_EQ(task->status(), "");
}

using ContainerdKill = ContainerdTaskCommand;

TEST_F(ContainerdKill, SendsTheSignal) {
  const std::string id = unique_name();
  Process running(run_command(
      {"--rm"}, {"sh", "-c", "trap 'exit 9' USR1; echo ready; while :; do usleep 10000; done"},
      id));
  ASSERT_TRUE(eventually([&running] { return running.out() == "ready\n"; }));
  EXPECT_TRUE(succeeded(ctr({"task", "kill", "--signal", "SIGUSR1", id})));
  EXPECT_EQ(running.wait().exit_code, 9);
}

TEST_F(ContainerdKill, IsKnownByTheExitStatus) {
  const std::string id = unique_name();
  Process running(run_command({"--rm"}, {"sh", "-c", "echo ready; exec sleep 600"}, id));
  ASSERT_TRUE(eventually([&running] { return running.out() == "ready\n"; }));
  EXPECT_TRUE(succeeded(ctr({"task", "kill", "--signal", "SIGKILL", id})));
  EXPECT_EQ(running.wait().exit_code, 137);
}

TEST_F(ContainerdKill, OfAllReachesEveryProcess) {
  const auto task =
      run_detached({"sh", "-c", "sleep 600 & exec sleep 600"},
                   {"--with-ns", "pid:/proc/" + std::to_string(::getpid()) + "/ns/pid"});
  ASSERT_TRUE(succeeded(task->exec({"sleep", "600"}, {"--detach"})));
  ASSERT_TRUE(eventually([&task] { return processes(*task).size() == 3; }));
  const std::vector<pid_t> all = processes(*task);
  EXPECT_TRUE(succeeded(task->kill("SIGKILL", {"--all"})));
  EXPECT_TRUE(eventually([&all] { return std::none_of(all.begin(), all.end(), alive); }));
}

TEST_F(ContainerdKill, OfATaskThatEndedSaysSo) {
  const auto task = run_detached({"sleep", "600"});
  ASSERT_TRUE(succeeded(task->kill("SIGKILL", {"--all"})));
  ASSERT_TRUE(task->becomes("STOPPED"));
  const Outcome outcome = task->kill("SIGKILL");
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_EQ(outcome.err, "ctr: process already finished: not found\n");
}

}  // namespace
}  // namespace myrt::test
