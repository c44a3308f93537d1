// make_plan() for what engines really ask, on a host with cgroup v2 and on one with v1.
#include "../engine_configs.h"

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "samples.h"

namespace myrt::plan {
namespace {

using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

cgroup::Layout v1_layout() {
  cgroup::Layout layout;
  for (const char* name : {"memory", "cpu", "cpuacct", "cpuset", "pids", "devices", "freezer",
                           "blkio", "name=systemd"}) {
    layout.hierarchies.push_back({.mount_point = std::string("/sys/fs/cgroup/") + name,
                                  .root = "/",
                                  .controllers = {name},
                                  .unified = false});
  }
  return layout;
}

Plan planned(const std::string& name, const cgroup::Layout& cgroups = v2_layout()) {
  const Result<Spec> spec = parse_spec(test::engine_config(name), name + ".json");
  EXPECT_TRUE(spec.has_value()) << spec.error().text();
  const Result<Plan> plan =
      make_plan(spec.value_or(Spec()), sample_request(), root_host(), cgroups);
  EXPECT_TRUE(plan.has_value()) << name << ": " << plan.error().text();
  return plan.value_or(Plan());
}

MountStep step_on(const Plan& plan, const std::string& destination) {
  const auto found = std::find_if(
      plan.rootfs.mounts.rbegin(), plan.rootfs.mounts.rend(),
      [&destination](const MountStep& step) { return step.destination == destination; });
  EXPECT_NE(found, plan.rootfs.mounts.rend()) << destination;
  return found == plan.rootfs.mounts.rend() ? MountStep() : *found;
}

std::string value_of(const Plan& plan, const std::string& file) {
  for (const cgroup::Directory& directory : plan.cgroup.directories) {
    for (const cgroup::FileWrite& write : directory.writes) {
      if (write.file == file) {
        return write.value;
      }
    }
  }
  return "";
}

class EngineConfig : public testing::TestWithParam<const char*> {};

/// `runc spec` and `crun spec` write ambient capabilities that are not inheritable, which no kernel
/// grants (capabilities(7)).
std::vector<std::string> expected_warnings(std::string_view name) {
  if (name.find("-spec") == std::string_view::npos) {
    return {};
  }
  return {
      "/process/capabilities/ambient: left out, not both permitted and inheritable: CAP_KILL, "
      "CAP_NET_BIND_SERVICE, CAP_AUDIT_WRITE"};
}

TEST_P(EngineConfig, IsPlannedOnBothKindsOfCgroups) {
  for (const cgroup::Layout& cgroups : {v1_layout(), v2_layout()}) {
    const Plan plan = planned(GetParam(), cgroups);
    EXPECT_EQ(plan.warnings, expected_warnings(GetParam()));
    EXPECT_TRUE(plan.process.has_value());
    EXPECT_TRUE(plan.rootfs.new_mount_namespace);
    EXPECT_THAT(plan.rootfs.mounts, Not(IsEmpty()));
  }
}

INSTANTIATE_TEST_SUITE_P(All, EngineConfig, testing::ValuesIn(test::kEngineConfigs),
                         [](const testing::TestParamInfo<const char*>& config) {
                           std::string name = config.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(EngineConfigs, OfPodmanMakeFiveNamespacesAndBringUpTheLoopback) {
  const Plan plan = planned("podman");
  // CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET
  EXPECT_EQ(plan.namespaces.clone_flags, 0x6c020000U);
  EXPECT_TRUE(plan.namespaces.loopback_up);
  EXPECT_EQ(plan.namespaces.hostname, "7bc4946b62db");
  EXPECT_EQ(value_of(plan, "pids.max"), "2048");
  EXPECT_TRUE(plan.process->home_missing);
}

TEST(EngineConfigs, OfPodmanBindFilesAndMountTheCgroupsReadOnly) {
  const Plan plan = planned("podman");
  EXPECT_EQ(step_on(plan, "/etc/hosts").kind, MountKind::kBind);
  EXPECT_EQ(step_on(plan, "/sys/fs/cgroup").kind, MountKind::kCgroup);
  EXPECT_TRUE(step_on(plan, "/proc").must_be_real_directory);
  EXPECT_THAT(plan.rootfs.devices.nodes, Contains(Field(&Device::path, "/dev/null")));
}

TEST(EngineConfigs, WithLimitsBecomeWritesOfTheHostsKind) {
  const Plan on_v2 = planned("podman-options", v2_layout());
  EXPECT_EQ(value_of(on_v2, "memory.max"), "268435456");
  EXPECT_EQ(value_of(on_v2, "memory.swap.max"), "268435456");  // the spec's is memory plus swap
  EXPECT_EQ(value_of(on_v2, "cpu.max"), "50000 100000");

  const Plan on_v1 = planned("podman-options", v1_layout());
  EXPECT_EQ(value_of(on_v1, "memory.limit_in_bytes"), "268435456");
  EXPECT_EQ(value_of(on_v1, "memory.memsw.limit_in_bytes"), "536870912");
  EXPECT_EQ(value_of(on_v1, "cpu.cfs_quota_us"), "50000");
}

TEST(EngineConfigs, WithZeroForWhatIsNotSetWriteNothing) {
  const Plan plan = planned("docker", v1_layout());
  EXPECT_EQ(value_of(plan, "cpu.shares"), "");
  EXPECT_EQ(value_of(plan, "blkio.weight"), "");
}

TEST(EngineConfigs, WithAUserNamespaceMapItsIds) {
  const Plan plan = planned("podman-userns");
  EXPECT_EQ(plan.namespaces.uid_map, "0 100000 65536\n");
  EXPECT_EQ(plan.namespaces.gid_map, "0 100000 65536\n");
  EXPECT_TRUE(plan.namespaces.in_user_namespace);
}

TEST(EngineConfigs, OfPodsJoinTheirNetworkAndLeaveItAsItIs) {
  const Plan plan = planned("containerd-cri-pause");
  EXPECT_THAT(plan.namespaces.joins,
              ElementsAre(Join{.kind = NamespaceKind::kNetwork,
                               .path = "/var/run/netns/cni-3c1f8a52-7d6e-4b90-a1c2-d3e4f5061728"}));
  EXPECT_FALSE(plan.namespaces.loopback_up);
  EXPECT_EQ(step_on(plan, "/dev/shm").kind, MountKind::kBind);
}

TEST(EngineConfigs, OfContainersInPodsJoinTheirSandbox) {
  const Plan plan = planned("containerd-cri");
  EXPECT_THAT(
      plan.namespaces.joins,
      UnorderedElementsAre(Join{.kind = NamespaceKind::kIpc, .path = "/proc/1234/ns/ipc"},
                           Join{.kind = NamespaceKind::kUts, .path = "/proc/1234/ns/uts"},
                           Join{.kind = NamespaceKind::kNetwork, .path = "/proc/1234/ns/net"}));
  EXPECT_FALSE(plan.namespaces.loopback_up);
  EXPECT_EQ(step_on(plan, "/dev/shm").kind, MountKind::kBind);
}

}  // namespace
}  // namespace myrt::plan
