// In which surroundings engines call the runtime: environments, directories, descriptors, and a
// death of the caller that takes the runtime along.

#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

#include "engines/cri.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class CriCaller : public CriTest {
 protected:
  CriCaller() { leave_pod(); }
};

TEST_F(CriCaller, MayHaveAnEnvironmentOfAlmostNothing) {
  Container app(bundle_);
  create(app);
  start(app);
  for (const std::vector<std::string>& words : {std::vector<std::string>{"pause", app.id()},
                                                {"resume", app.id()},
                                                {"kill", app.id(), "9"}}) {
    Command command = runtime_command(workspace(), words);
    command.env = {{"XDG_RUNTIME_DIR="}};
    const Outcome outcome = run(command);
    EXPECT_TRUE(succeeded(outcome)) << words[0];
    EXPECT_EQ(outcome.out + outcome.err, "") << words[0];
  }
  app.wait_exit();
  Command command = runtime_command(workspace(), {"delete", "--force", app.id()});
  command.env = {{"XDG_RUNTIME_DIR="}};
  EXPECT_TRUE(succeeded(run(command)));
  EXPECT_EQ(app.state(), "");
}

TEST_F(CriCaller, ReadsTheAnswersAsJson) {
  Container app(bundle_);
  create(app);
  start(app);
  const Outcome state = shim({"state", app.id()});
  EXPECT_EQ(json_string(state.out, "/status"), "running") << state;
  const Outcome pids = shim({"ps", "--format", "json", app.id()});
  EXPECT_EQ(json_size(pids.out, ""), 1U) << pids;
  EXPECT_EQ(json_integer(pids.out, "/0"), app.pid()) << pids;
}

