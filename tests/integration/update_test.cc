// update: other limits for a container that exists, as the kernel's files show them. The same tests
// run on v1 and on v2.

#include <filesystem>
#include <ostream>

#include "support/fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class UpdateTest : public RuntimeTest {
 protected:
  Bundle& sleeper() { return bundle_.args({"/bin/sleep", "100"}); }

  static Outcome update(const Container& container, const std::vector<std::string>& options) {
    std::vector<std::string> words = {"update"};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(container.id());
    return container.call(words);
  }
  // As engines do it: JSON on stdin.
  Outcome update_by(const Container& container, const std::string& json,
                    const std::vector<std::string>& options = {"--resources", "-"}) const {
    std::vector<std::string> words = {"update"};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(container.id());
    Command command = runtime_command(workspace(), words);
    command.stdin_text = json;
    return run(command);
  }

  // What the file of v1 or of v2 says now.
  static std::string value(const Container& container, const char* controller, const char* v1_file,
                           const char* v2_file) {
    return read_value(cgroup_of(container.pid(), controller) / (cgroup_v2() ? v2_file : v1_file));
  }
  static std::string pids(const Container& container) {
    return value(container, "pids", "pids.max", "pids.max");
  }
  static std::string memory(const Container& container) {
    return value(container, "memory", "memory.limit_in_bytes", "memory.max");
  }
  // Memory and swap together on v1, swap alone on v2.
  static std::string swap(const Container& container) {
    return value(container, "memory", "memory.memsw.limit_in_bytes", "memory.swap.max");
  }
  // "QUOTA PERIOD"
  static std::string cpu(const Container& container) {
    const fs::path cgroup = cgroup_of(container.pid(), "cpu");
    return cgroup_v2() ? read_value(cgroup / "cpu.max")
                       : read_value(cgroup / "cpu.cfs_quota_us") + " " +
                             read_value(cgroup / "cpu.cfs_period_us");
  }
};

struct Change {
  const char* name;
  std::vector<std::string> options;
  const char* controller;
  const char* v1_file;
  const char* v1_value;
  const char* v2_file;
  const char* v2_value;

  friend std::ostream& operator<<(std::ostream& stream, const Change& change) {
    return stream << change.name;
  }
};

class UpdateLimit : public UpdateTest, public ::testing::WithParamInterface<Change> {};

TEST_P(UpdateLimit, IsInTheKernelsFile) {
  const Change& change = GetParam();
  if (!has_controller(change.controller)) {
    GTEST_SKIP() << "needs the cgroup controller " << change.controller;
  }
  sleeper().set("/linux/resources",
                R"({"memory": {"limit": 67108864, "swap": 100663296},
                    "cpu": {"shares": 2048, "quota": 20000, "period": 50000},
                    "pids": {"limit": 42}})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));

  const Outcome outcome = update(container, change.options);
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out + outcome.err, "");
  EXPECT_EQ(value(container, change.controller, change.v1_file, change.v2_file),
            cgroup_v2() ? change.v2_value : change.v1_value);
}

INSTANTIATE_TEST_SUITE_P(
    All, UpdateLimit,
    ::testing::Values(
        Change{"memory_with_a_unit",
               {"--memory", "64M"},
               "memory",
               "memory.limit_in_bytes",
               "67108864",
               "memory.max",
               "67108864"},
        Change{"memory",
               {"--memory=50331648"},
               "memory",
               "memory.limit_in_bytes",
               "50331648",
               "memory.max",
               "50331648"},
        Change{"unlimited_memory",
               {"--memory", "-1"},
               "memory",
               "memory.limit_in_bytes",
               "9223372036854771712",
               "memory.max",
               "max"},
        Change{"unlimited_memory_unlimits_swap",
               {"--memory", "-1"},
               "memory",
               "memory.memsw.limit_in_bytes",
               "9223372036854771712",
               "memory.swap.max",
               "max"},
        Change{"swap",
               {"--memory-swap", "134217728"},
               "memory",
               "memory.memsw.limit_in_bytes",
               "134217728",
               "memory.swap.max",
               "67108864"},
        Change{"unlimited_swap",
               {"--memory-swap=-1"},
               "memory",
               "memory.memsw.limit_in_bytes",
               "9223372036854771712",
               "memory.swap.max",
               "max"},
        Change{"reservation",
               {"--memory-reservation", "33554432"},
               "memory",
               "memory.soft_limit_in_bytes",
               "33554432",
               "memory.low",
               "33554432"},
        Change{"shares", {"--cpu-share", "512"}, "cpu", "cpu.shares", "512", "cpu.weight", "59"},
        Change{"quota",
               {"--cpu-quota", "30000"},
               "cpu",
               "cpu.cfs_quota_us",
               "30000",
               "cpu.max",
               "30000 50000"},
        Change{"no_quota",
               {"--cpu-quota=-1"},
               "cpu",
               "cpu.cfs_quota_us",
               "-1",
               "cpu.max",
               "max 50000"},
        Change{"period",
               {"--cpu-period", "100000"},
               "cpu",
               "cpu.cfs_period_us",
               "100000",
               "cpu.max",
               "20000 100000"},
        Change{"cpus", {"--cpuset-cpus", "0"}, "cpuset", "cpuset.cpus", "0", "cpuset.cpus", "0"},
        Change{"mems", {"--cpuset-mems", "0"}, "cpuset", "cpuset.mems", "0", "cpuset.mems", "0"},
        Change{"pids", {"--pids-limit", "7"}, "pids", "pids.max", "7", "pids.max", "7"},
        Change{
            "unlimited_pids", {"--pids-limit=-1"}, "pids", "pids.max", "max", "pids.max", "max"}),
    [](const auto& change) { return std::string(change.param.name); });

