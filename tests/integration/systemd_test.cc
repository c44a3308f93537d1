// Containers whose cgroups systemd manages: the scope, its limits, and that nothing of it stays
// behind. Where no systemd runs, the tests start one of their own (support/systemd.h).

#include <filesystem>
#include <ostream>

#include "support/resources.h"
#include "support/systemd_fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class SystemdScope : public SystemdTest {};

TEST_F(SystemdScope, HasTheNameAndTheSliceOfTheConfig) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  EXPECT_EQ(show(container, "ActiveState"), "active");
  EXPECT_EQ(show(container, "Slice"), "user.slice");
  EXPECT_EQ(show(container, "Delegate"), "yes");
  EXPECT_EQ(show(container, "ControlGroup"), systemd().cgroup() + "/user.slice/" + unit(container));
}

TEST_F(SystemdScope, HoldsTheProcessInEveryHierarchy) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  const std::string path = systemd().cgroup() + "/user.slice/" + unit(container);
  for (const char* controller : {"memory", "cpu", "pids", "cpuset", "devices", "freezer"}) {
    if (has_controller(controller)) {
      // Some runtimes make a cgroup of their own below the scope's.
      EXPECT_TRUE(
          contains(cgroup_of(container.pid(), controller), cgroup_root(controller).string() + path))
          << cgroup_of(container.pid(), controller);
    }
  }
}

TEST_F(SystemdScope, IsInASliceBelowOthers) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container, "myrtit-pods.slice")));
  EXPECT_EQ(show(container, "ControlGroup"),
            systemd().cgroup() + "/myrtit.slice/myrtit-pods.slice/" + unit(container));
  ASSERT_TRUE(succeeded(container.remove({"--force"})));
  EXPECT_TRUE(succeeded(systemd().ctl({"stop", "myrtit-pods.slice", "myrtit.slice"})));
}

TEST_F(SystemdScope, IsGoneAfterDelete) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  const fs::path cgroup = cgroup_of(container.pid(), "pids");
  ASSERT_TRUE(succeeded(container.start()));
  ASSERT_TRUE(succeeded(container.remove({"--force"})));
  EXPECT_FALSE(fs::exists(cgroup));
  EXPECT_TRUE(eventually([&] { return !systemd().is_loaded(unit(container)); }));
}

TEST_F(SystemdScope, EndsWithItsProcess) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  ASSERT_TRUE(succeeded(container.start()));
  container.kill_process();
  container.wait_exit();
  EXPECT_TRUE(eventually([&] { return show(container, "ActiveState") == "inactive"; }));
}

TEST_F(SystemdScope, IsWhereExecPutsProcesses) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  ASSERT_TRUE(succeeded(container.start()));
  ASSERT_TRUE(succeeded(container.call(
      {"exec", container.id(), "/bin/sh", "-c", "cat /proc/self/cgroup >/tmp/of_exec"})));
  // What a process sees of a cgroup namespace is relative to its root: the same as the first one's.
  EXPECT_TRUE(contains(read_file(bundle_.rootfs() / "tmp/of_exec"), ":/\n"));
  EXPECT_FALSE(contains(read_file(bundle_.rootfs() / "tmp/of_exec"), "/.."));
}

TEST_F(SystemdScope, CanBePaused) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  ASSERT_TRUE(succeeded(container.start()));
  EXPECT_TRUE(succeeded(container.call({"pause", container.id()})));
  EXPECT_EQ(container.status(), "paused");
  EXPECT_TRUE(succeeded(container.call({"resume", container.id()})));
  EXPECT_EQ(container.status(), "running");
}

TEST_F(SystemdScope, KeepsDevicesAway) {
  bundle_.capabilities({"CAP_MKNOD"})
      .set("/linux/resources/devices", R"([{"allow": false, "access": "rwm"}])")
      .shell("mknod /dev/own b 7 250; cat /dev/own; echo text >/dev/null && echo null");
  Container container(bundle_);
  const Outcome outcome = run_in_scope(container);
  EXPECT_TRUE(contains(outcome.err, "Operation not permitted")) << outcome;
  EXPECT_EQ(outcome.out, "null\n");
}

