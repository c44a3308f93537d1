// linux.cgroupsPath and linux.resources, as the kernel's files show them (config-linux.md "Control
// groups"). The same tests run on v1 and on v2; each limit names the file of both.

#include "support/cgroups.h"

#include <sys/stat.h>

#include <filesystem>
#include <ostream>

#include "support/fixture.h"
#include "support/mountinfo.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class CgroupsTest : public RuntimeTest {
 protected:
  Bundle& sleeper() { return bundle_.args({"/bin/sleep", "100"}); }

  std::string output_of(const std::string& script) {
    bundle_.shell(script);
    const Outcome outcome = Container(bundle_).run();
    EXPECT_TRUE(succeeded(outcome));
    return outcome.out;
  }
};

struct Limit {
  const char* name;
  const char* resources;  // JSON for /linux/resources
  const char* controller;
  const char* v1_file;
  const char* v1_value;
  const char* v2_file;
  const char* v2_value;

  friend std::ostream& operator<<(std::ostream& stream, const Limit& limit) {
    return stream << limit.name;
  }
};

class CgroupLimit : public CgroupsTest, public ::testing::WithParamInterface<Limit> {};

TEST_P(CgroupLimit, IsInTheKernelsFile) {
  const Limit& limit = GetParam();
  if (!has_controller(limit.controller)) {
    GTEST_SKIP() << "needs the cgroup controller " << limit.controller;
  }
  sleeper().set("/linux/resources", limit.resources);
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));

  const fs::path cgroup = cgroup_of(container.pid(), limit.controller);
  const char* file = cgroup_v2() ? limit.v2_file : limit.v1_file;
  ASSERT_TRUE(fs::exists(cgroup / file)) << cgroup / file;
  EXPECT_EQ(read_value(cgroup / file), cgroup_v2() ? limit.v2_value : limit.v1_value);
}

// Numbers of v1 are the config's own. v2: swap is memory plus swap in the config and swap alone in
// the kernel; shares become a weight by the formula of runc 1.3 and crun 1.28, in which 1024 is
// 100, the default of both.
INSTANTIATE_TEST_SUITE_P(
    All, CgroupLimit,
    ::testing::Values(
        Limit{"memory", R"({"memory": {"limit": 67108864}})", "memory", "memory.limit_in_bytes",
              "67108864", "memory.max", "67108864"},
        Limit{"unlimited_memory", R"({"memory": {"limit": -1}})", "memory", "memory.limit_in_bytes",
              "9223372036854771712", "memory.max", "max"},
        Limit{"memory_zero_is_unset", R"({"memory": {"limit": 0}})", "memory",
              "memory.limit_in_bytes", "9223372036854771712", "memory.max", "max"},
        Limit{"reservation", R"({"memory": {"reservation": 33554432}})", "memory",
              "memory.soft_limit_in_bytes", "33554432", "memory.low", "33554432"},
        Limit{"swap", R"({"memory": {"limit": 67108864, "swap": 100663296}})", "memory",
              "memory.memsw.limit_in_bytes", "100663296", "memory.swap.max", "33554432"},
        Limit{"no_swap", R"({"memory": {"limit": 67108864, "swap": 67108864}})", "memory",
              "memory.memsw.limit_in_bytes", "67108864", "memory.swap.max", "0"},
        Limit{"shares", R"({"cpu": {"shares": 512}})", "cpu", "cpu.shares", "512", "cpu.weight",
              "59"},
        Limit{"default_shares", R"({"cpu": {"shares": 1024}})", "cpu", "cpu.shares", "1024",
              "cpu.weight", "100"},
        Limit{"quota", R"({"cpu": {"quota": 40000, "period": 100000}})", "cpu", "cpu.cfs_quota_us",
              "40000", "cpu.max", "40000 100000"},
        Limit{"period", R"({"cpu": {"quota": 20000, "period": 50000}})", "cpu", "cpu.cfs_period_us",
              "50000", "cpu.max", "20000 50000"},
        Limit{"no_quota", R"({"cpu": {"quota": -1}})", "cpu", "cpu.cfs_quota_us", "-1", "cpu.max",
              "max 100000"},
        Limit{"cpus", R"({"cpu": {"cpus": "0"}})", "cpuset", "cpuset.cpus", "0", "cpuset.cpus",
              "0"},
        Limit{"mems", R"({"cpu": {"mems": "0"}})", "cpuset", "cpuset.mems", "0", "cpuset.mems",
              "0"},
        Limit{"pids", R"({"pids": {"limit": 42}})", "pids", "pids.max", "42", "pids.max", "42"},
        Limit{"unlimited_pids", R"({"pids": {"limit": -1}})", "pids", "pids.max", "max", "pids.max",
              "max"}),
    [](const auto& limit) { return std::string(limit.param.name); });

