#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/validate.h"
#include "section.h"

namespace myrt::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

struct Told {
  std::vector<std::string> faults;
  std::vector<std::string> warnings;
};

Told validated(const Spec& spec) {
  Findings findings;
  validate(spec, findings);
  return {.faults = texts_of(findings), .warnings = findings.take_warnings()};
}

constexpr IdMapping kOneToOne{.container_id = 0, .host_id = 0, .size = 1000};

/// A new user namespace that maps the ids below 1000.
Spec with_user_namespace() {
  Spec spec;
  spec.linux.namespaces = {{.kind = NamespaceKind::kUser, .path = ""}};
  spec.linux.uid_mappings = {kOneToOne};
  spec.linux.gid_mappings = {kOneToOne};
  return spec;
}

TEST(ValidateMappings, AcceptsThemWithANewUserNamespace) {
  const Told found = validated(with_user_namespace());
  EXPECT_THAT(found.faults, IsEmpty());
  EXPECT_THAT(found.warnings, IsEmpty());
}

TEST(ValidateMappings, WantsThemForANewUserNamespace) {
  Spec spec = with_user_namespace();
  spec.linux.uid_mappings.clear();
  spec.linux.gid_mappings.clear();
  EXPECT_THAT(
      validated(spec).faults,
      ElementsAre(
          "/linux/uidMappings: want at least one mapping for the new user namespace, got nothing",
          "/linux/gidMappings: want at least one mapping for the new user namespace, got nothing"));
}

TEST(ValidateMappings, WantsAUserNamespaceForThem) {
  Spec spec = with_user_namespace();
  spec.linux.namespaces.clear();
  EXPECT_THAT(validated(spec).faults,
              ElementsAre("/linux/uidMappings: want a user namespace with it",
                          "/linux/gidMappings: want a user namespace with it"));
}

TEST(ValidateMappings, WarnsOfThemWithAUserNamespaceThatIsJoined) {
  Spec spec = with_user_namespace();
  spec.linux.namespaces[0].path = "/proc/7/ns/user";
  const Told found = validated(spec);
  EXPECT_THAT(found.faults, IsEmpty());
  EXPECT_THAT(
      found.warnings,
      ElementsAre("/linux/uidMappings: the user namespace that is joined has mappings of its own",
                  "/linux/gidMappings: the user namespace that is joined has mappings of its own"));
}

TEST(ValidateMappings, NeedsNoneForAUserNamespaceThatIsJoined) {
  Spec spec;
  spec.linux.namespaces = {{.kind = NamespaceKind::kUser, .path = "/proc/7/ns/user"}};
  EXPECT_THAT(validated(spec).faults, IsEmpty());
  EXPECT_THAT(validated(spec).warnings, IsEmpty());
}

TEST(ValidateMappings, HoldsTheirNumberToWhatTheKernelTakes) {
  Spec spec = with_user_namespace();
  spec.linux.uid_mappings.clear();
  for (std::uint32_t i = 0; i < 340; ++i) {
    spec.linux.uid_mappings.push_back({.container_id = i, .host_id = 2 * i, .size = 1});
  }
  EXPECT_THAT(validated(spec).faults, IsEmpty());
  spec.linux.uid_mappings.push_back({.container_id = 340, .host_id = 680, .size = 1});
  EXPECT_THAT(
      validated(spec).faults,
      ElementsAre(
          "/linux/uidMappings: want at most 340 mappings, which is all the kernel takes, got 341"));
}

TEST(ValidateMappings, RefusesAnIdThatIsMappedTwice) {
  Spec spec = with_user_namespace();
  spec.linux.uid_mappings = {{.container_id = 10, .host_id = 100, .size = 10},
                             {.container_id = 0, .host_id = 109, .size = 10},
                             {.container_id = 19, .host_id = 200, .size = 1}};
  EXPECT_THAT(validated(spec).faults,
              ElementsAre("/linux/uidMappings/2: want each container id once, got 19 again",
                          "/linux/uidMappings/1: want each host id once, got 109 again"));
}

TEST(ValidateMappings, FindsEveryMappingInsideAnother) {
  Spec spec = with_user_namespace();
  spec.linux.uid_mappings = {{.container_id = 0, .host_id = 0, .size = 100},
                             {.container_id = 10, .host_id = 200, .size = 10},
                             {.container_id = 50, .host_id = 300, .size = 10}};
  EXPECT_THAT(validated(spec).faults,
              ElementsAre("/linux/uidMappings/1: want each container id once, got 10 again",
                          "/linux/uidMappings/2: want each container id once, got 50 again"));
}

