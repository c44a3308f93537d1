// What is particular to myrt under systemd: its sentences, whole, and its cleaning up.

#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>
#include <ostream>

#include "support/systemd_fixture.h"
#include "support/unix_socket.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class MyrtSystemd : public SystemdTest {
 protected:
  // `create` must fail with this behind its name, and leave no unit.
  void expect_refusal(Container& container, const std::string& sentence) {
    place(container);
    expect_message(container.create(systemd().managed(container.create_command())),
                   "create " + container.id() + ": " + sentence);
    EXPECT_FALSE(systemd().is_loaded(unit(container)));
  }
};

TEST_F(MyrtSystemd, WithoutACgroupsPathHasTheIdInItsName) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create(systemd().managed(container.create_command()))));
  EXPECT_EQ(systemd().show("myrt-" + container.id() + ".scope", "Slice"), "system.slice");
}

TEST_F(MyrtSystemd, IsChosenByCgroupManagerToo) {
  Container container(bundle_);
  place(container);
  Command command = systemd().managed(container.create_command());
  command.argv[1] = "--cgroup-manager=systemd";
  ASSERT_TRUE(succeeded(container.create(command)));
  EXPECT_EQ(show(container, "Slice"), "user.slice");
}

TEST_F(MyrtSystemd, LeavesAUnitAloneThatExists) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  Container second(bundle_);
  const Outcome outcome = second.create(systemd().managed(second.create_command()));
  EXPECT_TRUE(failed(outcome, "has processes already, such as " + std::to_string(container.pid())));
  EXPECT_EQ(show(container, "ActiveState"), "active");
}

TEST_F(MyrtSystemd, GivesTheKernelTheExactQuota) {
  // systemd counts in percents.
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  ASSERT_TRUE(succeeded(container.call({"update", "--cpu-quota", "33333", container.id()})));
  EXPECT_EQ(show(container, "CPUQuotaPerSecUSec"), "340ms");
  EXPECT_EQ(value(container, "cpu", "cpu.cfs_quota_us|cpu.max"), choice("33333|33333 100000"));
}

TEST_F(MyrtSystemd, TellsHowTheJobEnded) {
  bundle_.set("/annotations", R"({"org.systemd.property.Asserts":
      "[('AssertPathExists', false, false, '/nonexistent')]"})");
  Container container(bundle_);
  expect_refusal(container,
                 "systemd: start " + unit(container) + ": the job ended with \"assert\"");
}

TEST_F(MyrtSystemd, TellsWhatSystemdRefuses) {
  bundle_.set("/annotations", R"({"org.systemd.property.Nonsense": "true"})");
  Container container(bundle_);
  expect_refusal(container, "systemd: start " + unit(container) +
                                ": Cannot set property Nonsense, or unknown property.");
}

TEST_F(MyrtSystemd, TellsWhereAnAnnotationIsWrong) {
  bundle_.raw_config(
      "{\"ociVersion\": \"1.0.2\", \"root\": {\"path\": \"rootfs\"},\n"
      " \"annotations\": {\n"
      "  \"org.systemd.property.Conflicts\": \"['ssh.service']\"},\n"
      " \"linux\": {\"namespaces\": [{\"type\": \"mount\"}]}}");
  Container container(bundle_);
  expect_message(container.create(systemd().managed(container.create_command())),
                 "create " + container.id() +
                     ": config.json:3:37: /annotations/org.systemd.property.Conflicts: acts on "
                     "other units than the container's own");
}

TEST_F(MyrtSystemd, WantsItsFormOfCgroupsPath) {
  bundle_.raw_config(
      "{\"ociVersion\": \"1.0.2\", \"root\": {\"path\": \"rootfs\"},\n"
      " \"linux\": {\"namespaces\": [{\"type\": \"mount\"}],\n"
      "  \"cgroupsPath\": \"/pods/c1\"}}");
  Container container(bundle_);
  expect_message(container.create(systemd().managed(container.create_command())),
                 "create " + container.id() +
                     ": config.json:3:18: /linux/cgroupsPath: \"/pods/c1\" is not "
                     "slice:prefix:name, which systemd's cgroups need");
}

// A fault of config.json: the line that has it, and the column with the sentence.
struct Fault {
  const char* name;
  const char* line;  // the second one of the file
  const char* sentence;

  friend std::ostream& operator<<(std::ostream& stream, const Fault& fault) {
    return stream << fault.name;
  }
};

class MyrtSystemdConfig : public SystemdTest, public ::testing::WithParamInterface<Fault> {};

