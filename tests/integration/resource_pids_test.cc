// linux.resources.pids.

#include "support/resources.h"

namespace myrt::test {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Pids, ResourceField,
    ::testing::Values(
        Field{
            "limit", R"({"pids": {"limit": 42}})", "pids", {{"pids.max: 42"}}, {{"pids.max: 42"}}},
        Field{"no_limit", R"({"pids": {"limit": -1}})", "pids", {{}}, {{}}}),
    field_name);

class ResourcePids : public ResourceTest {};

TEST_F(ResourcePids, LimitKeepsAProcessFromForking) {
  bundle_.set("/linux/resources/pids", R"({"limit": 3})")
      .shell("exec 2>&1; trap 'exec sleep 100' EXIT; sleep 100 & sleep 100 & sleep 100 &");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_TRUE(container.wait_for_output("can't fork"));
  EXPECT_EQ(counter_of(container.pid(), "pids", "pids.current"), 3U);
  EXPECT_GE(counter_of(container.pid(), "pids", "pids.events", "max "), 1U);
}

// The specification: 0 is a limit of no processes but the first (config-linux.md "PIDs").
TEST_F(ResourcePids, LimitOf0LetsTheContainerRunWithoutForking) {
  bundle_.set("/linux/resources/pids", R"({"limit": 0})").shell("echo runs; sleep 0; echo goes on");
  const Outcome outcome = Container(bundle_).run();
  EXPECT_EQ(outcome.out, "runs\n");
  EXPECT_TRUE(contains(outcome.err, "can't fork")) << outcome;
}

TEST_F(ResourcePids, LimitOf1IsEnoughWithTheNamespacesOfAnother) {
  Bundle pause(workspace(), "pause");
  pause.args({"/bin/sleep", "100"});
  Container other(pause);
  ASSERT_TRUE(succeeded(other.create()));
  const std::string directory = "/proc/" + std::to_string(other.pid()) + "/ns/";
  bundle_.set_namespace("ipc", directory + "ipc")
      .set_namespace("pid", directory + "pid")
      .set("/linux/resources/pids", R"({"limit": 1})")
      .shell("echo runs");
  EXPECT_EQ(Container(bundle_).run().out, "runs\n");
}

}  // namespace
}  // namespace myrt::test