TEST_F(SystemdScope, HoldsWhatRunsInTheForeground) {
  bundle_.shell("echo inside; exit 3");
  Container container(bundle_);
  const Outcome outcome = run_in_scope(container);
  EXPECT_EQ(outcome.exit_code, 3) << outcome;
  EXPECT_EQ(outcome.out, "inside\n");
  EXPECT_TRUE(eventually([&] { return !systemd().is_loaded(unit(container)); }));
}

TEST_F(SystemdScope, HoldsAContainerWithAUserNamespace) {
  bundle_.set_namespace("user")
      .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
      .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
      .shell("echo inside");
  Container container(bundle_);
  const Outcome outcome = run_in_scope(container);
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "inside\n");
}

// One limit: the field of config.json, the unit's property and the kernel's file; "V1|V2" where the
// versions differ.
struct Limit {
  const char* name;
  const char* pointer;
  const char* resource;
  const char* property;  // empty: this version has none
  const char* shown;
  const char* controller;
  const char* file;
  const char* content;

  friend std::ostream& operator<<(std::ostream& stream, const Limit& limit) {
    return stream << limit.name;
  }
};

class SystemdLimit : public SystemdTest, public ::testing::WithParamInterface<Limit> {};

TEST_P(SystemdLimit, IsAPropertyAndInTheKernelsFile) {
  const Limit& limit = GetParam();
  bundle_.set(limit.pointer, limit.resource);
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  const std::string property = choice(limit.property);
  if (!property.empty()) {
    EXPECT_EQ(show(container, property), choice(limit.shown));
  }
  EXPECT_EQ(value(container, limit.controller, limit.file), choice(limit.content));
  // systemd writes what it knows of again.
  EXPECT_TRUE(succeeded(systemd().ctl({"daemon-reload"})));
  EXPECT_EQ(value(container, limit.controller, limit.file), choice(limit.content));
}

INSTANTIATE_TEST_SUITE_P(
    All, SystemdLimit,
    ::testing::Values(Limit{"memory", "/linux/resources/memory", R"({"limit": 67108864})",
                            "MemoryLimit|MemoryMax", "67108864", "memory",
                            "memory.limit_in_bytes|memory.max", "67108864"},
                      Limit{"reservation", "/linux/resources/memory",
                            R"({"reservation": 33554432})", "|MemoryLow", "33554432", "memory",
                            "memory.soft_limit_in_bytes|memory.low", "33554432"},
                      Limit{"shares", "/linux/resources/cpu", R"({"shares": 512})",
                            "CPUShares|CPUWeight", "512|59", "cpu", "cpu.shares|cpu.weight",
                            "512|59"},
                      Limit{"quota", "/linux/resources/cpu",
                            R"({"quota": 50000, "period": 200000})", "CPUQuotaPerSecUSec", "250ms",
                            "cpu", "cpu.cfs_quota_us|cpu.max", "50000|50000 200000"},
                      Limit{"period", "/linux/resources/cpu",
                            R"({"quota": 50000, "period": 200000})", "CPUQuotaPeriodUSec", "200ms",
                            "cpu", "cpu.cfs_period_us|cpu.max", "200000|50000 200000"},
                      Limit{"cpus", "/linux/resources/cpu", R"({"cpus": "0"})", "|AllowedCPUs", "0",
                            "cpuset", "cpuset.cpus", "0"},
                      Limit{"mems", "/linux/resources/cpu", R"({"mems": "0"})",
                            "|AllowedMemoryNodes", "0", "cpuset", "cpuset.mems", "0"},
                      Limit{"swap", "/linux/resources/memory",
                            R"({"limit": 67108864, "swap": 100663296})", "|MemorySwapMax",
                            "33554432", "memory", "memory.memsw.limit_in_bytes|memory.swap.max",
                            "100663296|33554432"},
                      Limit{"pids", "/linux/resources/pids", R"({"limit": 42})", "TasksMax", "42",
                            "pids", "pids.max", "42"}),
    [](const auto& test) { return std::string(test.param.name); });

