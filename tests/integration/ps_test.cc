// ps: the processes of a container, as JSON and as a table of the host's ps(1).

#include <filesystem>
#include <regex>
#include <set>

#include "support/fixture.h"

namespace myrt::test {
namespace {

class Ps : public RuntimeTest {
 protected:
  // Three processes.
  Bundle& family() { return bundle_.shell("sleep 100 & sleep 100 & echo ready; wait"); }

  static Outcome json(const Container& container) {
    return container.call({"ps", "--format", "json", container.id()});
  }
  static std::set<pid_t> pids_of(const std::string& array) {
    std::set<pid_t> pids;
    for (std::size_t i = 0; i < json_size(array, "").value_or(0); ++i) {
      pids.insert(static_cast<pid_t>(json_integer(array, "/" + std::to_string(i)).value_or(0)));
    }
    return pids;
  }
  static std::set<pid_t> family_of_this_test() {
    const std::vector<pid_t> all = descendants();
    return {all.begin(), all.end()};
  }
};

TEST_F(Ps, PrintsAnArrayOfPids) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_EQ(pids_of(json(container).out), std::set<pid_t>{container.pid()});
  ASSERT_TRUE(succeeded(container.start()));
  const Outcome outcome = container.call({"ps", "-f", "json", container.id()});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(pids_of(outcome.out), std::set<pid_t>{container.pid()});
  EXPECT_EQ(outcome.err, "");  // engines read both as one text
}

TEST_F(Ps, KnowsEveryProcess) {
  family();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("ready\n"));
  ASSERT_TRUE(eventually([] { return descendants().size() == 3; }));
  EXPECT_EQ(pids_of(json(container).out), family_of_this_test());
}

TEST_F(Ps, KnowsThoseThatShareThePidNamespaceOfTheHost) {
  family().remove_namespace("pid");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("ready\n"));
  ASSERT_TRUE(eventually([] { return descendants().size() == 3; }));
  EXPECT_EQ(pids_of(json(container).out), family_of_this_test());
}

TEST_F(Ps, OfAPausedContainerAnswers) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(succeeded(container.call({"pause", container.id()})));
  EXPECT_EQ(pids_of(json(container).out), std::set<pid_t>{container.pid()});
}

TEST_F(Ps, OfAStoppedContainerIsEmpty) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  container.wait_exit();
  const Outcome outcome = json(container);
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "[]\n");
}

class PsTable : public Ps {
 protected:
  void SetUp() override {
    Ps::SetUp();
    if (!std::filesystem::exists("/usr/bin/ps") && !std::filesystem::exists("/bin/ps")) {
      GTEST_SKIP() << "needs ps(1) of the host";
    }
  }
};

TEST_F(PsTable, HasTheHeaderOfPsAndOneRowAProcess) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));

  const Outcome outcome = container.call({"ps", container.id()});
  EXPECT_TRUE(succeeded(outcome));
  const std::vector<std::string> lines = lines_of(outcome.out);
  ASSERT_EQ(lines.size(), 2U) << outcome;
  // procps starts with the user, busybox with the pid.
  EXPECT_TRUE(contains(lines[0], "PID ")) << lines[0];
  EXPECT_TRUE(contains(" " + lines[1], " " + std::to_string(container.pid()) + " ")) << lines[1];
  EXPECT_TRUE(lines[1].ends_with("/bin/sleep 100")) << lines[1];
}

TEST_F(PsTable, TakesWhatFollowsTheIdAsArgumentsOfPs) {
  family();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("ready\n"));
  ASSERT_TRUE(eventually([] { return descendants().size() == 3; }));

  const Outcome outcome = container.call({"ps", container.id(), "-e", "-o", "pid,args"});
  const std::vector<std::string> lines = lines_of(outcome.out);
  ASSERT_EQ(lines.size(), 4U) << outcome;
  EXPECT_TRUE(std::regex_match(lines[0], std::regex(" *PID +COMMAND"))) << lines[0];
}

TEST_F(PsTable, NeedsAColumnOfPids) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_TRUE(failed(container.call({"ps", container.id(), "-o", "args"}), "PID"));
}

// Engines call with PATH or without.
TEST_F(PsTable, NeedsNoPath) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  Command command = runtime_command(workspace(), {"ps", container.id()});
  command.env = {{"XDG_RUNTIME_DIR="}};
  EXPECT_EQ(lines_of(run(command).out).size(), 2U);
}

class MyrtPs : public PsTable {};

TEST_F(MyrtPs, SaysWhatIsWrongWithTheTable) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  const std::string id = container.id();
  ASSERT_TRUE(succeeded(container.run_detached()));
  expect_message(container.call({"ps", id, "-o", "args"}),
                 "ps " + id + ": want a column PID in the output of ps, got \"COMMAND\"");
  EXPECT_TRUE(failed(container.call({"ps", id, "--no-such-option"}),
                     "ps " + id + ": ps: exit status 1, output: "));
}

TEST_F(MyrtPs, PutsTheArrayOnOneLine) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_EQ(json(container).out, "[" + std::to_string(container.pid()) + "]\n");
}

// Nobody but the kernel's pid namespaces knows the processes of a container without cgroups.
TEST_F(MyrtPs, WithoutCgroupsKnowsThePidNamespace) {
  family().erase("/linux/resources");
  const std::string id = unique_name();
  ASSERT_TRUE(succeeded(
      call({"--cgroup-manager", "disabled", "run", "--detach", "--bundle", bundle_.path(), id})));
  EXPECT_TRUE(eventually([&] {
    return pids_of(call({"ps", "--format", "json", id}).out) == family_of_this_test() &&
           descendants().size() == 3;
  }));
  EXPECT_TRUE(succeeded(call({"delete", "--force", id})));
}

}  // namespace
}  // namespace myrt::test