TEST(ValidateMappings, AcceptsMappingsThatTouch) {
  Spec spec = with_user_namespace();
  spec.linux.gid_mappings = {{.container_id = 10, .host_id = 100, .size = 10},
                             {.container_id = 0, .host_id = 110, .size = 10},
                             {.container_id = 20, .host_id = 0, .size = 100}};
  EXPECT_THAT(validated(spec).faults, IsEmpty());
}

TEST(ValidateMappings, RefusesTheIdThatMeansNoChange) {
  Spec spec = with_user_namespace();
  spec.linux.uid_mappings = {{.container_id = 0, .host_id = 0, .size = 4294967295}};
  EXPECT_THAT(validated(spec).faults, IsEmpty());
  spec.linux.uid_mappings = {{.container_id = 0, .host_id = 1, .size = 4294967295}};
  EXPECT_THAT(validated(spec).faults,
              ElementsAre("/linux/uidMappings/0: want host ids up to 4294967294, got 4294967295"));
}

TEST(ValidateMappings, WantsTheIdsOfTheProcessMapped) {
  Spec spec = with_user_namespace();
  spec.process = Process{};
  spec.process->user = {.uid = 1000, .gid = 1001, .umask = {}, .additional_gids = {5, 1002}};
  EXPECT_THAT(
      validated(spec).faults,
      ElementsAre(
          "/process/user/uid: want an id that /linux/uidMappings maps, got 1000",
          "/process/user/gid: want an id that /linux/gidMappings maps, got 1001",
          "/process/user/additionalGids/1: want an id that /linux/gidMappings maps, got 1002"));
  spec.process->user = {.uid = 999, .gid = 0, .umask = {}, .additional_gids = {999}};
  EXPECT_THAT(validated(spec).faults, IsEmpty());
}

TEST(ValidateMappings, DoesNotKnowTheIdsOfAUserNamespaceThatIsJoined) {
  Spec spec = with_user_namespace();
  spec.linux.namespaces[0].path = "/proc/7/ns/user";
  spec.process = Process{};
  spec.process->user.uid = 5000;
  EXPECT_THAT(validated(spec).faults, IsEmpty());
}

/// What is said of one setting in a container with namespaces of these kinds.
std::vector<std::string> sysctl_faults(const char* key, std::vector<NamespaceKind> kinds) {
  Spec spec;
  for (const NamespaceKind kind : kinds) {
    spec.linux.namespaces.push_back({.kind = kind, .path = "/proc/7/ns/x"});
  }
  spec.linux.sysctl = {{key, "1"}};
  return validated(spec).faults;
}

TEST(ValidateSysctl, AcceptsSettingsWithTheirNamespace) {
  struct Case {
    const char* key;
    NamespaceKind kind;
  };
  const Case cases[] = {
      {"net.ipv4.ip_forward", NamespaceKind::kNetwork},
      {"net/ipv4/conf/eno2.100/forwarding", NamespaceKind::kNetwork},
      {"net.ipv4.conf.eno2/100.forwarding", NamespaceKind::kNetwork},
      {"kernel.msgmax", NamespaceKind::kIpc},
      {"kernel.msgmnb", NamespaceKind::kIpc},
      {"kernel.msgmni", NamespaceKind::kIpc},
      {"kernel.sem", NamespaceKind::kIpc},
      {"kernel.shmall", NamespaceKind::kIpc},
      {"kernel.shmmax", NamespaceKind::kIpc},
      {"kernel.shmmni", NamespaceKind::kIpc},
      {"kernel.shm_rmid_forced", NamespaceKind::kIpc},
      {"kernel/shmmax", NamespaceKind::kIpc},
      {"fs.mqueue.msg_max", NamespaceKind::kIpc},
      {"kernel.domainname", NamespaceKind::kUts},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(sysctl_faults(c.key, {c.kind}), IsEmpty()) << c.key;
  }
}

TEST(ValidateSysctl, AcceptsSettingsOfAUserNamespace) {
  EXPECT_THAT(sysctl_faults("user.max_user_namespaces", {NamespaceKind::kUser}), IsEmpty());
}

