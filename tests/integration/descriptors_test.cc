// What lives on when the runtime has ended holds no descriptor of its caller: engines read their
// pipes to the end, and wait as long as anybody has the other one.

#include <signal.h>

#include <filesystem>

#include "support/fixture.h"
#include "support/unix_socket.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class Descriptors : public RuntimeTest {
 protected:
  Descriptors() { bundle_.args({"/bin/sleep", "100"}); }

  // A hook that leaves a process behind with the stdio that it was given itself. Its pid is in
  // `daemon_`.
  Bundle& daemon_hook(const std::string& kind) {
    write_file(daemon_, "", 0666);
    bundle_.mount(daemon_, "bind", daemon_, {"bind"});
    return bundle_.set("/hooks/" + kind + "/-",
                       R"({"path": "/bin/sh", "args": ["sh", "-c", )" +
                           json_quote("sleep 100 & echo $! > " + daemon_.string()) + "]}");
  }
  void end_daemon() const {
    const std::string pid = read_file(daemon_);
    ASSERT_NE(pid, "");
    ASSERT_TRUE(alive(std::stoi(pid))) << "it has to outlive the runtime to mean anything";
    ::kill(std::stoi(pid), SIGKILL);
  }

  const fs::path daemon_ = workspace() / "daemon";
};

// Both ends, as some engines leak them.
TEST_F(Descriptors, OfTheCallerAreNotHeldByACreatedOrRunningContainer) {
  Pipe pipe = make_pipe();
  Container container(bundle_);
  Command command = container.create_command();
  command.extra_fds = {pipe.read.get(), pipe.write.get(), pipe.write.get()};
  ASSERT_TRUE(succeeded(container.create(command)));
  pipe.write.reset();
  EXPECT_EQ(read_to_end(pipe.read.get()), "");

  pipe = make_pipe();
  command = runtime_command(workspace(), {"start", container.id()});
  command.extra_fds = {pipe.read.get(), pipe.write.get()};
  ASSERT_TRUE(succeeded(run(command)));
  pipe.write.reset();
  EXPECT_EQ(read_to_end(pipe.read.get()), "");
  EXPECT_EQ(container.status(), "running");
}

TEST_F(Descriptors, OfTheCallerAreNotHeldAfterADetachedRun) {
  Pipe pipe = make_pipe();
  Container container(bundle_);
  Command command = container.run_command({"--detach"});
  command.extra_fds = {pipe.read.get(), pipe.write.get()};
  ASSERT_TRUE(succeeded(container.create(command)));
  pipe.write.reset();
  EXPECT_EQ(read_to_end(pipe.read.get()), "");
  EXPECT_EQ(container.status(), "running");
}

TEST_F(Descriptors, OfStartAreNotHeldByTheContainer) {
  Pipe pipe = make_pipe();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  Command command = runtime_command(workspace(), {"start", container.id()});
  command.stdin_fd = pipe.read.get();
  command.stdout_fd = pipe.write.get();
  command.stderr_fd = pipe.write.get();
  ASSERT_TRUE(succeeded(run(command)));
  pipe.write.reset();
  EXPECT_EQ(read_to_end(pipe.read.get()), "");
  EXPECT_EQ(container.status(), "running");
}

TEST_F(Descriptors, OfStdioAreHeldByTheContainerAlone) {
  Pipe pipe = make_pipe();
  Container container(bundle_);
  Command command = container.create_command();
  command.stdout_fd = pipe.write.get();
  command.stderr_fd = pipe.write.get();
  ASSERT_TRUE(succeeded(container.create(command)));
  pipe.write.reset();
  container.kill_process();
  container.wait_exit();
  EXPECT_EQ(read_to_end(pipe.read.get()), "");
}

