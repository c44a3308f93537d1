#include <gtest/gtest.h>

#include "plan/parts.h"
#include "samples.h"

namespace myrt::plan {
namespace {

Mount id_mapped(IdMapScope scope, std::vector<IdMapping> uids = {},
                std::vector<IdMapping> gids = {}) {
  Mount mount;
  mount.destination = "/data";
  mount.source = "/shared";
  mount.bind = true;
  mount.id_mapped = scope;
  mount.uid_mappings = std::move(uids);
  mount.gid_mappings = std::move(gids);
  return mount;
}

/// A user namespace, new or at `path`, with mappings as engines send them with both.
Linux with_user_namespace(const std::string& path) {
  Linux linux_section;
  linux_section.namespaces = {{NamespaceKind::kUser, path}};
  linux_section.uid_mappings = {{.container_id = 0, .host_id = 100000, .size = 65536}};
  linux_section.gid_mappings = {{.container_id = 0, .host_id = 200000, .size = 65536}};
  return linux_section;
}

TEST(MountIdMaps, AreNoneForOtherMounts) {
  EXPECT_EQ(mount_id_map(id_mapped(IdMapScope::kNone), with_user_namespace("")), std::nullopt);
}

TEST(MountIdMaps, AreThoseOfTheMount) {
  const Mount mount = id_mapped(
      IdMapScope::kTree, {{.container_id = 0, .host_id = 1, .size = 2}},
      {{.container_id = 3, .host_id = 4, .size = 5}, {.container_id = 9, .host_id = 9, .size = 1}});
  EXPECT_EQ(mount_id_map(mount, with_user_namespace("/proc/1/ns/user")),
            (MountIdMap{
                .uid_map = "0 1 2\n", .gid_map = "3 4 5\n9 9 1\n", .path = "", .recursive = true}));
}

TEST(MountIdMaps, AreElseThoseOfTheNewUserNamespace) {
  EXPECT_EQ(mount_id_map(id_mapped(IdMapScope::kMount), with_user_namespace("")),
            (MountIdMap{.uid_map = "0 100000 65536\n",
                        .gid_map = "0 200000 65536\n",
                        .path = "",
                        .recursive = false}));
}

// What the config says of its mappings need not be true.
TEST(MountIdMaps, AreElseThoseOfTheNamespaceThatIsJoined) {
  EXPECT_EQ(
      mount_id_map(id_mapped(IdMapScope::kMount), with_user_namespace("/proc/1/ns/user")),
      (MountIdMap{.uid_map = "", .gid_map = "", .path = "/proc/1/ns/user", .recursive = false}));
}

TEST(MountIdMaps, AreOfBindMountsAlone) {
  Spec spec;
  spec.linux = with_user_namespace("");
  spec.mounts = {id_mapped(IdMapScope::kMount)};
  spec.mounts.push_back({.destination = "/tmp", .type = "tmpfs"});

  const auto steps = mount_steps(spec, "/bundle");

  ASSERT_TRUE(steps.has_value());
  EXPECT_TRUE((*steps)[0].id_map.has_value());
  EXPECT_FALSE((*steps)[1].id_map.has_value());
}

TEST(MountIdMaps, TakeRights) {
  std::vector<MountStep> steps(2);
  EXPECT_TRUE(require_rights_for_id_maps(steps, user_host()).has_value());

  steps[1].id_map.emplace();
  EXPECT_TRUE(require_rights_for_id_maps(steps, root_host()).has_value());
  const Result<void> refused = require_rights_for_id_maps(steps, user_host());
  ASSERT_FALSE(refused.has_value());
  EXPECT_EQ(refused.error().text(),
            "/mounts/1: an id-mapped mount takes CAP_SYS_ADMIN over the file system of its source "
            "(mount_setattr(2))");
}

}  // namespace
}  // namespace myrt::plan
