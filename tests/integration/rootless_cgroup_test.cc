// Cgroups of a user without privileges: below a directory that was given to him, and without one.

#include <signal.h>
#include <unistd.h>

#include "support/cgroups.h"
#include "support/ordinary_user.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

/// A cgroup of the host in which the caller is: on v2 one further down, as a cgroup that has
/// processes hands on no controllers (cgroups(7)).
class CallersCgroup {
 public:
  CallersCgroup() {
    host_.make();
    for (const fs::path& root : cgroup_roots()) {
      const fs::path top = root.string() + name_;
      if (cgroup_v2()) {
        write_file(root / "cgroup.subtree_control", "+memory +pids");
        fs::create_directories(top / "caller");
        places_.push_back(top / "caller");
      } else {
        places_.push_back(top);
      }
    }
  }

  const std::string& name() const { return name_; }
  Identity identity() const { return {.uid = kUser, .gid = kGroup, .cgroups = places_}; }

  /// Delegates it, as a service manager does (cgroups(7), "Cgroups delegation").
  void give(const std::string& controller) const {
    const fs::path top = cgroup_root(controller).string() + name_;
    give_one(top);
    if (cgroup_v2()) {
      for (const char* file : {"cgroup.procs", "cgroup.subtree_control", "cgroup.threads"}) {
        give_one(top / file);
      }
    }
  }

  /// Where a container `id` is.
  fs::path place_of(const std::string& id, const std::string& controller) const {
    return cgroup_root(controller).string() + name_ + "/" + id;
  }

 private:
  static void give_one(const fs::path& path) { EXPECT_EQ(::chown(path.c_str(), kUser, kGroup), 0); }

  const std::string name_ = "/" + unique_name();
  const HostCgroup host_{name_};
  std::vector<fs::path> places_;
};

class RootlessCgroup : public OrdinaryUserTest {
 protected:
  void SetUp() override {
    OrdinaryUserTest::SetUp();
    for (const char* controller : {"memory", "pids"}) {
      if (!has_controller(controller)) {
        GTEST_SKIP() << "needs the controllers memory and pids";
      }
    }
    caller_.emplace();
    as_caller_.emplace(caller_->identity());
  }
  void TearDown() override {
    as_caller_.reset();
    caller_.reset();
    OrdinaryUserTest::TearDown();
  }

  void give_all() const {
    for (const char* controller : {"memory", "pids", "cpu", "freezer", "devices", "cpuset"}) {
      if (has_controller(controller)) {
        caller_->give(controller);
      }
    }
  }
  Bundle& limited_sleeper() {
    return sleeper()
        .set("/linux/resources/memory", R"({"limit": 67108864})")
        .set("/linux/resources/pids", R"({"limit": 50})");
  }
  std::string limit(const Container& container, const std::string& controller) const {
    const bool memory = controller == "memory";
    const std::string file = cgroup_v2() ? controller + ".max"
                             : memory    ? "memory.limit_in_bytes"
                                         : "pids.max";
    return read_value(caller_->place_of(container.id(), controller) / file);
  }
  const CallersCgroup& caller() const { return *caller_; }

 private:
  std::optional<CallersCgroup> caller_;
  std::optional<RuntimeIdentity> as_caller_;
};

TEST_F(RootlessCgroup, WithoutLimitsNeedsNoRights) { EXPECT_EQ(output_of("echo runs"), "runs\n"); }

TEST_F(RootlessCgroup, WithLimitsNeedsRights) {
  EXPECT_TRUE(failed(Container(limited_sleeper()).run()));
}

