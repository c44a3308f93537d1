// What is particular to myrt under systemd: its sentences, whole, and its cleaning up.

#include <sys/mount.h>
#include <unistd.h>

#include <filesystem>

#include "support/systemd_fixture.h"

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
          ": systemd: connect to unix:path=/nonexistent: No such file or directory");
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
