// The sentences of myrt, whole: what was tried, where the config is wrong, what was wanted and what
// was there.

#include <filesystem>
#include <ostream>

#include "support/fixture.h"

namespace myrt::test {
namespace {

struct Fault {
  const char* name;
  const char* config;
  const char* message;  // after "create ID: "

  friend std::ostream& operator<<(std::ostream& stream, const Fault& fault) {
    return stream << fault.name;
  }
};

class MyrtConfigFault : public RuntimeTest, public ::testing::WithParamInterface<Fault> {};

TEST_P(MyrtConfigFault, IsNamedWithItsPlace) {
  bundle_.raw_config(GetParam().config);
  Container container(bundle_);
  expect_message(container.create(), "create " + container.id() + ": " + GetParam().message);
}

INSTANTIATE_TEST_SUITE_P(
    All, MyrtConfigFault,
    ::testing::Values(Fault{"seen_by_the_plan",
                            "{\"ociVersion\": \"1.0.2\", \"root\": {\"path\": \"rootfs\"},\n"
                            " \"linux\": {\"namespaces\": [{\"type\": \"mount\"}]},\n"
                            " \"mounts\": [{\"destination\": \"/proc/1\", \"type\": \"tmpfs\"}]}",
                            "config.json:3:29: /mounts/0/destination: \"/proc/1\": only a procfs "
                            "may be mounted on /proc, "
                            "and few files below it"},
                      Fault{"type", "{\"ociVersion\": \"1.0.2\",\n \"root\": \"rootfs\"}",
                            "config.json:2:10: /root: want an object, got a string"},
                      Fault{"element",
                            "{\"ociVersion\": \"1.0.2\", \"root\": {\"path\": \"rootfs\"},\n"
                            " \"process\": {\"cwd\": \"/\", \"args\": [\"sh\"], \"user\": "
                            "{\"uid\": 0, \"gid\": 0},\n"
                            "  \"env\": [\"A=1\", 2]}}",
                            "config.json:3:18: /process/env/1: want NAME=value, got 2"},
                      Fault{"two_faults", "{\"ociVersion\": 1,\n \"root\": []}",
                            "config.json:1:16: /ociVersion: want a version 1.x.y, got 1; "
                            "config.json:2:10: /root: want an object, got an array"},
                      Fault{"missing", "{\"ociVersion\": \"1.0.2\"}",
                            "config.json:1:1: /root: want an object, got nothing"},
                      Fault{"empty", "", "config.json:1:1: want an object, got an empty file"},
                      Fault{"null", "null", "config.json:1:1: want an object, got null"},
                      Fault{"cut_off",
                            "{\"root\":", "config.json:1:9: want a value, got the end of the file"},
                      Fault{"no_value", "{\"a\":}", "config.json:1:6: want a value, got '}'"}),
    [](const auto& fault) { return std::string(fault.param.name); });

class MyrtMessages : public RuntimeTest {
 protected:
  // What `create` of the bundle says, after "create ID: ".
  void expect_create_to_say(const std::string& message) {
    Container container(bundle_);
    expect_message(container.create(), "create " + container.id() + ": " + message);
  }