TEST_F(Descriptors, OfStdioAreHeldByNothingWithATerminal) {
  const UnixListener listener(workspace() / "console");
  bundle_.set("/process/terminal", "true");
  Pipe pipe = make_pipe();
  Container container(bundle_);
  Command command = container.create_command({"--console-socket", workspace() / "console"});
  command.stdout_fd = pipe.write.get();
  command.stderr_fd = pipe.write.get();
  ASSERT_TRUE(succeeded(container.create(command)));
  pipe.write.reset();
  EXPECT_EQ(read_to_end(pipe.read.get()), "") << "already now, while the container waits";
  EXPECT_EQ(container.status(), "created");
}

TEST_F(Descriptors, OfAHookAreItsStdioAlone) {
  const fs::path log = workspace() / "log";
  const Fd leaked = open_fd("/dev/null", O_RDONLY);
  bundle_.set("/hooks/createRuntime",
              R"([{"path": "/bin/sh", "args": ["sh", "-c", )" +
                  json_quote("(ls /proc/$$/fd) > " + log.string() + "; true") +
                  R"(], "env": ["PATH=/bin:/usr/bin"]}])");
  Container container(bundle_);
  Command command = container.create_command({"--preserve-fds", "1"});
  command.extra_fds = {leaked.get(), leaked.get()};
  ASSERT_TRUE(succeeded(container.create(command)));
  EXPECT_EQ(read_file(log), "0\n1\n2\n");
}

// Other runtimes wait until everybody who has a hook's output has ended.
class MyrtHookDescriptors : public Descriptors,
                            public ::testing::WithParamInterface<const char*> {};

// The daemon keeps its stdio: that may not be the caller's.
TEST_P(MyrtHookDescriptors, AreNotTheCallers) {
  daemon_hook(GetParam());
  bundle_.remove_namespace("pid");  // or it would end with the container
  Pipe pipe = make_pipe();
  Container container(bundle_);
  Command command = container.create_command();
  command.stdout_fd = pipe.write.get();
  command.stderr_fd = pipe.write.get();
  command.extra_fds = {pipe.read.get(), pipe.write.get()};
  ASSERT_TRUE(succeeded(container.create(command)));
  command = runtime_command(workspace(), {"start", container.id()});
  command.stdout_fd = pipe.write.get();
  command.stderr_fd = pipe.write.get();
  ASSERT_TRUE(succeeded(run(command)));
  pipe.write.reset();
  container.kill_process();
  container.wait_exit();
  EXPECT_EQ(read_to_end(pipe.read.get()), "");
  end_daemon();
}

// Not createContainer: the root of its daemon changes as soon as the hook has ended
// (pivot_root(2)), and the host's sleep finds its libraries or does not.
INSTANTIATE_TEST_SUITE_P(All, MyrtHookDescriptors,
                         ::testing::Values("prestart", "createRuntime", "startContainer",
                                           "poststart"),
                         [](const auto& instance) { return std::string(instance.param); });

class MyrtDescriptors : public Descriptors {};

TEST_F(MyrtDescriptors, OfAFailedCreateAreNotHeldByTheDaemonOfAHook) {
  daemon_hook("createRuntime").args({"/bin/no-such-program"});
  Pipe pipe = make_pipe();
  Command command = Container(bundle_).create_command();
  command.stderr_fd = pipe.write.get();
  command.extra_fds = {pipe.read.get(), pipe.write.get()};
  EXPECT_EQ(run(command).exit_code, 1);
  pipe.write.reset();
  EXPECT_TRUE(contains_ignoring_case(read_to_end(pipe.read.get()), "no such file or directory"));
  end_daemon();
}

TEST_F(MyrtDescriptors, OfDeleteAreNotHeldByTheDaemonOfAHook) {
  daemon_hook("poststop");
  Pipe pipe = make_pipe();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  Command command = runtime_command(workspace(), {"delete", container.id()});
  command.stdout_fd = pipe.write.get();
  command.stderr_fd = pipe.write.get();
  ASSERT_TRUE(succeeded(run(command)));
  pipe.write.reset();
  EXPECT_EQ(read_to_end(pipe.read.get()), "");
  end_daemon();
  EXPECT_TRUE(succeeded(container.remove({"--force"})));
}

}  // namespace
}  // namespace myrt::test
