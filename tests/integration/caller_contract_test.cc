// What engines conclude from the answers of a runtime: whether it can do something at all, and that
// a command which succeeded has nothing to say.

#include <regex>

#include "support/fixture.h"

namespace myrt::test {
namespace {

class MyrtProbe : public RuntimeTest {};

// podman and CRI-O ask so whether containers can be checkpointed; exit status 0 would be a yes.
TEST_F(MyrtProbe, ForCheckpointIsAnsweredWithNo) {
  for (const char* command : {"checkpoint", "restore"}) {
    const Outcome outcome = call({command, "--help"});
    EXPECT_TRUE(failed(outcome, "unknown command")) << command;
    EXPECT_EQ(outcome.out, "");
  }
}

// podman takes a complaint about the missing value for a yes.
TEST_F(MyrtProbe, ForLabelsOfRestoredMountsIsAnsweredWithNo) {
  expect_message(call({"restore", "--lsm-mount-context"}),
                 "unknown command \"restore\" (see myrt --help)");
}

// dockerd looks for "version" on every line, and for "commit:" at the start of one.
TEST_F(MyrtProbe, ForTheVersionGetsItOnTheFirstLineAlone) {
  const Outcome outcome = call({"--version"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.err, "");
  std::vector<std::string> lines = lines_of(outcome.out);
  ASSERT_GE(lines.size(), 3U) << outcome;
  EXPECT_TRUE(std::regex_match(lines[0], std::regex(R"(myrt version \d+\.\d+\.\d+)"))) << lines[0];
  lines.erase(lines.begin());
  for (const std::string& line : lines) {
    EXPECT_TRUE(std::regex_match(line, std::regex(R"((commit|spec|libseccomp): \S+)"))) << line;
  }
}

class Silence : public RuntimeTest {
 protected:
  // Nothing on stdout and stderr, which engines take together as one answer.
  static void expect_silence(const Outcome& outcome) {
    EXPECT_TRUE(succeeded(outcome));
    EXPECT_EQ(outcome.out + outcome.err, "");
  }
};

TEST_F(Silence, IsTheAnswerOfCommandsThatSucceed) {
  // A hook that fails at the end is worth a warning, as is a capability that nobody knows.
  bundle_.set("/hooks/poststop", R"([{"path": "/bin/false"}])")
      .set("/process/capabilities/bounding/-", R"("CAP_OF_TOMORROW")")
      .args({"/bin/sleep", "100"});
  Container container(bundle_);
  const std::string id = container.id();
  ASSERT_TRUE(succeeded(container.create()));
  expect_silence(container.start());
  expect_silence(call({"pause", id}));
  expect_silence(call({"resume", id}));
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"state", id}, {"ps", "--format", "json", id}, {"list"}}) {
    EXPECT_EQ(call(words).err, "") << words.front();
  }
  expect_silence(container.kill("KILL"));
  container.wait_exit();
  expect_silence(container.call({"kill", "--all", id, "9"}));
  expect_silence(container.remove());
}

TEST_F(Silence, IsTheAnswerOfDeleteByForceHoweverOften) {
  bundle_.args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  expect_silence(container.remove({"--force"}));
  expect_silence(call({"delete", "--force", container.id()}));
  EXPECT_TRUE(failed(call({"delete", container.id()})));
}

TEST_F(Silence, IsTheAnswerOfKillAllHoweverOften) {
  bundle_.remove_namespace("pid").shell("sleep 100 & echo ready; wait");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("ready\n"));
  for (int time = 0; time < 3; ++time) {
    expect_silence(call({"kill", "--all", container.id(), "9"}));
  }
  container.wait_exit();
  EXPECT_TRUE(failed(call({"kill", container.id(), "9"})));
}

}  // namespace
}  // namespace myrt::test