class SystemdDisk : public SystemdTest {
 protected:
  void SetUp() override {
    SystemdTest::SetUp();
    if (!IsSkipped() && (!cgroup_v2() || some_disk().empty())) {
      GTEST_SKIP() << "needs cgroup v2 and a disk";
    }
  }
  // The limit of some_disk() that the unit shows.
  static std::string limit(const std::string& value) {
    return with_disk("/dev/block/MAJOR:MINOR " + value);
  }
};

TEST_F(SystemdDisk, HasItsRatesAsProperties) {
  bundle_.set("/linux/resources/blockIO", with_disk(R"({
      "throttleReadBpsDevice": [{"major": MAJOR, "minor": MINOR, "rate": 1048576}],
      "throttleWriteBpsDevice": [{"major": MAJOR, "minor": MINOR, "rate": 2097152}],
      "throttleReadIOPSDevice": [{"major": MAJOR, "minor": MINOR, "rate": 300}],
      "throttleWriteIOPSDevice": [{"major": MAJOR, "minor": MINOR, "rate": 400}]})"));
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  EXPECT_EQ(show(container, "IOReadBandwidthMax"), limit("1048576"));
  EXPECT_EQ(show(container, "IOWriteBandwidthMax"), limit("2097152"));
  EXPECT_EQ(show(container, "IOReadIOPSMax"), limit("300"));
  EXPECT_EQ(show(container, "IOWriteIOPSMax"), limit("400"));
}

TEST_F(SystemdDisk, HasItsWeightAsAProperty) {
  bundle_.set("/linux/resources/blockIO", R"({"weight": 100})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  EXPECT_EQ(show(container, "IOWeight"), "910");
}

class SystemdUnified : public SystemdTest {};

TEST_F(SystemdUnified, HasAPropertyForAFileThatSystemdKnows) {
  if (!cgroup_v2()) {
    GTEST_SKIP() << "needs cgroup v2";
  }
  bundle_.set("/linux/resources/unified", R"({"memory.high": "50331648"})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  EXPECT_EQ(show(container, "MemoryHigh"), "50331648");
}

TEST_F(SystemdScope, ListsTheDevicesThatTheRulesAllow) {
  bundle_.set("/linux/resources/devices",
              R"([{"allow": false, "access": "rwm"},
                  {"allow": true, "type": "c", "major": 10, "minor": 229, "access": "rw"}])");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  EXPECT_EQ(show(container, "DevicePolicy"), "strict");
  EXPECT_TRUE(contains(show(container, "DeviceAllow"), "/dev/char/10:229 rw"));
}

class SystemdUpdate : public SystemdTest {};

TEST_F(SystemdUpdate, ChangesTheUnitAndTheKernelsFiles) {
  bundle_.set("/linux/resources/pids", R"({"limit": 42})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  ASSERT_TRUE(succeeded(container.call({"update", "--pids-limit", "50", "--cpu-quota", "30000",
                                        "--memory", "67108864", container.id()})));
  EXPECT_EQ(show(container, "TasksMax"), "50");
  EXPECT_EQ(show(container, "CPUQuotaPerSecUSec"), "300ms");
  EXPECT_EQ(show(container, choice("MemoryLimit|MemoryMax")), "67108864");
  EXPECT_TRUE(succeeded(systemd().ctl({"daemon-reload"})));
  EXPECT_EQ(value(container, "pids", "pids.max"), "50");
  EXPECT_EQ(value(container, "memory", "memory.limit_in_bytes|memory.max"), "67108864");
}

class SystemdAnnotation : public SystemdTest {};

TEST_F(SystemdAnnotation, IsAProperty) {
  bundle_.set("/annotations", R"({"org.systemd.property.TimeoutStopUSec": "uint64 7000000",
                                  "org.systemd.property.CollectMode": "'inactive-or-failed'"})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  EXPECT_EQ(show(container, "TimeoutStopUSec"), "7s");
  EXPECT_EQ(show(container, "CollectMode"), "inactive-or-failed");
}

TEST_F(SystemdAnnotation, MayGiveATimeInSeconds) {
  bundle_.set("/annotations", R"({"org.systemd.property.TimeoutStopSec": "7"})");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(create(container)));
  EXPECT_EQ(show(container, "TimeoutStopUSec"), "7s");
}

}  // namespace
}  // namespace myrt::test
