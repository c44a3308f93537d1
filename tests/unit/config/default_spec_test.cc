#include <map>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <myrt/spec.h>

namespace myrt {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Spec parsed(bool rootless) {
  Result<Spec> spec = parse_spec(default_spec(rootless, 1000, 1001), "config.json");
  EXPECT_TRUE(spec.has_value()) << spec.error().text();
  return std::move(spec).value();
}

std::vector<NamespaceKind> kinds_of(const Spec& spec) {
  std::vector<NamespaceKind> kinds;
  for (const Namespace& entry : spec.linux.namespaces) {
    EXPECT_EQ(entry.path, "");
    kinds.push_back(entry.kind);
  }
  return kinds;
}

TEST(DefaultSpec, IsAcceptedWithoutAWarning) {
  EXPECT_THAT(parsed(false).warnings, IsEmpty());
  EXPECT_THAT(parsed(true).warnings, IsEmpty());
}

TEST(DefaultSpec, RunsAShellWithATerminal) {
  const Spec spec = parsed(false);
  const Process& process = spec.process.value();
  // CAP_KILL 5, CAP_NET_BIND_SERVICE 10, CAP_AUDIT_WRITE 29
  constexpr std::uint64_t kThree = (1U << 5U) | (1U << 10U) | (1U << 29U);
  EXPECT_EQ(spec.oci_version, "1.3.0");
  EXPECT_TRUE(process.terminal);
  EXPECT_THAT(process.args, ElementsAre("sh"));
  EXPECT_THAT(process.env,
              ElementsAre("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
                          "TERM=xterm"));
  EXPECT_EQ(process.cwd, "/");
  EXPECT_EQ(process.capabilities, (CapabilitySets{.bounding = kThree,
                                                  .effective = kThree,
                                                  .permitted = kThree,
                                                  .inheritable = 0,
                                                  .ambient = 0}));
  EXPECT_THAT(process.rlimits, ElementsAre(Rlimit{.resource = 7, .soft = 1024, .hard = 1024}));
  EXPECT_TRUE(process.no_new_privileges);
  EXPECT_EQ(spec.root, (Root{.path = "rootfs", .readonly = true}));
  EXPECT_EQ(spec.hostname, "myrt");
}

TEST(DefaultSpec, HasNamespacesOfItsOwnAndNoDevices) {
  const Spec spec = parsed(false);
  EXPECT_THAT(kinds_of(spec),
              ElementsAre(NamespaceKind::kPid, NamespaceKind::kNetwork, NamespaceKind::kIpc,
                          NamespaceKind::kUts, NamespaceKind::kMount, NamespaceKind::kCgroup));
  EXPECT_THAT(spec.linux.resources.devices,
              ElementsAre(DeviceRule{
                  .allow = false, .type = 'a', .read = true, .write = true, .mknod = true}));
  EXPECT_EQ(spec.mounts.size(), 7U);
  EXPECT_EQ(spec.linux.masked_paths.size(), 12U);
  EXPECT_EQ(spec.linux.readonly_paths.size(), 5U);
}

TEST(DefaultSpec, MountsTheDefaultFileSystems) {
  for (const bool rootless : {false, true}) {
    std::map<std::string, std::string> types;
    for (const Mount& mount : parsed(rootless).mounts) {
      types[mount.destination] = mount.type;
    }
    EXPECT_EQ(types["/proc"], "proc");
    EXPECT_EQ(types["/sys"], rootless ? "none" : "sysfs");  // a bind of the host's
    EXPECT_EQ(types["/dev/pts"], "devpts");
    EXPECT_EQ(types["/dev/shm"], "tmpfs");
  }
}

TEST(DefaultSpec, ForAUserMapsThatUserAlone) {
  const Spec spec = parsed(true);
  EXPECT_THAT(kinds_of(spec),
              ElementsAre(NamespaceKind::kPid, NamespaceKind::kIpc, NamespaceKind::kUts,
                          NamespaceKind::kMount, NamespaceKind::kCgroup, NamespaceKind::kUser));
  EXPECT_THAT(spec.linux.uid_mappings,
              ElementsAre(IdMapping{.container_id = 0, .host_id = 1000, .size = 1}));
  EXPECT_THAT(spec.linux.gid_mappings,
              ElementsAre(IdMapping{.container_id = 0, .host_id = 1001, .size = 1}));
  EXPECT_THAT(spec.linux.resources.devices, IsEmpty());
  EXPECT_EQ(spec.mounts.at(2).destination, "/dev/pts");
  EXPECT_THAT(spec.mounts.at(2).data, ElementsAre("newinstance", "ptmxmode=0666", "mode=0620"));
  EXPECT_EQ(spec.mounts.at(5).destination, "/sys");
  EXPECT_TRUE(spec.mounts.at(5).bind_recursive);
}

TEST(DefaultSpec, EndsWithALine) { EXPECT_TRUE(default_spec(false, 0, 0).ends_with("}\n")); }

}  // namespace
}  // namespace myrt
