// Running out of memory: what a user is told, and where.

#include <signal.h>

#include <filesystem>

#include "support/cgroups.h"
#include "support/exec.h"
#include "support/memory.h"

namespace myrt::test {
namespace {

class Oom : public RuntimeTest {
 protected:
  Oom() { limit_memory(bundle_, kSmallMemory); }

  static std::string limit_text(std::int64_t bytes) {
    return "killed by signal 9; out of memory: the kernel has killed 1 process of the container, "
           "whose memory limit is " +
           std::to_string(bytes) + " bytes (" + memory_limit_file() + ")";
  }
};

TEST_F(Oom, OfTheProgramIsAnEndBySigkill) {
  bundle_.shell(std::string("exec ") + kEatMemory);

  EXPECT_EQ(Container(bundle_).run().exit_code, 128 + SIGKILL);
}

TEST_F(Oom, OfAnotherProcessLeavesTheProgramAlone) {
  bundle_.shell(std::string("(") + kEatMemory + "); echo $?");

  const Outcome outcome = Container(bundle_).run();

  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "137\n");
}

// Memory for a page or some: whatever the runtime does first in the cgroup is too much.
TEST_F(Oom, AtTheCreationLeavesNothingBehind) {
  limit_memory(bundle_, 8192).args({"/bin/sleep", "100"});
  Container container(bundle_);

  EXPECT_NE(container.create().exit_code, 0);

  EXPECT_EQ(container.state(), "");
}

class MyrtOom : public Oom {};

TEST_F(MyrtOom, IsToldByCreateAndRun) {
  limit_memory(bundle_, 65536).args({"/bin/sleep", "100"});
  Container container(bundle_);

  const std::string expected =
      container.id() + ": the container process was gone before \"ready\": " + limit_text(65536);
  expect_message(container.create(), "create " + expected);
  expect_message(container.run(), "run " + expected);
}

TEST_F(MyrtOom, OfTheProgramIsToldByRun) {
  bundle_.shell(std::string("exec ") + kEatMemory);
  Container container(bundle_);

  const Outcome outcome = container.run();

  EXPECT_EQ(outcome.exit_code, 128 + SIGKILL);
  EXPECT_EQ(outcome.err, "warning: the program of container " + container.id() + " was " +
                             limit_text(kSmallMemory) + "\n");
}

TEST_F(MyrtOom, IsNotBlamedForAnotherKill) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  Process running(container.run_command());
  ASSERT_TRUE(eventually([&] { return container.status() == "running"; }, milliseconds(20'000)));

  ASSERT_TRUE(succeeded(container.kill("KILL")));

  const Outcome outcome = running.wait();
  EXPECT_EQ(outcome.exit_code, 128 + SIGKILL);
  EXPECT_EQ(outcome.err, "");
}

// What ended the program is not known then, and not said.
TEST_F(MyrtOom, OfAnotherProcessEarlierIsToldAsSuch) {
  bundle_.shell(std::string("exec 2>/dev/null; (") + kEatMemory + "); echo killed; sleep 100");
  Container container(bundle_);
  Process running(container.run_command());
  ASSERT_TRUE(eventually([&] { return contains(running.out(), "killed\n"); }));

  ASSERT_TRUE(succeeded(container.kill("KILL")));

  EXPECT_EQ(running.wait().err, "warning: the program of container " + container.id() + " was " +
                                    limit_text(kSmallMemory) + "\n");
}

TEST_F(MyrtOom, IsNotBlamedOnAContainersLimitWhenAnotherIsInTheWay) {
  const std::string path = "/" + test_run().prefix + "-oom";
  const HostCgroup above(path);
  limit_memory(bundle_, kSmallMemory * 8)
      .set("/linux/cgroupsPath", "\"" + path + "/container\"")
      .shell(std::string("until test -e /go; do sleep 0.1; done; exec ") + kEatMemory);
  Container container(bundle_);
  Process running(container.run_command());
  ASSERT_TRUE(eventually([&] { return container.status() == "running"; }, milliseconds(20'000)));
  write_file(cgroup_of(container.pid(), "memory").parent_path() / memory_limit_file(),
             std::to_string(kSmallMemory));
  bundle_.file("go", "");

  EXPECT_EQ(running.wait().err,
            "warning: the program of container " + container.id() +
                " was killed by signal 9; out of memory: the kernel has killed 1 process of the "
                "container, beyond a limit that is not its own\n");
}

TEST_F(MyrtOom, IsPartOfTheState) {
  bundle_.shell(std::string("(") + kEatMemory + "); echo killed; sleep 100");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("killed\n"));

  const auto expect_told = [&](const std::string& status) {
    const std::string state = container.state();
    EXPECT_EQ(json_string(state, "/status"), status);
    EXPECT_EQ(json_integer(state, "/outOfMemory/killed"), 1) << state;
    EXPECT_EQ(json_integer(state, "/outOfMemory/memoryLimit"), kSmallMemory);
  };

  expect_told("running");
  container.kill_process();
  container.wait_exit();
  expect_told("stopped");
  EXPECT_EQ(json_integer(call({"list", "--format", "json"}).out, "/0/outOfMemory/killed"), 1);
}

TEST_F(MyrtOom, IsNotPartOfTheStateOfOthers) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));

  EXPECT_FALSE(json_has(container.state(), "/outOfMemory"));
}

class MyrtExecOom : public ExecTest {
 protected:
  /// Gives back what can be had again, with what the kernel has charged in advance.
  static void reclaim(const std::filesystem::path& cgroup) {
    if (cgroup_v2()) {
      write_file(cgroup / "memory.high", "0");
      write_file(cgroup / "memory.high", "max");
    } else {
      write_file(cgroup / "memory.force_empty", "0");
    }
  }
};

TEST_F(MyrtExecOom, IsTold) {
  start();
  const std::filesystem::path cgroup = cgroup_of(container().pid(), "memory");
  const std::filesystem::path limit = cgroup / memory_limit_file();
  reclaim(cgroup);
  // No more than the sleeping program has already.
  write_file(limit,
             read_value(cgroup / (cgroup_v2() ? "memory.current" : "memory.usage_in_bytes")));

  const Outcome outcome = exec({"/bin/true"});

  EXPECT_EQ(outcome.exit_code, 255);
  EXPECT_TRUE(contains(outcome.err,
                       "killed by signal 9; out of memory: the kernel has killed 1 "
                       "process of the container, whose memory limit is " +
                           read_value(limit) + " bytes (" + memory_limit_file() + ")\n"))
      << outcome;
  EXPECT_EQ(container().status(), "running");
}

}  // namespace
}  // namespace myrt::test