TEST_F(RootlessCgroup, AskedForByAnAbsolutePathNeedsRights) {
  sleeper().set("/linux/cgroupsPath", json_quote(caller().name() + "/own"));
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

TEST_F(RootlessCgroup, IsMadeWhereTheCallersIs) {
  give_all();
  limited_sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_EQ(cgroup_of(container.pid(), "memory"), caller().place_of(container.id(), "memory"));
  EXPECT_EQ(limit(container, "memory"), "67108864");
  EXPECT_EQ(limit(container, "pids"), "50");
}

TEST_F(RootlessCgroup, CanBeNamedByARelativePath) {
  give_all();
  limited_sleeper().set("/linux/cgroupsPath", R"("group/named")");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_EQ(cgroup_of(container.pid(), "memory"), caller().place_of("group/named", "memory"));
}

TEST_F(RootlessCgroup, IsEnteredByExec) {
  give_all();
  limited_sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(succeeded(container.call({"exec", "--detach", "--pid-file", workspace() / "exec.pid",
                                        container.id(), "/bin/sleep", "100"})));
  const pid_t pid = std::stoi(read_file(workspace() / "exec.pid"));
  EXPECT_EQ(cgroup_of(pid, "memory"), caller().place_of(container.id(), "memory"));
  // A child of the test, as it would be the engine's: it has to be reaped.
  EXPECT_EQ(::kill(pid, SIGKILL), 0);
  wait_child(pid);
}

TEST_F(RootlessCgroup, CanBePausedAndUpdated) {
  give_all();
  limited_sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(succeeded(container.call({"pause", container.id()})));
  EXPECT_EQ(container.status(), "paused");
  ASSERT_TRUE(succeeded(container.call({"resume", container.id()})));
  EXPECT_EQ(container.status(), "running");
  ASSERT_TRUE(succeeded(container.call({"update", "--pids-limit", "60", container.id()})));
  EXPECT_EQ(limit(container, "pids"), "60");
}

using MyrtRootlessCgroup = RootlessCgroup;

TEST_F(MyrtRootlessCgroup, SaysWhatALimitNeeds) {
  limited_sleeper();
  Container container(bundle_);
  const fs::path refused = cgroup_root("memory").string() + caller().name();
  EXPECT_TRUE(
      failed(container.run(),
             "/linux/resources/memory/limit: needs a cgroup with the controller \"memory\", "
             "and the user may not write to " +
                 refused.string() + ": Permission denied\n"));
}

TEST_F(MyrtRootlessCgroup, SaysWhatAnAbsolutePathNeeds) {
  const std::string path = caller().name() + "/own";
  sleeper().set("/linux/cgroupsPath", json_quote(path));
  EXPECT_TRUE(failed(Container(bundle_).run(),
                     "/linux/cgroupsPath: \"" + path + "\" is where the user may not write to "));
}

TEST_F(MyrtRootlessCgroup, IsMadeInThoseHierarchiesThatAreTheUsers) {
  if (cgroup_v2()) {
    GTEST_SKIP() << "needs the hierarchies of cgroup v1";
  }
  caller().give("memory");
  sleeper().set("/linux/resources/memory", R"({"limit": 67108864})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_EQ(limit(container, "memory"), "67108864");
  EXPECT_EQ(cgroup_of(container.pid(), "pids"), cgroup_root("pids").string() + caller().name());
  expect_message(container.call({"pause", container.id()}),
                 "pause " + container.id() + ": cannot pause a container without a freezer cgroup");
}

TEST_F(MyrtRootlessCgroup, OptionFalseWantsEveryCgroup) {
  limited_sleeper().erase("/linux/resources/memory").erase("/linux/resources/pids");
  Command command = Container(bundle_).run_command();
  command.argv.insert(command.argv.begin() + 1, {"--rootless", "false"});
  EXPECT_TRUE(failed(run(command), "Permission denied"));
}

TEST_F(MyrtRootlessCgroup, SaysThatAControllerIsNotHandedDown) {
  if (!cgroup_v2()) {
    GTEST_SKIP() << "needs pure cgroup v2";
  }
  // Below the user's cgroup lies one that gets no controllers, since the one between is root's.
  const fs::path between = cgroup_root("memory").string() + caller().name() + "/between";
  const fs::path given = between / "given";
  fs::create_directories(given / "caller");
  for (const char* file : {"", "cgroup.procs", "cgroup.subtree_control", "cgroup.threads"}) {
    ASSERT_EQ(::chown((given / file).c_str(), kUser, kGroup), 0);
  }
  write_file(between.parent_path() / "cgroup.subtree_control", "+memory +pids");
  const RuntimeIdentity deeper({.uid = kUser, .gid = kGroup, .cgroups = {given / "caller"}});
  limited_sleeper();
  EXPECT_TRUE(failed(Container(bundle_).run(),
                     "/linux/resources/memory/limit: enable memory, pids for the children of " +
                         between.string() +
                         ", whose cgroup.subtree_control the user may not write to: Permission "
                         "denied\n"));
}

TEST_F(MyrtRootlessCgroup, IsNotEnteredFromElsewhere) {
  if (!cgroup_v2()) {
    GTEST_SKIP() << "needs pure cgroup v2";
  }
  give_all();
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const RuntimeIdentity elsewhere({.uid = kUser, .gid = kGroup});
  const Outcome outcome = container.call({"exec", container.id(), "/bin/true"});
  EXPECT_EQ(outcome.exit_code, 255);
  EXPECT_EQ(outcome.err, "exec " + container.id() +
                             ": clone the joiner: enter the container's cgroup, which a user may "
                             "only from one in the same tree of his: clone3 (new namespaces: none; "
                             "into a cgroup): Permission denied\n");
}

using MyrtRootlessWithoutCgroup = OrdinaryUserTest;

TEST_F(MyrtRootlessWithoutCgroup, CannotBePausedOrUpdated) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const std::string reason =
      " a container without cgroups: they were disabled when it was created, or its creator may "
      "make "
      "none";
  expect_message(container.call({"pause", container.id()}),
                 "pause " + container.id() + ": cannot pause" + reason);
  expect_message(container.call({"update", "--memory", "64M", container.id()}),
                 "update " + container.id() + ": cannot update" + reason);
}

TEST_F(MyrtRootlessWithoutCgroup, ListsAndSignalsTheProcessesOfItsPidNamespace) {
  bundle_.shell(
      "trap : TERM; sh -c \"trap 'echo told; exit' TERM; echo ready; while :; do "
      "usleep 10000; done\" & while :; do usleep 10000; done");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("ready\n"));
  const Outcome listed = container.call({"ps", "--format", "json", container.id()});
  ASSERT_TRUE(succeeded(listed));
  EXPECT_GE(json_size(listed.out, "").value_or(0), 2U);
  ASSERT_TRUE(succeeded(container.call({"kill", "--all", container.id(), "TERM"})));
  EXPECT_TRUE(container.wait_for_output("told\n"));
}

TEST_F(MyrtRootlessWithoutCgroup, CannotSignalAllWithoutAPidNamespaceEither) {
  sleeper().remove_namespace("pid");
  // A procfs of its own wants a pid namespace of its own.
  bundle_.set("/mounts/0", R"({"destination": "/proc", "type": "none", "source": "/proc",
                               "options": ["rbind"]})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  expect_message(container.call({"kill", "--all", container.id(), "TERM"}),
                 "kill " + container.id() + ": cannot find all processes of container " +
                     container.id() + ", which has neither cgroups nor a pid namespace of its own");
}

}  // namespace
}  // namespace myrt::test