  void expect_program_to_be(const std::string& content, const std::string& message) {
    bundle_.file("program", content, 0755).args({"/program"});
    expect_create_to_say("exec: \"/program\": " + message);
  }
};

TEST_F(MyrtMessages, EndAtTenFaultsAndSayHowManyMore) {
  std::string list;
  for (int count = 0; count < 25; ++count) {
    list += list.empty() ? "1" : ", 1";
  }
  bundle_.set("/process/env", "[" + list + "]");
  const Outcome outcome = Container(bundle_).create();
  EXPECT_TRUE(failed(outcome, "/process/env/9: want NAME=value, got 1; and 15 more\n"));
  EXPECT_LT(outcome.err.size(), 4096U);
  EXPECT_EQ(lines_of(outcome.err).size(), 1U);
}

TEST_F(MyrtMessages, StayShortWhateverTheConfigSays) {
  bundle_.set("/process/cwd", json_quote(std::string(100'000, 'x')))
      .set("/process/args", json_quote(std::string(100'000, 'y')));
  const Outcome outcome = Container(bundle_).create();
  EXPECT_TRUE(failed(outcome, "/process/cwd"));
  EXPECT_LT(outcome.err.size(), 4096U);
  EXPECT_EQ(lines_of(outcome.err).size(), 1U);
}

TEST_F(MyrtMessages, SayWhyAProgramCannotStart) {
  expect_program_to_be("#!/bin/nope\n",
                       "script interpreter \"/bin/nope\": no such file or directory");
  expect_program_to_be("#!/bin/sh\r\n",
                       "its #! line ends in CRLF, so the interpreter is \"/bin/sh\\r\": "
                       "no such file or directory");
  expect_program_to_be("plain\n", "neither an ELF file nor a script with #!: exec format error");
  expect_program_to_be("", "the file is empty: exec format error");
}

TEST_F(MyrtMessages, SayWhichElfInterpreterIsMissing) {
  // Any dynamic program of the host: the container has no dynamic linker.
  bundle_.mount("/program", "bind", std::filesystem::canonical("/usr/bin/env"), {"bind"})
      .args({"/program"});
  const Outcome outcome = Container(bundle_).create();
  EXPECT_TRUE(failed(outcome, "exec: \"/program\": ELF interpreter \"/lib"));
  EXPECT_TRUE(outcome.err.ends_with("\": no such file or directory\n")) << outcome;
}

TEST_F(MyrtMessages, SayWhyAProgramIsNotFound) {
  bundle_.args({"nope"});
  expect_create_to_say("exec: \"nope\": executable file not found in $PATH");
  bundle_.args({"/nope"});
  expect_create_to_say("exec: \"/nope\": stat /nope: no such file or directory");
  bundle_.args({"/etc"});
  expect_create_to_say("exec: \"/etc\": is a directory: permission denied");
  bundle_.file("closed", "#!/bin/sh\n", 0644).args({"/closed"});
  expect_create_to_say("exec: \"/closed\": permission denied");
}

TEST_F(MyrtMessages, NameTheMountThatFailed) {
  bundle_.mount("/m", "tmpfs", "tmpfs", {"size=zz"});
  expect_create_to_say(
      "mount tmpfs on /m: fsconfig size=zz: tmpfs: Bad value for 'size': Invalid argument");
}

TEST_F(MyrtMessages, NameTheSourceThatIsMissing) {
  bundle_.mount("/m", "bind", "/nope", {"bind"});
  expect_create_to_say("mount /nope on /m: open_tree /nope: No such file or directory");
}

TEST_F(MyrtMessages, NameTheFileSystemThatIsUnknown) {
  bundle_.mount("/m", "nofs", "none", {});
  expect_create_to_say("mount nofs on /m: fsopen nofs: No such device");
}

TEST_F(MyrtMessages, NameTheHookThatFailed) {
  bundle_.set("/hooks/createRuntime",
              R"([{"path": "/bin/sh", "args": ["sh", "-c", "echo why; exit 3"]}])");
  expect_create_to_say("createRuntime hook 0 (/bin/sh): exit status 3, output: why");
  bundle_.set("/hooks/createRuntime",
              R"([{"path": "/bin/sleep", "args": ["sleep", "9"], "timeout": 1}])");
  expect_create_to_say("createRuntime hook 0 (/bin/sleep): killed after its timeout of 1 s");
}

TEST_F(MyrtMessages, NameTheNamespaceThatCannotBeJoined) {
  bundle_.set_namespace("network", "/nope");
  expect_create_to_say("namespace: open /nope: No such file or directory");
  bundle_.set_namespace("network", "/proc/self/ns/ipc");
  expect_create_to_say("join network namespace: setns /proc/self/ns/ipc: Invalid argument");
}

// Words that engines look for.
TEST_F(MyrtMessages, AboutUnknownContainersAreThoseOfRunc) {
  for (const char* command :
       {"start", "state", "kill", "delete", "pause", "resume", "ps", "update"}) {
    expect_message(call({command, "nobody"}),
                   std::string(command) + " nobody: container does not exist");
  }
}

TEST_F(MyrtMessages, AboutWrongStatesAreThoseOfRunc) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  const std::string id = container.id();
  ASSERT_TRUE(succeeded(container.run_detached()));
  expect_message(run(container.create_command()),
                 "create " + id + ": container with given ID already exists");
  expect_message(container.start(), "start " + id + ": cannot start an already running container");
  expect_message(container.remove(), "delete " + id + ": cannot delete container " + id +
                                         " that is not stopped: running");
  container.kill_process();
  container.wait_exit();
  expect_message(container.start(), "start " + id + ": cannot start a container that has stopped");
  expect_message(container.kill("KILL"), "kill " + id + ": container not running");
}

TEST_F(MyrtMessages, AboutBadWordsOnTheCommandLine) {
  expect_message(call({"kill", "nobody", "BOGUS"}), "kill nobody: unknown signal \"BOGUS\"");
  expect_message(run(runtime_command(workspace(), {"create", "--bundle", bundle_.path(), "a/b"})),
                 "create a/b: invalid container ID format");
  expect_message(run(runtime_command(workspace(), {"create", "--bundle", "/nope", "x"})),
                 "create x: bundle: /nope: No such file or directory");
}

TEST_F(MyrtMessages, AboutAMissingProcessComeFromStart) {
  bundle_.erase("/process");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  expect_message(container.start(),
                 "start " + container.id() +
                     ": cannot start a container without a process: config.json has no /process");
}

// Between create and start the program may change: start says what execve said.
TEST_F(MyrtMessages, FromStartSayWhyTheProgramDidNotRun) {
  bundle_.file("program", "#!/bin/sh\n", 0755).args({"/program"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  std::filesystem::remove(bundle_.rootfs() / "program");
  expect_message(container.start(),
                 "start " + container.id() + ": exec: \"/program\": No such file or directory");
}

}  // namespace
}  // namespace myrt::test
