// parse_spec() on what engines really write: whole, without a fault and without a warning.
#include "../engine_configs.h"

#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <myrt/spec.h>

namespace myrt {
namespace {

using testing::Contains;
using testing::Each;
using testing::ElementsAre;
using testing::Field;
using testing::IsEmpty;
using testing::Pair;

/// The spec of spec/configs/`name`.json.
Spec parsed(const std::string& name) {
  const Result<Spec> spec = parse_spec(test::engine_config(name), name + ".json");
  EXPECT_TRUE(spec.has_value()) << spec.error().text();
  return spec.value_or(Spec());
}

/// The last mount on `destination`: what the container sees there.
Mount mount_on(const Spec& spec, const std::string& destination) {
  const auto found =
      std::find_if(spec.mounts.rbegin(), spec.mounts.rend(),
                   [&destination](const Mount& mount) { return mount.destination == destination; });
  EXPECT_NE(found, spec.mounts.rend()) << destination;
  return found == spec.mounts.rend() ? Mount() : *found;
}

std::vector<NamespaceKind> kinds(const Spec& spec) {
  std::vector<NamespaceKind> kinds;
  for (const Namespace& entry : spec.linux.namespaces) {
    kinds.push_back(entry.kind);
  }
  return kinds;
}

class EngineConfig : public testing::TestWithParam<const char*> {};

TEST_P(EngineConfig, IsReadWithoutFaultOrWarning) {
  const Result<Spec> spec = parse_spec(test::engine_config(GetParam()), GetParam());
  ASSERT_TRUE(spec.has_value()) << spec.error().text();
  EXPECT_THAT(spec->warnings, IsEmpty());
  EXPECT_FALSE(spec->root.path.empty());
  EXPECT_TRUE(spec->process.has_value());
}

INSTANTIATE_TEST_SUITE_P(All, EngineConfig, testing::ValuesIn(test::kEngineConfigs),
                         [](const testing::TestParamInfo<const char*>& config) {
                           std::string name = config.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

TEST(EngineConfigs, OfPodmanHasItsProfileAndItsLimits) {
  const Spec spec = parsed("podman");
  EXPECT_EQ(spec.oci_version, "1.0.2-dev");
  EXPECT_EQ(spec.hostname, "7bc4946b62db");
  EXPECT_THAT(spec.process->args, ElementsAre("echo", "hi"));
  EXPECT_EQ(spec.process->user.umask, 022U);
  EXPECT_THAT(spec.process->rlimits,
              ElementsAre(Rlimit{.resource = RLIMIT_NOFILE, .soft = 1024, .hard = 1024},
                          Rlimit{.resource = RLIMIT_NPROC, .soft = 20000, .hard = 20000}));
  EXPECT_EQ(spec.process->capabilities.bounding, spec.process->capabilities.permitted);
  EXPECT_EQ(spec.process->capabilities.inheritable, 0U);
  EXPECT_THAT(kinds(spec),
              ElementsAre(NamespaceKind::kPid, NamespaceKind::kNetwork, NamespaceKind::kIpc,
                          NamespaceKind::kUts, NamespaceKind::kMount));
  EXPECT_EQ(spec.linux.resources.pids_limit, 2048);
  ASSERT_TRUE(spec.linux.seccomp.has_value());
  EXPECT_THAT(spec.linux.seccomp->architectures,
              ElementsAre("SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"));
  EXPECT_EQ(spec.linux.seccomp->syscalls.size(), 19U);
  EXPECT_THAT(spec.annotations, Contains(Pair("io.container.manager", "libpod")));
}

TEST(EngineConfigs, OfPodmanMountItsFilesPrivately) {
  const Mount hosts = mount_on(parsed("podman"), "/etc/hosts");
  EXPECT_TRUE(hosts.bind);
  EXPECT_FALSE(hosts.bind_recursive);
  EXPECT_THAT(hosts.propagation, ElementsAre(MS_PRIVATE | MS_REC));
}

TEST(EngineConfigs, OfPodmanWithOptionsHasThemAll) {
  const Spec spec = parsed("podman-options");
  const Process process = spec.process.value();
  EXPECT_TRUE(process.terminal);
  EXPECT_EQ(process.user.uid, 1000U);
  EXPECT_THAT(process.user.additional_gids, ElementsAre(1000, 44));
  EXPECT_EQ(process.cwd, "/tmp");
  EXPECT_THAT(process.env, Contains("APP=web"));
  EXPECT_THAT(process.args, ElementsAre("/run/podman-init", "--", "echo", "hi"));
  EXPECT_TRUE(process.no_new_privileges);
  EXPECT_EQ(process.oom_score_adj, 500);
  EXPECT_NE(process.capabilities.bounding & (1ULL << CAP_NET_ADMIN), 0U);
  EXPECT_EQ(process.capabilities.bounding & (1ULL << CAP_MKNOD), 0U);
  EXPECT_TRUE(spec.root.readonly);
  const Resources& resources = spec.linux.resources;
  EXPECT_EQ(resources.memory.limit, 268435456);
  EXPECT_EQ(resources.memory.swap, 536870912);
  EXPECT_EQ(resources.cpu.shares, 512U);
  EXPECT_EQ(resources.cpu.quota, 50000);
  EXPECT_EQ(resources.cpu.period, 100000U);
  EXPECT_EQ(resources.cpu.cpus, "0-1");
  EXPECT_EQ(resources.pids_limit, 100);
  EXPECT_THAT(spec.linux.devices, ElementsAre(Field(&Device::path, "/dev/myzero")));
  EXPECT_THAT(spec.linux.sysctl, ElementsAre(Pair("net.core.somaxconn", "1024")));
  EXPECT_TRUE(mount_on(spec, "/scratch").copy_up);
  EXPECT_TRUE(mount_on(spec, "/srv/data").bind_recursive);
  EXPECT_NE(mount_on(spec, "/srv/data").attributes.set & MOUNT_ATTR_RDONLY, 0U);
}

TEST(EngineConfigs, OfPodmanWithAUserNamespaceHasItsMappings) {
  const IdMapping all{.container_id = 0, .host_id = 100000, .size = 65536};
  const Spec spec = parsed("podman-userns");
  EXPECT_THAT(spec.linux.uid_mappings, ElementsAre(all));
  EXPECT_THAT(spec.linux.gid_mappings, ElementsAre(all));
  EXPECT_THAT(kinds(spec), Contains(NamespaceKind::kUser));
}

TEST(EngineConfigs, OfPrivilegedContainersHaveNeitherFilterNorMaskedPaths) {
  for (const char* name : {"podman-privileged", "docker-privileged", "containerd-privileged"}) {
    const Spec spec = parsed(name);
    EXPECT_FALSE(spec.linux.seccomp.has_value()) << name;
    EXPECT_THAT(spec.linux.masked_paths, IsEmpty()) << name;
    EXPECT_THAT(spec.linux.readonly_paths, IsEmpty()) << name;
    EXPECT_EQ(spec.linux.devices.size(), 102U) << name;
    EXPECT_NE(spec.process->capabilities.effective & (1ULL << CAP_SYS_ADMIN), 0U) << name;
  }
}

TEST(EngineConfigs, WithTheHostsPidsHaveNoPidNamespace) {
  EXPECT_THAT(kinds(parsed("podman-pidhost")),
              ElementsAre(NamespaceKind::kNetwork, NamespaceKind::kMount));
  EXPECT_THAT(kinds(parsed("docker-pidhost")),
              ElementsAre(NamespaceKind::kMount, NamespaceKind::kNetwork, NamespaceKind::kCgroup));
}

TEST(EngineConfigs, OfDockerConfigureTheNetworkByAPrestartHook) {
  const Spec spec = parsed("docker");
  ASSERT_EQ(spec.hooks.prestart.size(), 1U);
  EXPECT_EQ(spec.hooks.prestart[0].path, "/proc/1234/exe");
  EXPECT_EQ(spec.hooks.prestart[0].args.at(0), "libnetwork-setkey");
  EXPECT_EQ(spec.hooks.prestart[0].env, std::nullopt);
}

TEST(EngineConfigs, OfDockerSayZeroForWhatIsNotSet) {
  const Resources resources = parsed("docker").linux.resources;
  EXPECT_EQ(resources.cpu.shares, 0U);
  EXPECT_EQ(resources.block_io.weight, 0);
  EXPECT_EQ(resources.memory.disable_oom_killer, false);
}

TEST(EngineConfigs, OfDockerWithOptionsHaveThemAll) {
  const Spec spec = parsed("docker-options");
  EXPECT_EQ(spec.hostname, "web");
  EXPECT_THAT(spec.linux.sysctl, Contains(Pair("kernel.domainname", "example.org")));
  EXPECT_THAT(spec.process->args, ElementsAre("/sbin/docker-init", "--", "echo", "hi"));
  EXPECT_EQ(spec.linux.resources.memory.reservation, 134217728);
  EXPECT_EQ(spec.linux.resources.memory.swap, 536870912);
  EXPECT_THAT(spec.process->rlimits,
              ElementsAre(Rlimit{.resource = RLIMIT_NOFILE, .soft = 512, .hard = 1024}));
  EXPECT_THAT(mount_on(spec, "/dev/shm").data, Contains("size=16777216"));
}

TEST(EngineConfigs, OfContainerdNameTheRootRelativeToTheBundle) {
  const Spec spec = parsed("containerd");
  EXPECT_EQ(spec.root.path, "rootfs");
  EXPECT_EQ(spec.linux.cgroups_path, "/default/r1");
  EXPECT_EQ(spec.linux.seccomp, std::nullopt);
  EXPECT_TRUE(spec.process->no_new_privileges);
  // The first rule takes all devices away; a device with an absent minor is any.
  const std::vector<DeviceRule>& rules = spec.linux.resources.devices;
  ASSERT_EQ(rules.size(), 10U);
  EXPECT_FALSE(rules[0].allow);
  EXPECT_EQ(rules[0].type, 'a');
}

TEST(EngineConfigs, OfContainerdWithOptionsHaveThemAll) {
  const Spec spec = parsed("containerd-options");
  EXPECT_TRUE(spec.root.readonly);
  EXPECT_EQ(spec.linux.seccomp->default_action, SeccompAction::kErrno);
  EXPECT_THAT(spec.linux.namespaces,
              Contains(Namespace{.kind = NamespaceKind::kNetwork, .path = "/proc/self/ns/net"}));
  EXPECT_THAT(spec.annotations, Contains(Pair("org.example.note", "kept")));
  EXPECT_EQ(parsed("containerd-privileged").linux.rootfs_propagation, MS_SLAVE | MS_REC);
}

TEST(EngineConfigs, OfPauseContainersHaveNoEnvironmentAndTwoMountsOnOnePlace) {
  const Spec spec = parsed("containerd-cri-pause");
  EXPECT_THAT(spec.process->env, IsEmpty());
  EXPECT_EQ(spec.process->oom_score_adj, -998);
  EXPECT_EQ(std::count_if(spec.mounts.begin(), spec.mounts.end(),
                          [](const Mount& mount) { return mount.destination == "/dev/shm"; }),
            2);
  EXPECT_TRUE(mount_on(spec, "/dev/shm").bind);
  EXPECT_THAT(spec.linux.resources.devices, ElementsAre(Field(&DeviceRule::allow, false)));
}

TEST(EngineConfigs, OfTheSpecCommandsAskForAShellOnATerminal) {
  for (const char* name : {"runc-spec", "runc-spec-rootless", "crun-spec"}) {
    const Spec spec = parsed(name);
    EXPECT_TRUE(spec.process->terminal) << name;
    EXPECT_THAT(spec.process->args, ElementsAre("sh")) << name;
    EXPECT_TRUE(spec.root.readonly) << name;
  }
  EXPECT_THAT(kinds(parsed("runc-spec-rootless")), Contains(NamespaceKind::kUser));
}

}  // namespace
}  // namespace myrt
