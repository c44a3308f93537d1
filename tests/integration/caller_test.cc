// What a runtime has of its caller, and what it takes over from the container: processes that lost
// their parent, and an environment that may be empty.

#include <signal.h>
#include <unistd.h>

#include <filesystem>

#include "support/fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class Subreaper : public RuntimeTest {
 protected:
  // A process whose parent has ended. Without a pid namespace it looks for another one outside of
  // the container.
  Subreaper() {
    bundle_.remove_namespace("pid");
    bundle_.shell("(sh -c 'echo $$ > /orphan; exec sleep 100' &); exec sleep 100");
  }

  static std::string parent_of(pid_t pid) {
    return field_of(read_file("/proc/" + std::to_string(pid) + "/status"), "PPid");
  }
  // The process, when it has got the parent that it will keep.
  pid_t orphan(pid_t container) {
    const fs::path file = bundle_.rootfs() / "orphan";
    pid_t pid = 0;
    EXPECT_TRUE(eventually([&] {
      const std::string text = read_value(file);
      pid = text.empty() ? 0 : std::stoi(text);
      return pid != 0 && alive(pid) && read_value("/proc/" + text + "/comm") == "sleep" &&
             parent_of(pid) != std::to_string(container);
    }));
    return pid;
  }
};

TEST_F(Subreaper, IsARunInTheForegroundWhichReapsWhatComesToIt) {
  Container container(bundle_);
  Process running(container.run_command());
  ASSERT_TRUE(eventually([&container] { return container.status() == "running"; }));
  const pid_t pid = orphan(container.pid());
  EXPECT_EQ(parent_of(pid), std::to_string(running.pid()));
  ::kill(pid, SIGKILL);
  EXPECT_TRUE(eventually([pid] { return !fs::exists("/proc/" + std::to_string(pid)); }))
      << "a zombie would stay";
  EXPECT_TRUE(alive(running.pid()));
  EXPECT_TRUE(succeeded(container.kill("KILL")));
  EXPECT_EQ(running.wait().exit_code, 128 + SIGKILL);
}

TEST_F(Subreaper, IsTheCallerWhenAsked) {
  Container container(bundle_);
  Process running(container.run_command({"--no-subreaper"}));
  ASSERT_TRUE(eventually([&container] { return container.status() == "running"; }));
  const pid_t pid = orphan(container.pid());
  EXPECT_EQ(parent_of(pid), std::to_string(::getpid()));
  ::kill(pid, SIGKILL);
  EXPECT_TRUE(succeeded(container.kill("KILL")));
  EXPECT_EQ(running.wait().exit_code, 128 + SIGKILL);
}

TEST_F(Subreaper, IsTheCallerAfterADetachedRun) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const pid_t pid = orphan(container.pid());
  EXPECT_EQ(parent_of(pid), std::to_string(::getpid()));
  EXPECT_EQ(parent_of(container.pid()), std::to_string(::getpid()));
  ::kill(pid, SIGKILL);
}

class CallersEnvironment : public RuntimeTest {
 protected:
  // Engines have no more for their later calls.
  Outcome bare(const std::vector<std::string>& arguments) const {
    Command command = runtime_command(workspace(), arguments);
    command.env = {"XDG_RUNTIME_DIR="};
    return run(command);
  }
};

TEST_F(CallersEnvironment, MayBeAsGoodAsEmpty) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  Command command = container.create_command();
  command.env = {"XDG_RUNTIME_DIR="};
  ASSERT_TRUE(succeeded(container.create(command)));
  EXPECT_TRUE(succeeded(bare({"start", container.id()})));
  EXPECT_TRUE(succeeded(bare({"state", container.id()})));
  EXPECT_TRUE(succeeded(bare({"kill", container.id(), "KILL"})));
  container.wait_exit();
  EXPECT_TRUE(succeeded(bare({"delete", container.id()})));
  EXPECT_EQ(container.state(), "");
}

TEST_F(CallersEnvironment, NeedsNoPathForTheHooksOfDelete) {
  const fs::path log = workspace() / "log";
  bundle_.set("/hooks/poststop", R"([{"path": "/bin/sh", "args": ["sh", "-c", )" +
                                     json_quote("echo ran > " + log.string()) + "]}]");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_TRUE(succeeded(bare({"delete", container.id()})));
  EXPECT_EQ(read_file(log), "ran\n");
}

class MyrtCallersEnvironment : public CallersEnvironment {};

// Other runtimes hand hooks without `env` their own.
TEST_F(MyrtCallersEnvironment, ReachesNoHook) {
  const fs::path log = workspace() / "log";
  write_file(log, "", 0666);
  bundle_.mount(log, "bind", log, {"bind"}).set("/process/env", R"(["OF=program"])");
  for (const char* kind : {"prestart", "createRuntime", "createContainer", "startContainer",
                           "poststart", "poststop"}) {
    bundle_.set(std::string("/hooks/") + kind,
                R"([{"path": "/bin/sh", "args": ["sh", "-c", )" +
                    // What the shell was given; its environment can be read as long as it lives.
                    json_quote(std::string("exec 3< /proc/self/environ; (echo ") + kind +
                               "; /bin/tr '\\0' '\\n' <&3) >> " + log.string() + "; true") +
                    "]}]");
  }
  Container container(bundle_);
  Command command = container.run_command();
  command.env->push_back("LEAK=yes");
  EXPECT_TRUE(succeeded(container.run(command)));
  EXPECT_EQ(read_file(log),
            "prestart\ncreateRuntime\ncreateContainer\nstartContainer\nOF=program\npoststart\n"
            "poststop\n");
}

TEST_F(MyrtCallersEnvironment, DoesNotChooseTheStateRootOfRoot) {
  fs::create_directories(workspace() / "xdg");
  Container container(bundle_);
  Command create = container.create_command();
  create.argv[2] = workspace() / "xdg/myrt";
  ASSERT_TRUE(succeeded(run(create)));
  const auto in_xdg = [&](const std::vector<std::string>& arguments) {
    Command command = runtime_command(workspace(), arguments);
    command.argv.erase(command.argv.begin() + 1, command.argv.begin() + 3);
    command.env->push_back("XDG_RUNTIME_DIR=" + (workspace() / "xdg").string());
    return run(command);
  };
  EXPECT_TRUE(failed(in_xdg({"state", container.id()}), "does not exist"));
  create.argv = {create.argv[0], "--root", workspace() / "xdg/myrt", "delete", container.id()};
  EXPECT_TRUE(succeeded(run(create)));
}

}  // namespace
}  // namespace myrt::test
