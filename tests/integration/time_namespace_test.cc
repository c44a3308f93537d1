// The namespace of type `time` and linux.timeOffsets (config-linux.md "Namespaces", "Offset for
// Time Namespace"; time_namespaces(7)).

#include <unistd.h>

#include <ctime>
#include <filesystem>

#include "support/fixture.h"
#include "support/ordinary_user.h"

namespace myrt::test {
namespace {

// A hundred million seconds, more than three years: the host has not been up for so long, nor does
// a test take a thousandth of it.
constexpr const char* kOffsets =
    R"({"monotonic": {"secs": 1000, "nanosecs": 5}, "boottime": {"secs": 100000000}})";
constexpr const char* kShownOffsets =
    "monotonic        1000         5\nboottime    100000000         0\n";

class TimeTest : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    if (!std::filesystem::exists("/proc/self/ns/time")) {
      GTEST_SKIP() << "needs time namespaces in the kernel";
    }
  }

  Bundle& with_offsets() {
    return bundle_.set_namespace("time").set("/linux/timeOffsets", kOffsets);
  }

  static std::string link_of(const std::string& process) {
    return std::filesystem::read_symlink("/proc/" + process + "/ns/time").string();
  }
};

class TimeNamespace : public TimeTest {};

TEST_F(TimeNamespace, IsNewWhenListedAndHasTheClocksOfTheHost) {
  bundle_.set_namespace("time").shell(
      "readlink /proc/self/ns/time; cat /proc/self/timens_offsets | tr -s ' '");
  const Outcome outcome = Container(bundle_).run();
  EXPECT_TRUE(succeeded(outcome));
  const std::vector<std::string> lines = lines_of(outcome.out);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_TRUE(lines[0].starts_with("time:["));
  EXPECT_NE(lines[0], link_of("self"));
  EXPECT_EQ(lines[1], "monotonic 0 0");
  EXPECT_EQ(lines[2], "boottime 0 0");
}

TEST_F(TimeNamespace, IsTheCallersWhenNotListed) {
  bundle_.shell("readlink /proc/self/ns/time");
  EXPECT_EQ(Container(bundle_).run().out, link_of("self") + "\n");
}

TEST_F(TimeNamespace, CanBeAnotherContainersByPath) {
  Bundle other(workspace(), "other");
  other.args({"/bin/sleep", "100"}).set_namespace("time").set("/linux/timeOffsets", kOffsets);
  Container owner(other);
  ASSERT_TRUE(succeeded(owner.run_detached()));
  const std::string process = std::to_string(owner.pid());

  bundle_.set_namespace("time", "/proc/" + process + "/ns/time")
      .shell("readlink /proc/self/ns/time; cat /proc/self/timens_offsets");
  EXPECT_EQ(Container(bundle_).run().out, link_of(process) + "\n" + kShownOffsets);
}

TEST_F(TimeNamespace, CanBeAnotherContainersByPathWithItsPidNamespace) {
  Bundle other(workspace(), "other");
  other.args({"/bin/sleep", "100"}).set_namespace("time").set("/linux/timeOffsets", kOffsets);
  Container owner(other);
  ASSERT_TRUE(succeeded(owner.run_detached()));
  const std::string directory = "/proc/" + std::to_string(owner.pid()) + "/ns/";

  bundle_.set_namespace("time", directory + "time")
      .set_namespace("pid", directory + "pid")
      .shell("cat /proc/self/timens_offsets");
  EXPECT_EQ(Container(bundle_).run().out, kShownOffsets);
}

class TimeOffsets : public TimeTest {};

TEST_F(TimeOffsets, AreThoseOfTheConfig) {
  with_offsets().shell("cat /proc/self/timens_offsets");
  const Outcome outcome = Container(bundle_).run();
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, kShownOffsets);
}

TEST_F(TimeOffsets, AreInTheClocksOfTheContainerAlone) {
  with_offsets().shell("cat /proc/uptime");
  const Outcome outcome = Container(bundle_).run();
  ASSERT_TRUE(succeeded(outcome));
  EXPECT_GE(std::stod(outcome.out), 1e8);
  EXPECT_LT(std::stod(read_value("/proc/uptime")), 1e8);
}

TEST_F(TimeOffsets, MayBeNegative) {
  // The monotonic clock of a host is never below this when a test runs.
  bundle_.set_namespace("time")
      .set("/linux/timeOffsets", R"({"monotonic": {"secs": -1, "nanosecs": 999999999}})")
      .shell("cat /proc/self/timens_offsets | tr -s ' '");
  EXPECT_EQ(Container(bundle_).run().out, "monotonic -1 999999999\nboottime 0 0\n");
}

TEST_F(TimeOffsets, AreSetInAUserNamespaceOfTheContainer) {
  with_offsets()
      .set_namespace("user")
      .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
      .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
      .shell("cat /proc/self/timens_offsets");
  const Outcome outcome = Container(bundle_).run();
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, kShownOffsets);
}

TEST_F(TimeOffsets, AreSetInAPidNamespaceThatIsJoined) {
  Bundle other(workspace(), "other");
  other.args({"/bin/sleep", "100"});
  Container owner(other);
  ASSERT_TRUE(succeeded(owner.run_detached()));

  with_offsets()
      .set_namespace("pid", "/proc/" + std::to_string(owner.pid()) + "/ns/pid")
      .shell("cat /proc/self/timens_offsets");
  EXPECT_EQ(Container(bundle_).run().out, kShownOffsets);
}

TEST_F(TimeOffsets, AreThoseOfAnExecutedProcessToo) {
  with_offsets().args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const Outcome outcome =
      container.call({"exec", container.id(), "/bin/cat", "/proc/self/timens_offsets"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, kShownOffsets);
}

TEST_F(TimeOffsets, NeedATimeNamespace) {
  bundle_.set("/linux/timeOffsets", kOffsets);
  EXPECT_TRUE(failed(Container(bundle_).run(), "time"));
}

TEST_F(TimeOffsets, AreNotForATimeNamespaceThatIsJoined) {
  with_offsets().set_namespace("time", "/proc/self/ns/time");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

using RootlessTime = OrdinaryUserTest;

TEST_F(RootlessTime, OffsetsAreSetInTheUsersOwnNamespaces) {
  if (!std::filesystem::exists("/proc/self/ns/time")) {
    GTEST_SKIP() << "needs time namespaces in the kernel";
  }
  bundle_.set_namespace("time").set("/linux/timeOffsets", kOffsets);
  EXPECT_EQ(output_of("cat /proc/self/timens_offsets"), kShownOffsets);
}

class MyrtTimeOffsets : public TimeTest {};

TEST_F(MyrtTimeOffsets, ThatTheKernelRefusesAreNamed) {
  bundle_.set_namespace("time").set("/linux/timeOffsets", R"({"boottime": {"secs": -1000000000}})");
  Container container(bundle_);
  expect_message(container.create(), "create " + container.id() +
                                         ": time offsets: write \"boottime -1000000000 0\\n\" to "
                                         "self/timens_offsets: Numerical result out of range");
}

TEST_F(MyrtTimeOffsets, AreNotLeftOutForAnUnknownClock) {
  bundle_.set_namespace("time").set("/linux/timeOffsets", R"({"realtime": {"secs": 1}})");
  EXPECT_TRUE(failed(Container(bundle_).run(),
                     "/linux/timeOffsets/realtime: want a clock of time namespaces (boottime, "
                     "monotonic) as key"));
}

}  // namespace
}  // namespace myrt::test