class Update : public UpdateTest {};

TEST_F(Update, RaisesAndLowersMemoryWithSwap) {
  sleeper().set("/linux/resources/memory", R"({"limit": 67108864, "swap": 67108864})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));

  EXPECT_TRUE(succeeded(update(container, {"--memory", "128M", "--memory-swap", "256M"})));
  EXPECT_EQ(memory(container), "134217728");
  EXPECT_EQ(swap(container), cgroup_v2() ? "134217728" : "268435456");
  EXPECT_TRUE(succeeded(update(container, {"--memory", "32M", "--memory-swap", "32M"})));
  EXPECT_EQ(memory(container), "33554432");
  EXPECT_EQ(swap(container), cgroup_v2() ? "0" : "33554432");
}

TEST_F(Update, TakesTheOtherOfQuotaAndPeriodFromTheUpdateBefore) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));

  EXPECT_TRUE(succeeded(update(container, {"--cpu-quota", "30000"})));
  EXPECT_EQ(cpu(container), "30000 100000");
  EXPECT_TRUE(succeeded(update(container, {"--cpu-period", "50000"})));
  EXPECT_EQ(cpu(container), "30000 50000");
  EXPECT_TRUE(succeeded(update(container, {"--cpu-quota", "10000"})));
  EXPECT_EQ(cpu(container), "10000 50000");
}

TEST_F(Update, ReadsJsonFromAFileOrStdin) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const fs::path file = workspace() / "resources.json";
  write_file(file, R"({"pids": {"limit": 11}})");

  EXPECT_TRUE(succeeded(update(container, {"--resources=" + file.string()})));
  EXPECT_EQ(pids(container), "11");
  EXPECT_TRUE(succeeded(update_by(container, R"({"pids": {"limit": 12}})", {"--resources", "-"})));
  EXPECT_EQ(pids(container), "12");
  EXPECT_TRUE(succeeded(update_by(container, R"({"pids": {"limit": 13}})", {"--resources=-"})));
  EXPECT_EQ(pids(container), "13");
  EXPECT_TRUE(succeeded(update_by(container, R"({"pids": {"limit": 14}})", {"-r", "-"})));
  EXPECT_EQ(pids(container), "14");
}

// What dockerd sends for `docker update --memory 100m --cpus 0.5`.
TEST_F(Update, TakesZeroForLeaveAsItIs) {
  sleeper().set("/linux/resources", R"({"cpu": {"shares": 2048}, "pids": {"limit": 42}})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));

  EXPECT_TRUE(succeeded(update_by(
      container,
      R"({"memory":{"limit":104857600,"reservation":0,"swap":104857600,"kernel":0},)"
      R"("cpu":{"shares":0,"quota":50000,"period":100000},"blockIO":{"weight":0},"pids":{"limit":0}})")));
  EXPECT_EQ(memory(container), "104857600");
  EXPECT_EQ(cpu(container), "50000 100000");
  EXPECT_EQ(value(container, "cpu", "cpu.shares", "cpu.weight"), cgroup_v2() ? "174" : "2048");
  EXPECT_EQ(pids(container), "42");
}

// containerd's CRI plugin denies all devices in every update, and does not mean it.
TEST_F(Update, LeavesDevicesAlone) {
  bundle_.shell("while [ ! -e /go ]; do sleep 0.02; done; echo x >/dev/null && echo allowed");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));

  EXPECT_TRUE(succeeded(update_by(
      container, R"({"devices": [{"allow": false, "access": "rwm"}], "pids": {"limit": 50}})")));
  EXPECT_EQ(pids(container), "50");
  write_file(bundle_.rootfs() / "go", "");
  container.wait_exit();
  EXPECT_EQ(container.out(), "allowed\n");
}