TEST_P(MyrtSystemdConfig, SaysWhereItIsWrong) {
  const Fault& fault = GetParam();
  bundle_.raw_config("{\"ociVersion\": \"1.0.2\", \"root\": {\"path\": \"rootfs\"},\n" +
                     std::string(fault.line) + "}");
  Container container(bundle_);
  expect_message(container.create(systemd().managed(container.create_command())),
                 "create " + container.id() + ": config.json:2:" + fault.sentence);
}

INSTANTIATE_TEST_SUITE_P(
    All, MyrtSystemdConfig,
    ::testing::Values(
        Fault{"slice_as_name", R"("linux": {"cgroupsPath": "a.slice:p:b.slice"})",
              R"(26: /linux/cgroupsPath: "a.slice:p:b.slice" names a slice, and the processes of )"
              "a container need a scope"},
        Fault{"no_unit_name", R"("linux": {"cgroupsPath": "a.slice:p:c 1"})",
              R"(26: /linux/cgroupsPath: "a.slice:p:c 1" does not make the name of a unit: )"
              R"("p-c 1.scope")"},
        Fault{"no_slice", R"("linux": {"cgroupsPath": "a--b.slice:p:c1"})",
              R"(26: /linux/cgroupsPath: "a--b.slice:p:c1" cannot be: "a--b.slice" is not the )"
              "name of a slice"},
        Fault{"own_property", R"("annotations": {"org.systemd.property.Slice": "'a.slice'"})",
              "47: /annotations/org.systemd.property.Slice: is set by the runtime itself"},
        Fault{"no_seconds", R"("annotations": {"org.systemd.property.TimeoutStopSec": "'7'"})",
              "56: /annotations/org.systemd.property.TimeoutStopSec: want a number of seconds"},
        Fault{"twice",
              R"("annotations": {"org.systemd.property.TasksMax": "uint64 9"}, )"
              R"("linux": {"resources": {"pids": {"limit": 5}}})",
              "50: /annotations/org.systemd.property.TasksMax: /linux/resources sets it already"}),
    [](const auto& test) { return std::string(test.param.name); });

TEST_F(MyrtSystemd, LeavesTheScopeOfAnotherContainerWithTheSamePlace) {
  Container first(bundle_);
  ASSERT_TRUE(succeeded(create(first)));
  ASSERT_TRUE(succeeded(first.start()));
  first.kill_process();
  first.wait_exit();
  ASSERT_TRUE(eventually([&] { return !systemd().is_loaded(unit(first)); }));
  // bundle_ still has the place of the first.
  Container second(bundle_);
  ASSERT_TRUE(succeeded(second.create(systemd().managed(second.create_command()))));
  EXPECT_TRUE(succeeded(first.remove({"--force"})));
  EXPECT_EQ(second.status(), "created");
  EXPECT_EQ(show(first, "ActiveState"), "active");
}

TEST_F(MyrtSystemd, OfAUserNeedsVersion2) {
  if (cgroup_v2() || systemd().cgroup().empty()) {
    GTEST_SKIP() << "needs cgroup v1, and a service manager of the tests' own";
  }
  Container container(bundle_);
  Command command = systemd().managed(container.create_command());
  command.argv.insert(command.argv.begin() + 1, "--rootless=true");
  // Its bus, as that of a user.
  std::string& bus = command.env->back();
  bus = "DBUS_SESSION_BUS_ADDRESS=" + bus.substr(bus.find('=') + 1);
  expect_message(container.create(command),
                 "create " + container.id() +
                     ": --systemd-cgroup: a user's service manager limits nothing on this host, "
                     "which has cgroup v1");
}

TEST_F(MyrtSystemd, LeavesNoProcessWhenTheRecordIsDamaged) {
  if (!systemd().cgroup().empty()) {
    GTEST_SKIP() << "needs a machine with systemd, whose units are below the root";
  }
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create(systemd().managed(container.create_command()))));
  write_file(workspace() / "state" / container.id() / "state.json", "{");
  EXPECT_TRUE(succeeded(container.remove({"--force"})));
  EXPECT_TRUE(
      eventually([&] { return !systemd().is_loaded("myrt-" + container.id() + ".scope"); }));
}

TEST_F(MyrtSystemd, LeavesNoUnitWhenTheCreationFailsLater) {
  bundle_.args({"/nonexistent"});
  Container container(bundle_);
  EXPECT_TRUE(failed(create(container), "/nonexistent"));
  EXPECT_TRUE(eventually([&] { return !systemd().is_loaded(unit(container)); }));
}