class Cgroup : public CgroupsTest {};

TEST_F(Cgroup, HoldsTheProcessBeforeItRunsAndIsGoneAfterDelete) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  for (const char* controller : {"memory", "cpu", "pids", "cpuset", "devices", "freezer"}) {
    if (!has_controller(controller)) {
      continue;
    }
    const fs::path cgroup = cgroup_of(container.pid(), controller);
    EXPECT_TRUE(contains(cgroup, container.id())) << cgroup;
    EXPECT_EQ(read_value(cgroup / "cgroup.procs"), std::to_string(container.pid()));
  }
  const fs::path cgroup = cgroup_of(container.pid(), "pids");
  ASSERT_TRUE(succeeded(container.remove()));
  EXPECT_FALSE(fs::exists(cgroup));
}

TEST_F(Cgroup, IsAtThePathOfTheConfig) {
  const std::string name = "/" + unique_name();
  const std::string path = name + "/one/two";
  const HostCgroup top(name);
  sleeper().set("/linux/cgroupsPath", json_quote(path));
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_EQ(cgroup_of(container.pid(), "memory"), cgroup_root("memory").string() + path);
  EXPECT_EQ(cgroup_of(container.pid(), "pids"), cgroup_root("pids").string() + path);
  ASSERT_TRUE(succeeded(container.remove()));
  EXPECT_FALSE(fs::exists(cgroup_root("pids").string() + path));
}

// A runtime may refuse such a path, or read it as one below the root (runc).
TEST_F(Cgroup, NeverClimbsAboveTheRootOfItsHierarchy) {
  const std::string name = unique_name();
  const HostCgroup top("/" + name);
  sleeper().set("/linux/cgroupsPath", json_quote("/../../" + name + "/x/.."));
  Container container(bundle_);
  const Outcome outcome = container.create();
  if (outcome.exit_code == 0) {
    EXPECT_EQ(cgroup_of(container.pid(), "pids"), cgroup_root("pids") / name);
  } else {
    EXPECT_TRUE(failed(outcome, "cgroupsPath"));
  }
}

TEST_F(Cgroup, WithProcessesInItIsRefused) {
  const std::string path = "/" + unique_name();
  const HostCgroup cgroup(path);
  cgroup.make();
  const Process inside({.argv = {"sleep", "100"}});
  cgroup.add(inside.pid());

  sleeper().set("/linux/cgroupsPath", json_quote(path));
  EXPECT_TRUE(failed(Container(bundle_).create(), "cgroup"));
  EXPECT_TRUE(alive(inside.pid()));
  EXPECT_EQ(cgroup_of(inside.pid(), "pids"), cgroup_root("pids").string() + path);
}

TEST_F(Cgroup, ThatExistsAndIsEmptyIsUsed) {
  const std::string path = "/" + unique_name();
  const HostCgroup cgroup(path);
  cgroup.make();
  sleeper().set("/linux/cgroupsPath", json_quote(path));
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_EQ(cgroup_of(container.pid(), "pids"), cgroup_root("pids").string() + path);
}

TEST_F(Cgroup, IsRemovedWithWhatWasMadeBelowIt) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const fs::path cgroup = cgroup_of(container.pid(), "pids");
  ASSERT_TRUE(fs::create_directories(cgroup / "made/inside"));
  EXPECT_TRUE(succeeded(container.remove({"--force"})));
  EXPECT_FALSE(fs::exists(cgroup));
}

TEST_F(Cgroup, LimitsTheNumberOfProcesses) {
  bundle_.set("/linux/resources/pids", R"({"limit": 5})")
      .shell("for i in 1 2 3 4 5 6; do sleep 5 & done");
  const Outcome outcome = Container(bundle_).run();
  EXPECT_TRUE(contains(outcome.err, "can't fork")) << outcome;
}

TEST_F(Cgroup, KillsWhatUsesMoreMemoryThanAllowed) {
  // tail keeps the whole of a line without end in memory.
  bundle_.set("/linux/resources/memory", R"({"limit": 33554432, "swap": 33554432})")
      .args({"/bin/tail", "/dev/zero"});
  EXPECT_EQ(Container(bundle_).run().exit_code, 137);
}

TEST_F(Cgroup, RefusesALimitThatTheKernelRefuses) {
  bundle_.set("/linux/resources/cpu", R"({"cpus": "4000"})");
  EXPECT_TRUE(failed(Container(bundle_).run(), "cpuset.cpus"));
}

TEST_F(Cgroup, TakesKernelFilesByNameOnV2Only) {
  bundle_.set("/linux/resources/unified", R"({"memory.high": "50000000"})");
  if (!cgroup_v2()) {
    EXPECT_TRUE(failed(Container(bundle_).run()));
    return;
  }
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_EQ(read_value(cgroup_of(container.pid(), "memory") / "memory.high"),
            "49999872");  // whole pages
}