TEST(ValidateSysctl, WantsTheNamespaceOfASetting) {
  struct Case {
    const char* key;
    const char* fault;
  };
  const Case cases[] = {
      {"net.ipv4.ip_forward",
       "/linux/sysctl/net.ipv4.ip_forward: want a network namespace with it, or it would change "
       "the host"},
      {"net/ipv4/ip_forward",
       "/linux/sysctl/net~1ipv4~1ip_forward: want a network namespace with it, or it would change "
       "the host"},
      {"kernel.shmmax",
       "/linux/sysctl/kernel.shmmax: want an ipc namespace with it, or it would change the host"},
      {"fs.mqueue.msg_max",
       "/linux/sysctl/fs.mqueue.msg_max: want an ipc namespace with it, or it would change the "
       "host"},
      {"kernel.domainname",
       "/linux/sysctl/kernel.domainname: want a uts namespace with it, or it would change the "
       "host"},
      {"user.max_user_namespaces",
       "/linux/sysctl/user.max_user_namespaces: want a user namespace with it, or it would change "
       "the host"},
  };
  for (const Case& c : cases) {
    EXPECT_THAT(sysctl_faults(c.key, {NamespaceKind::kMount}), ElementsAre(c.fault)) << c.key;
  }
}

TEST(ValidateSysctl, RefusesSettingsOfTheHost) {
  const std::vector<NamespaceKind> kinds{NamespaceKind::kNetwork, NamespaceKind::kIpc,
                                         NamespaceKind::kUts};
  for (const char* key : {"kernel.core_pattern", "vm.swappiness", "fs.file-max", "fs.mqueue", "net",
                          "kernel", "kernel.shmmax.x", "kernel.shm", "Net.ipv4.ip_forward"}) {
    EXPECT_THAT(
        sysctl_faults(key, kinds),
        ElementsAre(std::string("/linux/sysctl/") + key +
                    ": want a setting that belongs to a namespace, got one of the whole host"));
  }
}

TEST(ValidateSysctl, RefusesTheHostnameWhichHasAField) {
  EXPECT_THAT(sysctl_faults("kernel.hostname", {NamespaceKind::kUts}),
              ElementsAre("/linux/sysctl/kernel.hostname: want it as /hostname"));
  EXPECT_THAT(sysctl_faults("kernel/hostname", {NamespaceKind::kUts}),
              ElementsAre("/linux/sysctl/kernel~1hostname: want it as /hostname"));
}

TEST(ValidateSysctl, RefusesNamesThatAreOtherPaths) {
  for (const char* key : {"", ".", "net.", ".net.x", "net..x", "net/../kernel/core_pattern",
                          "net/./x", "net.//.kernel.core_pattern", "/net/x", "net/ipv4/"}) {
    const std::vector<std::string> faults = sysctl_faults(key, {NamespaceKind::kNetwork});
    ASSERT_EQ(faults.size(), 1U) << key;
    EXPECT_TRUE(faults[0].ends_with(
        ": want the name of a kernel setting such as net.ipv4.ip_forward as key"))
        << faults[0];
  }
}

Spec with_time_offsets(std::vector<Namespace> namespaces) {
  Spec spec;
  spec.linux.namespaces = std::move(namespaces);
  spec.linux.time_offsets.boottime = TimeOffset{.seconds = 1};
  return spec;
}

TEST(ValidateTimeOffsets, AcceptsThemWithANewTimeNamespace) {
  EXPECT_THAT(validated(with_time_offsets({{NamespaceKind::kTime, ""}})).faults, IsEmpty());
}

TEST(ValidateTimeOffsets, WantsATimeNamespaceForThem) {
  EXPECT_THAT(validated(with_time_offsets({})).faults,
              ElementsAre("/linux/timeOffsets: want a time namespace with it"));
}

TEST(ValidateTimeOffsets, RefusesThemForATimeNamespaceThatIsJoined) {
  EXPECT_THAT(
      validated(with_time_offsets({{NamespaceKind::kTime, "/proc/1/ns/time"}})).faults,
      ElementsAre("/linux/timeOffsets: want a new time namespace with it, got one that is joined"));
}

TEST(ValidateNetDevices, WantsANetworkNamespaceForThem) {
  Spec spec;
  spec.linux.net_devices = {{.host_name = "eth0", .name = "eth0"}};
  EXPECT_THAT(validated(spec).faults,
              ElementsAre("/linux/netDevices: want a network namespace with it"));
  spec.linux.namespaces = {{NamespaceKind::kNetwork, ""}};
  EXPECT_THAT(validated(spec).faults, IsEmpty());
  spec.linux.namespaces = {{NamespaceKind::kNetwork, "/run/netns/red"}};
  EXPECT_THAT(validated(spec).faults, IsEmpty());
}

}  // namespace
}  // namespace myrt::config