TEST_F(MyrtSystemd, TakesTheUnitBackAfterAnUpdateThatFails) {
  bundle_.set("/linux/resources/pids", R"({"limit": 42})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  // The last step, when the unit has been changed already, is to write the new limits down.
  const std::string state = workspace() / "state" / container.id();
  ASSERT_EQ(::mount(state.c_str(), state.c_str(), nullptr, MS_BIND, nullptr), 0);
  ASSERT_EQ(::mount(nullptr, state.c_str(), nullptr, MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr), 0);
  const Outcome outcome = container.call({"update", "--pids-limit", "50", container.id()});
  EXPECT_EQ(::umount(state.c_str()), 0);
  EXPECT_TRUE(failed(outcome, "Read-only file system"));
  EXPECT_EQ(show(container, "TasksMax"), "42");
  EXPECT_EQ(value(container, "pids", "pids.max"), "42");
}

TEST_F(MyrtSystemd, LeavesNoUnitWhenTheCreatorIsKilled) {
  constexpr int kLastUs = 60'000;
  constexpr int kStepUs = 4'000;
  for (int delay = 0; delay < kLastUs; delay += kStepUs) {
    Container container(bundle_);
    place(container);
    {
      const Process running(systemd().managed(container.create_command()));
      ::usleep(static_cast<unsigned>(delay));
    }
    EXPECT_TRUE(succeeded(container.remove({"--force"}))) << "killed after " << delay << " us";
    EXPECT_TRUE(eventually([&] { return !systemd().is_loaded(unit(container)); }))
        << "killed after " << delay << " us";
    reap_all();
  }
}

// --- Without systemd. ---

class MyrtSystemdMissing : public RuntimeTest {
 protected:
  static Command managed(const Container& container, const std::string& variable) {
    Command command = container.create_command();
    command.argv.insert(command.argv.begin() + 1, "--systemd-cgroup");
    command.env->push_back(variable);
    return command;
  }
};

TEST_F(MyrtSystemdMissing, SaysWhichBusDoesNotAnswer) {
  if (!fs::exists("/lib/x86_64-linux-gnu/libsystemd.so.0")) {
    GTEST_SKIP() << "libsystemd";
  }
  Container container(bundle_);
  expect_message(
      container.create(managed(container, "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent")),
      "create " + container.id() +
          ": systemd: connect to unix:path=/nonexistent: there is no such socket");
}

TEST_F(MyrtSystemdMissing, SaysThatABusDoesNotAnswerInTime) {
  if (!fs::exists("/lib/x86_64-linux-gnu/libsystemd.so.0")) {
    GTEST_SKIP() << "libsystemd";
  }
  const std::string path = workspace() / "bus";
  const UnixListener silent(path);
  Container container(bundle_);
  Command command = managed(container, "DBUS_SYSTEM_BUS_ADDRESS=unix:path=" + path);
  command.timeout = milliseconds(60'000);
  expect_message(container.create(command), "create " + container.id() +
                                                ": systemd: connect to unix:path=" + path +
                                                ": no answer in 20 s");
}

TEST_F(MyrtSystemdMissing, SaysThatNothingTellsWhereTheUsersManagerIs) {
  Container container(bundle_);
  Command command = managed(container, "XDG_RUNTIME_DIR=");
  command.argv.insert(command.argv.begin() + 1, "--rootless=true");
  expect_message(container.create(command),
                 "create " + container.id() +
                     ": systemd: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR tells where "
                     "the user's service manager is");
}

TEST_F(MyrtSystemdMissing, SaysThatTheLibraryIsNotThere) {
  const fs::path library = "/lib/x86_64-linux-gnu/libsystemd.so.0";
  if (!fs::exists(library)) {
    GTEST_SKIP() << "libsystemd";
  }
  // As good as absent: an empty file in its place, in a mount namespace of the runtime's own.
  Container container(bundle_);
  Command command = managed(container, "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent");
  command.argv.insert(command.argv.begin(),
                      {"unshare", "--mount", "sh", "-c",
                       "mount --bind /dev/null " + library.string() + " && exec \"$@\"", "sh"});
  expect_message(container.create(command), "create " + container.id() + ": systemd: " +
                                                library.string() + ": file too short");
}

TEST_F(MyrtSystemdMissing, SaysThatNothingMayBeExecutedFromMemory) {
  if (!fs::exists("/proc/sys/vm/memfd_noexec")) {
    GTEST_SKIP() << "Linux 6.3";
  }
  // The setting belongs to a pid namespace.
  Container container(bundle_);
  Command command = managed(container, "DBUS_SYSTEM_BUS_ADDRESS=unix:path=/nonexistent");
  command.argv.insert(command.argv.begin(),
                      {"unshare", "--pid", "--fork", "--mount-proc", "sh", "-c",
                       "echo 2 >/proc/sys/vm/memfd_noexec && exec \"$@\"", "sh"});
  expect_message(container.create(command),
                 "create " + container.id() +
                     ": systemd: the program that speaks with it: memfd_create: Permission denied");
}

}  // namespace
}  // namespace myrt::test
