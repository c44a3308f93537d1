// What is left when the runtime itself is killed in the middle: `delete --force` must clean it all.
// The fixture checks that nothing is left: no state, no cgroup, no process.

#include <unistd.h>

#include "support/fixture.h"

namespace myrt::test {
namespace {

class MyrtCrash : public RuntimeTest {
 protected:
  MyrtCrash() { bundle_.args({"/bin/sleep", "100"}); }

  // Starts the command and kills it `delay_us` microseconds later.
  static void kill_after(const Command& command, int delay_us) {
    const Process running(command);
    ::usleep(static_cast<unsigned>(delay_us));
  }

  void expect_forced_delete(Container& container, int delay_us) {
    EXPECT_TRUE(succeeded(container.remove({"--force"}))) << "killed after " << delay_us << " us";
    EXPECT_EQ(container.state(), "");
    reap_all();
    EXPECT_TRUE(eventually([] { return descendants().empty(); }))
        << "killed after " << delay_us << " us";
  }
};

constexpr int kLastUs = 9'000;
constexpr int kStepUs = 450;

TEST_F(MyrtCrash, InRunIsCleanedUp) {
  for (int delay = 0; delay < kLastUs; delay += kStepUs) {
    Container container(bundle_);
    kill_after(container.run_command(), delay);
    expect_forced_delete(container, delay);
  }
}

TEST_F(MyrtCrash, InStartIsCleanedUp) {
  for (int delay = 0; delay < kLastUs; delay += kStepUs) {
    Container container(bundle_);
    ASSERT_TRUE(succeeded(container.create()));
    kill_after(runtime_command(workspace(), {"start", container.id()}), delay);
    expect_forced_delete(container, delay);
  }
}

TEST_F(MyrtCrash, InDeleteIsCleanedUp) {
  for (int delay = 0; delay < kLastUs; delay += kStepUs) {
    Container container(bundle_);
    ASSERT_TRUE(succeeded(container.run_detached()));
    kill_after(runtime_command(workspace(), {"delete", "--force", container.id()}), delay);
    expect_forced_delete(container, delay);
  }
}

TEST_F(MyrtCrash, InUserNamespacesIsCleanedUp) {
  bundle_.set_namespace("user")
      .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
      .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])");
  for (int delay = 0; delay < kLastUs; delay += kStepUs) {
    Container container(bundle_);
    kill_after(container.create_command(), delay);
    expect_forced_delete(container, delay);
  }
}

// An engine may use the id again at once.
TEST_F(MyrtCrash, LeavesTheIdUsableAfterCleaningUp) {
  const std::string id = unique_name();
  for (int delay = 0; delay < kLastUs; delay += kStepUs) {
    Container container(bundle_, id);
    kill_after(container.create_command(), delay);
    expect_forced_delete(container, delay);
  }
  Container container(bundle_, id);
  EXPECT_TRUE(succeeded(container.create()));
}

}  // namespace
}  // namespace myrt::test