class CgroupMount : public CgroupsTest {
 protected:
  // Where the container sees its own cgroup.
  static std::string directory() { return cgroup_v2() ? "/sys/fs/cgroup" : "/sys/fs/cgroup/pids"; }
};

TEST_F(CgroupMount, ShowsTheContainersCgroupAsItsRoot) {
  bundle_
      .mount("/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "relatime", "ro"})
      .set("/linux/resources/pids", R"({"limit": 77})");
  EXPECT_EQ(
      output_of("cat " + directory() + "/pids.max; grep -c '^1$' " + directory() + "/cgroup.procs"),
      "77\n1\n");
}

TEST_F(CgroupMount, IsReadOnlyWhenAsked) {
  bundle_.mount("/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "ro"})
      .shell("mkdir " + directory() + "/new 2>&1");
  EXPECT_EQ(Container(bundle_).run().out,
            "mkdir: can't create directory '" + directory() + "/new': Read-only file system\n");
}

TEST_F(CgroupMount, CanBeWrittenOtherwise) {
  bundle_.mount("/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev"});
  EXPECT_EQ(output_of("mkdir " + directory() + "/new && echo made"), "made\n");
}

TEST_F(CgroupMount, ShowsTheSameWithoutACgroupNamespace) {
  bundle_.remove_namespace("cgroup")
      .mount("/sys/fs/cgroup", "cgroup", "cgroup", {"nosuid", "noexec", "nodev", "ro"})
      .set("/linux/resources/pids", R"({"limit": 77})");
  // On v2 some runtimes show the whole hierarchy then, in which the root has no such file, and some
  // its own part.
  EXPECT_EQ(output_of("cat " + directory() + "/pids.max " + directory() +
                      "$(tail -1 /proc/self/cgroup | cut -d: -f3)/pids.max 2>/dev/null | head -1"),
            "77\n");
}

class DeviceAccess : public CgroupsTest {
 protected:
  DeviceAccess() {
    // The kernel's log: any root with CAP_SYSLOG could read it if the device were allowed.
    bundle_
        .set("/linux/devices",
             R"([{"path": "/dev/log-of-kernel", "type": "c", "major": 1, "minor": 11}])")
        .capabilities({"CAP_SYSLOG", "CAP_MKNOD"});
  }

  // Whether opening for reading, and for writing, is allowed.
  std::string access() {
    bundle_.shell(
        "(exec 3</dev/log-of-kernel) 2>/dev/null && echo read;"
        "(exec 3>/dev/log-of-kernel) 2>/dev/null && echo write; echo end");
    return Container(bundle_).run().out;
  }
};

TEST_F(DeviceAccess, IsDeniedWhenOnlyTheDefaultsAreAllowed) { EXPECT_EQ(access(), "end\n"); }

TEST_F(DeviceAccess, IsGivenByARule) {
  bundle_.set("/linux/resources/devices/-",
              R"({"allow": true, "type": "c", "major": 1, "minor": 11, "access": "rw"})");
  EXPECT_EQ(access(), "read\nwrite\nend\n");
}

TEST_F(DeviceAccess, MayBeForReadingOnly) {
  bundle_.set("/linux/resources/devices/-",
              R"({"allow": true, "type": "c", "major": 1, "minor": 11, "access": "r"})");
  EXPECT_EQ(access(), "read\nend\n");
}

TEST_F(DeviceAccess, FollowsTheOrderOfTheRules) {
  bundle_.set("/linux/resources/devices",
              R"([{"allow": false, "access": "rwm"},
                  {"allow": true, "type": "c", "major": 1, "minor": 11, "access": "rw"},
                  {"allow": false, "type": "c", "major": 1, "minor": 11, "access": "w"}])");
  EXPECT_EQ(access(), "read\nend\n");
}

TEST_F(DeviceAccess, WithoutAMinorNumberIsForAllOfThem) {
  bundle_.set("/linux/resources/devices/-",
              R"({"allow": true, "type": "c", "major": 1, "access": "rw"})");
  EXPECT_EQ(access(), "read\nwrite\nend\n");
}

TEST_F(DeviceAccess, ToTheDefaultDevicesIsAlwaysGiven) {
  EXPECT_EQ(
      output_of(
          "echo x > /dev/null; head -c 3 /dev/zero | wc -c; mknod /tmp/n c 1 11 && echo made"),
      "3\nmade\n");
}

TEST_F(DeviceAccess, OfNoKindIsAnError) {
  bundle_.set("/linux/resources/devices/-", R"({"allow": true, "type": "c", "access": ""})");
  EXPECT_TRUE(failed(Container(bundle_).run(), "access"));
}

}  // namespace
}  // namespace myrt::test