TEST_F(Update, IsForCreatedAndPausedContainersToo) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_TRUE(succeeded(update(container, {"--pids-limit", "11"})));
  EXPECT_EQ(pids(container), "11");
  ASSERT_TRUE(succeeded(container.start()));
  ASSERT_TRUE(succeeded(container.call({"pause", container.id()})));
  EXPECT_TRUE(succeeded(update(container, {"--pids-limit", "12"})));
  EXPECT_EQ(pids(container), "12");
  EXPECT_EQ(container.status(), "paused");
}

TEST_F(Update, OfNothingChangesNothing) {
  sleeper().set("/linux/resources/pids", R"({"limit": 42})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_TRUE(succeeded(update(container, {})));
  EXPECT_TRUE(succeeded(update_by(container, "{}")));
  EXPECT_EQ(pids(container), "42");
}

TEST_F(Update, NeedsAContainerThatLives) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  container.wait_exit();
  EXPECT_TRUE(failed(update(container, {"--pids-limit", "11"}), "container not running"));
}

// The limits of several controllers are one change.
TEST_F(Update, ThatFailsHalfwayChangesNothing) {
  sleeper().set("/linux/resources",
                R"({"cpu": {"shares": 2048, "quota": 20000}, "pids": {"limit": 42},
                    "memory": {"limit": 67108864, "swap": 100663296}})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const auto all = [&] {
    return std::vector<std::string>{pids(container), memory(container), swap(container),
                                    cpu(container),
                                    value(container, "cpu", "cpu.shares", "cpu.weight")};
  };
  const std::vector<std::string> before = all();

  // The last of them is one that the kernel refuses.
  const char* const wrong =
      cgroup_v2() ? R"("unified": {"pids.max": "many"})" : R"("blockIO": {"throttleReadBpsDevice":
                                       [{"major": 4095, "minor": 4095, "rate": 1}]})";
  EXPECT_TRUE(failed(update_by(
      container, std::string(R"({"cpu": {"shares": 512, "quota": 30000}, "pids": {"limit": 7},
                                 "memory": {"limit": 134217728, "swap": 268435456}, )") +
                     wrong + "}")));
  EXPECT_EQ(all(), before);

  // Nor is it remembered.
  EXPECT_TRUE(succeeded(update(container, {"--cpu-period", "50000"})));
  EXPECT_EQ(cpu(container), "20000 50000");
}

TEST_F(Update, RefusesValuesThatAreNone) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_TRUE(failed(update(container, {"--memory", "much"})));
  EXPECT_TRUE(failed(update(container, {"--cpu-share", "-1"})));
  EXPECT_TRUE(failed(update(container, {"--cpuset-cpus", "4000"})));
  EXPECT_TRUE(failed(update(container, {"--resources", "/no/such/file"}), "no such file"));
  EXPECT_TRUE(failed(update_by(container, "{")));
}

class MyrtUpdate : public UpdateTest {};

TEST_F(MyrtUpdate, MakesAGroupIdleAndGivesItsSharesBack) {
  sleeper().set("/linux/resources/cpu", R"({"shares": 512})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  if (value(container, "cpu", "cpu.idle", "cpu.idle").empty()) {
    GTEST_SKIP() << "needs a kernel with cpu.idle";
  }
  EXPECT_TRUE(succeeded(update(container, {"--cpu-idle", "1"})));
  EXPECT_EQ(value(container, "cpu", "cpu.idle", "cpu.idle"), "1");
  EXPECT_TRUE(succeeded(update(container, {"--cpu-idle", "0"})));
  EXPECT_EQ(value(container, "cpu", "cpu.idle", "cpu.idle"), "0");
  EXPECT_EQ(value(container, "cpu", "cpu.shares", "cpu.weight"), cgroup_v2() ? "59" : "512");
}

TEST_F(MyrtUpdate, GivesTheSharesBackWhenAnotherLimitIsRefused) {
  sleeper().set("/linux/resources/cpu", R"({"shares": 512})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  if (value(container, "cpu", "cpu.idle", "cpu.idle").empty()) {
    GTEST_SKIP() << "needs a kernel with cpu.idle";
  }
  // A quota below a millisecond is refused by the kernel.
  EXPECT_TRUE(failed(update(container, {"--cpu-idle", "1", "--cpu-quota", "10"})));
  EXPECT_EQ(value(container, "cpu", "cpu.idle", "cpu.idle"), "0");
  EXPECT_EQ(value(container, "cpu", "cpu.shares", "cpu.weight"), cgroup_v2() ? "59" : "512");
}

}  // namespace
}  // namespace myrt::test
