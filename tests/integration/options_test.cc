// Options of create, run and delete that not every runtime has.

#include <sys/syscall.h>
#include <unistd.h>

#include <filesystem>

#include "support/fixture.h"
#include "support/unix_socket.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class MyrtOptions : public RuntimeTest {};

TEST_F(MyrtOptions, PidfdSocketGetsADescriptorOfTheProcess) {
  const fs::path path = workspace() / "pidfd";
  const UnixListener listener(path);
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create({"--pidfd-socket", path})));
  const std::optional<SocketMessage> message = listener.receive();
  ASSERT_TRUE(message.has_value());
  ASSERT_EQ(message->fds.size(), 1U);
  EXPECT_FALSE(message->data.empty());
  const std::string info = read_file("/proc/self/fdinfo/" + std::to_string(message->fds[0].get()));
  EXPECT_EQ(field_of(info, "Pid"), std::to_string(container.pid()));
}

TEST_F(MyrtOptions, PidfdSocketMustBeThere) {
  const std::string id = unique_name();
  Container container(bundle_, id);
  expect_message(run(container.create_command({"--pidfd-socket", "/nonexistent/pidfd"})),
                 "create " + id +
                     ": --pidfd-socket: connect to /nonexistent/pidfd: No such file or directory");
  EXPECT_EQ(container.state(), "");
}

TEST_F(MyrtOptions, PidfdSocketIsThereForADetachedRunToo) {
  const fs::path path = workspace() / "pidfd";
  const UnixListener listener(path);
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached({"--pidfd-socket", path})));
  const std::optional<SocketMessage> message = listener.receive();
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->fds.size(), 1U);
  EXPECT_TRUE(message->closed_after);
}

TEST_F(MyrtOptions, ConfigNamesAnotherFile) {
  bundle_.shell("echo from the bundle");
  const std::string other = bundle_.config();
  write_file(workspace() / "other.json",
             json_set(other, "/process/args/2", R"("echo from the other")"));
  EXPECT_EQ(Container(bundle_).run({"--config", workspace() / "other.json"}).out,
            "from the other\n");
}

TEST_F(MyrtOptions, KeepLeavesTheStoppedContainer) {
  bundle_.shell("exit 3");
  Container container(bundle_);
  EXPECT_EQ(container.run({"--keep"}).exit_code, 3);
  EXPECT_EQ(container.status(), "stopped");
  EXPECT_TRUE(succeeded(container.remove()));
}

TEST_F(MyrtOptions, RegexDeletesAllThatMatch) {
  const std::string prefix = unique_name();
  Container one(bundle_, prefix + ".one");
  Container two(bundle_, prefix + ".two");
  Container other(bundle_);
  for (Container* container : {&one, &two, &other}) {
    ASSERT_TRUE(succeeded(container->create()));
  }
  EXPECT_TRUE(succeeded(call({"delete", "--force", "--regex", prefix + "\\..*"})));
  EXPECT_EQ(one.state(), "");
  EXPECT_EQ(two.state(), "");
  EXPECT_EQ(other.status(), "created");
}

TEST_F(MyrtOptions, NoSubreaperMayHaveOneDash) {
  bundle_.shell("echo ran");
  EXPECT_EQ(Container(bundle_).run({"-no-subreaper"}).out, "ran\n");
}

TEST_F(MyrtOptions, ConsoleSocketMayHaveALongPath) {
  fs::path directory = workspace();
  while (directory.string().size() < 200) {
    directory /= "a-directory-with-a-long-name";
  }
  fs::create_directories(directory);
  const UnixListener listener(directory / "console");
  bundle_.set("/process/terminal", "true");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create({"--console-socket", directory / "console"})));
  const std::optional<SocketMessage> message = listener.receive();
  ASSERT_TRUE(message.has_value());
  EXPECT_EQ(message->fds.size(), 1U);
}

TEST_F(MyrtOptions, CgroupManagerDisabledMakesNoCgroup) {
  bundle_.erase("/linux/resources").args({"/bin/sleep", "100"});
  const std::string id = unique_name();
  ASSERT_TRUE(succeeded(
      call({"--cgroup-manager", "disabled", "run", "--detach", "--bundle", bundle_.path(), id})));
  const pid_t pid = static_cast<pid_t>(json_integer(call({"state", id}).out, "/pid").value_or(0));
  EXPECT_EQ(cgroup_of(pid, "pids"), cgroup_of(::getpid(), "pids"));
  EXPECT_TRUE(succeeded(call({"delete", "--force", id})));
}

TEST_F(MyrtOptions, DebugTellsMoreInTheLogAndNothingOnStderr) {
  // An annotation that is not honoured without --allow-annotations is worth a line.
  bundle_.set("/annotations", R"({"org.myrt.overlay.lowerdir": "/"})").shell("echo ran");
  const fs::path log = workspace() / "log";
  const Outcome outcome = call({"--debug", "--log", log, "--log-format", "json", "run", "--bundle",
                                bundle_.path(), unique_name()});
  EXPECT_EQ(outcome.out, "ran\n");
  EXPECT_EQ(outcome.err, "");
  const std::vector<std::string> lines = lines_of(read_file(log));
  EXPECT_FALSE(lines.empty());
  for (const std::string& line : lines) {
    EXPECT_EQ(json_string(line, "/level"), "debug") << line;
  }
}

}  // namespace
}  // namespace myrt::test
