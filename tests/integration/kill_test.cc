// kill: which signals, in which states, to which processes (runtime.md "Kill").

#include <signal.h>

#include "support/fixture.h"

namespace myrt::test {
namespace {

class Kill : public RuntimeTest {
 protected:
  // Says `ready`, then `got NAME` with exit status 7 for each of these signals.
  Bundle& trapper() {
    return bundle_.shell(
        "for name in TERM USR1 HUP WINCH; do trap \"echo got $name; exit 7\" $name; done;"
        "echo ready; while :; do sleep 0.02; done");
  }
};

struct Spelling {
  const char* text;
  const char* arrives_as;

  friend std::ostream& operator<<(std::ostream& stream, const Spelling& spelling) {
    return stream << spelling.text;
  }
};

class KillSpelling : public Kill, public ::testing::WithParamInterface<Spelling> {};

TEST_P(KillSpelling, NamesASignal) {
  trapper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("ready\n"));

  EXPECT_TRUE(succeeded(container.kill(GetParam().text)));
  EXPECT_EQ(container.wait_exit().exit_code, 7);
  EXPECT_EQ(container.out(), std::string("ready\ngot ") + GetParam().arrives_as + "\n");
}

INSTANTIATE_TEST_SUITE_P(All, KillSpelling,
                         ::testing::Values(Spelling{"USR1", "USR1"}, Spelling{"SIGUSR1", "USR1"},
                                           Spelling{"10", "USR1"}, Spelling{"hup", "HUP"},
                                           Spelling{"sigwinch", "WINCH"}),
                         [](const auto& spelling) { return std::string(spelling.param.text); });

TEST_F(Kill, SendsTermByDefault) {
  trapper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("ready\n"));

  EXPECT_TRUE(succeeded(container.call({"kill", container.id()})));
  container.wait_exit();
  EXPECT_EQ(container.out(), "ready\ngot TERM\n");
}

TEST_F(Kill, RefusesUnknownSignals) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));

  EXPECT_TRUE(failed(container.kill("BOGUS"), "BOGUS"));
  EXPECT_TRUE(failed(container.kill("65")));
  EXPECT_TRUE(failed(container.kill("-1")));
  EXPECT_TRUE(failed(container.kill("9x"), "9x"));
  EXPECT_EQ(container.status(), "running");
}

TEST_F(Kill, ReachesACreatedContainer) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));

  EXPECT_TRUE(succeeded(container.kill("KILL")));
  EXPECT_EQ(container.wait_exit().signal, SIGKILL);
  EXPECT_EQ(container.status(), "stopped");
}

TEST_F(Kill, FailsForAStoppedContainer) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  container.wait_exit();

  EXPECT_TRUE(failed(container.kill("KILL"), "not running"));
}

TEST_F(Kill, AllReachesEveryProcessOfTheContainer) {
  bundle_.remove_namespace("pid").shell("sleep 100 & sleep 100 & echo ready; wait");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("ready\n"));
  ASSERT_TRUE(eventually([] { return descendants().size() == 3; }));

  EXPECT_TRUE(succeeded(container.call({"kill", "--all", container.id(), "KILL"})));
  EXPECT_EQ(container.wait_exit().signal, SIGKILL);
  EXPECT_TRUE(eventually([] { return descendants().empty(); }));
}

TEST_F(Kill, AllSendsOtherSignalsToEveryProcess) {
  bundle_.remove_namespace("pid").shell(
      "member() { trap \"echo $1; exit 0\" USR1; echo ready; while :; do sleep 0.02; done; }; "
      "member child & member parent");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("ready\nready\n"));

  EXPECT_TRUE(succeeded(container.call({"kill", "--all", container.id(), "USR1"})));
  container.wait_exit();
  EXPECT_TRUE(container.wait_for_output("child\n"));
  EXPECT_TRUE(container.wait_for_output("parent\n"));
}

// Engines send it after every exit of a container that shares its pid namespace.
TEST_F(Kill, AllSucceedsWhenNothingIsLeft) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  container.wait_exit();

  EXPECT_TRUE(succeeded(container.call({"kill", "--all", container.id(), "9"})));
}

TEST_F(Kill, AllTakesWhatOutlivedTheFirstProcess) {
  bundle_.remove_namespace("pid").shell("sleep 100 & echo ready");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_EQ(container.wait_exit().exit_code, 0);
  ASSERT_EQ(descendants().size(), 1U);

  EXPECT_TRUE(succeeded(container.call({"kill", "--all", container.id(), "9"})));
  EXPECT_TRUE(eventually([] { return descendants().empty(); }));
}

// The kernel kills the rest of a pid namespace with its first process; without one the runtime has
// to.
TEST_F(Kill, TakesTheChildrenDownWithoutAPidNamespace) {
  bundle_.remove_namespace("pid").shell("sleep 100 & echo ready; wait");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("ready\n"));

  EXPECT_TRUE(succeeded(container.kill("9")));
  EXPECT_EQ(container.wait_exit().signal, SIGKILL);
  EXPECT_TRUE(eventually([] { return descendants().empty(); }));
}

TEST_F(Kill, TheEndOfTheFirstProcessEndsThePidNamespace) {
  bundle_.shell("sleep 100 & echo ready; sleep 100");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("ready\n"));

  container.kill_process();
  container.wait_exit();
  EXPECT_TRUE(eventually([] { return descendants().empty(); }));
}

// Deleting takes down what a container without a pid namespace left in its cgroup.
TEST_F(Kill, DeleteTakesLeftoversOfAStoppedContainer) {
  bundle_.remove_namespace("pid").shell("sleep 100 & echo ready");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  container.wait_exit();

  EXPECT_TRUE(succeeded(container.remove()));
  EXPECT_TRUE(eventually([] { return descendants().empty(); }));
}

TEST_F(Kill, WithSignal0AsksOnlyWhetherTheProcessIsThere) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));

  EXPECT_TRUE(succeeded(container.kill("0")));
  EXPECT_EQ(container.status(), "running");

  container.kill_process();
  container.wait_exit();
  EXPECT_TRUE(failed(container.kill("0")));
}

}  // namespace
}  // namespace myrt::test