TEST_F(CriCaller, AsksForTheFeaturesWithoutARoot) {
  const Outcome outcome = run({.argv = {test_run().runtime_path, "features"},
                               .env = {std::vector<std::string>{}},
                               .cwd = "/"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.err, "");
  EXPECT_NE(json_string(outcome.out, "/ociVersionMin").value_or(""), "");
  EXPECT_NE(json_string(outcome.out, "/ociVersionMax").value_or(""), "");
}

TEST_F(CriCaller, MayLeakDescriptorsIntoCreate) {
  int ends[2] = {-1, -1};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  Fd ours(ends[0]);
  Fd leaked(ends[1]);
  Pipe pipe = make_pipe();
  Container app(bundle_);
  Command command = as_shim(app.create_command());
  command.extra_fds = {leaked.get(), pipe.read.get(), pipe.write.get()};
  ASSERT_TRUE(succeeded(app.create(command)));
  leaked.reset();
  pipe.write.reset();
  EXPECT_EQ(text_until_end(pipe.read.get()), "");
  EXPECT_EQ(text_until_end(ours.get()), "");
}

TEST_F(CriCaller, GivesRootsPipesToAContainerOfAnotherUser) {
  bundle_.shell("id -u; echo out > /dev/stdout; echo err > /dev/stderr");
  Pipe out = make_pipe();
  Pipe err = make_pipe();
  Container app(bundle_);
  Command command = as_shim(app.create_command());
  command.stdout_fd = out.write.get();
  command.stderr_fd = err.write.get();
  ASSERT_TRUE(succeeded(app.create(command)));
  out.write.reset();
  err.write.reset();
  start(app);
  EXPECT_EQ(text_until_end(out.read.get()), "1000\nout\n");
  EXPECT_EQ(text_until_end(err.read.get()), "err\n");
  app.wait_exit();
}

// The monitor of podman and CRI-O is called in whatever directory its user is in, opens /dev/null,
// and lets everybody write to its pipes.
TEST_F(CriCaller, MayBeAMonitorSomewhereElse) {
  bundle_.shell("cat; echo out; echo err > /dev/stderr");
  Pipe pipe = make_pipe();
  ASSERT_EQ(::fchmod(pipe.write.get(), 0777), 0);
  const Fd nothing = open_fd("/dev/null", O_RDWR);
  struct stat before{};
  ASSERT_EQ(::fstat(nothing.get(), &before), 0);
  Container app(bundle_);
  Command command = app.create_command();
  command.env = {{"PATH=/usr/bin:/bin", "_OCI_SYNCPIPE=3", "_OCI_STARTPIPE=4", "XDG_RUNTIME_DIR="}};
  command.cwd = "/";
  command.stdin_fd = nothing.get();
  command.stdout_fd = command.stderr_fd = pipe.write.get();
  ASSERT_TRUE(succeeded(app.create(command)));
  pipe.write.reset();
  start(app);
  EXPECT_EQ(text_until_end(pipe.read.get()), "out\nerr\n");
  app.wait_exit();
  struct stat after{};
  ASSERT_EQ(::fstat(nothing.get(), &after), 0);
  EXPECT_EQ(after.st_uid, before.st_uid);
}

TEST_F(CriCaller, LearnsFromTheLogWhyACreateFailed) {
  bundle_.args({"nonexist"});
  Container app(bundle_);
  const Outcome outcome = app.create(as_shim(app.create_command()));
  EXPECT_NE(outcome.exit_code, 0);
  EXPECT_TRUE(contains(logged_error(), "not found in $PATH")) << logged_error();
  EXPECT_TRUE(contains(outcome.err, logged_error())) << outcome;
  const Outcome removed = shim({"delete", "--force", app.id()});
  EXPECT_TRUE(succeeded(removed));
  EXPECT_EQ(removed.out, "");
}

class MyrtCriDeath : public CriTest {
 protected:
  static constexpr int kLastUs = 12'000;
  static constexpr int kStepUs = 600;

  // Starts the runtime and kills it, as its death signal does when the caller dies.
  static void kill_after(const Command& command, int delay_us) {
    const Process running(command);
    ::usleep(static_cast<unsigned>(delay_us));
  }

  static bool only_left(const std::vector<pid_t>& pids) {
    return eventually([&pids] {
      reap_all();
      return descendants() == pids;
    });
  }
};

TEST_F(MyrtCriDeath, InCreateIsCleanedUp) {
  start_sandbox();
  bundle_.set_namespace("pid", namespace_of(sandbox().pid(), "pid"));
  for (int delay = 0; delay < kLastUs; delay += kStepUs) {
    Container app(bundle_);
    kill_after(as_shim(app.create_command()), delay);
    const Outcome removed = shim({"delete", "--force", app.id()});
    EXPECT_TRUE(succeeded(removed)) << "killed after " << delay << " us";
    EXPECT_EQ(removed.out, "");
    EXPECT_TRUE(only_left({sandbox().pid()})) << "killed after " << delay << " us";
  }
}

TEST_F(MyrtCriDeath, InExecLeavesTheContainerAlone) {
  start_sandbox();
  Container app(bundle_);
  create(app);
  start(app);
  const fs::path processes = cgroup_of(app.pid(), "pids") / "cgroup.procs";
  for (int delay = 0; delay < kLastUs; delay += kStepUs) {
    kill_after(detached_exec(app, process({"sleep", "600"})), delay);
    // What became of the process is the caller's: it is gone, or the named one, or executes its
    // program already while the pid file, which says so, is still missing.
    const pid_t pid = exec_pid();
    if (pid > 0) {
      EXPECT_EQ(::kill(pid, SIGKILL), 0);
      wait_child(pid);
    }
    EXPECT_TRUE(eventually([&] {
      for (const std::string& other : lines_of(read_file(processes))) {
        if (other != std::to_string(app.pid()) &&
            read_file("/proc/" + other + "/comm") == "sleep\n") {
          ::kill(std::stoi(other), SIGKILL);
        }
      }
      reap_all();
      return lines_of(read_file(processes)) == std::vector{std::to_string(app.pid())};
    })) << "killed after "
        << delay << " us: " << read_file(processes);
    // A cgroup does not list those that have died, and while one of them is not reaped the kernel
    // keeps the first process of their pid namespace.
    EXPECT_TRUE(only_left({sandbox().pid(), app.pid()})) << "killed after " << delay << " us";
    reap_all();  // who died meanwhile
    EXPECT_EQ(app.status(), "running");
  }
}

}  // namespace
}  // namespace myrt::test
