#include <gtest/gtest.h>

#include "plan/parts.h"
#include "samples.h"

namespace myrt::plan {
namespace {

Spec in_new_user_namespace(std::vector<IdMapping> mappings) {
  Spec spec;
  spec.linux.namespaces = {{NamespaceKind::kUser, ""}};
  spec.linux.uid_mappings = mappings;
  spec.linux.gid_mappings = std::move(mappings);
  return spec;
}

Process process_of(std::uint32_t uid, std::uint32_t gid) {
  Process process;
  process.user.uid = uid;
  process.user.gid = gid;
  return process;
}

std::string fault_of(const Spec& spec, const host::HostFacts& host) {
  const auto maps = id_maps(spec, host);
  return maps.has_value() ? "none" : maps.error().text();
}

TEST(HostId, IsCountedFromTheStartOfTheMapping) {
  const std::vector<IdMapping> mappings = {{0, 1000, 1}, {1, 100000, 10}};
  EXPECT_EQ(host_id(mappings, 0), 1000U);
  EXPECT_EQ(host_id(mappings, 1), 100000U);
  EXPECT_EQ(host_id(mappings, 10), 100009U);
  EXPECT_EQ(host_id(mappings, 11), std::nullopt);
}

TEST(HostId, DoesNotOverflowAtTheEndOfTheRange) {
  const std::vector<IdMapping> mappings = {{4294967290U, 5, 6}};
  EXPECT_EQ(host_id(mappings, 4294967294U), 9U);
  EXPECT_EQ(host_id(mappings, 3), std::nullopt);
}

TEST(IdMaps, AreEmptyWithoutAUserNamespace) {
  const auto maps = id_maps(Spec{}, root_host());
  ASSERT_TRUE(maps.has_value());
  EXPECT_EQ(maps->uid_map, "");
  EXPECT_EQ(maps->setup_uid, 0U);
}

TEST(IdMaps, HaveOneLineForEachMapping) {
  Spec spec = in_new_user_namespace({{0, 1000, 1}, {1, 100000, 65536}});
  spec.linux.gid_mappings = {{0, 2000, 5}};

  const auto maps = id_maps(spec, root_host());

  ASSERT_TRUE(maps.has_value());
  EXPECT_EQ(maps->uid_map, "0 1000 1\n1 100000 65536\n");
  EXPECT_EQ(maps->gid_map, "0 2000 5\n");
  EXPECT_FALSE(maps->deny_setgroups);
}

TEST(IdMaps, SetUpAsRootWhereItIsMapped) {
  Spec spec = in_new_user_namespace({{0, 100000, 65536}});
  spec.process = process_of(1000, 1000);

  const auto maps = id_maps(spec, root_host());

  ASSERT_TRUE(maps.has_value());
  EXPECT_EQ(maps->setup_uid, 0U);
  EXPECT_EQ(maps->setup_gid, 0U);
}

TEST(IdMaps, SetUpAsTheProcessWhereRootIsNotMapped) {
  Spec spec = in_new_user_namespace({{1000, 100000, 10}});
  spec.process = process_of(1003, 1004);

  const auto maps = id_maps(spec, root_host());

  ASSERT_TRUE(maps.has_value());
  EXPECT_EQ(maps->setup_uid, 1003U);
  EXPECT_EQ(maps->setup_gid, 1004U);
}

TEST(IdMaps, SetUpAsTheFirstMappedIdWithoutAProcess) {
  const auto maps = id_maps(in_new_user_namespace({{1000, 100000, 10}}), root_host());
  ASSERT_TRUE(maps.has_value());
  EXPECT_EQ(maps->setup_uid, 1000U);
}

TEST(IdMaps, AreNotWrittenToAJoinedNamespace) {
  Spec spec = in_new_user_namespace({{0, 100000, 10}});
  spec.linux.namespaces[0].path = "/ns/user";

  const auto maps = id_maps(spec, root_host());

  ASSERT_TRUE(maps.has_value());
  EXPECT_EQ(maps->uid_map, "");
  EXPECT_EQ(maps->gid_map, "");
}

TEST(IdMaps, OfAJoinedNamespaceMayBeUnknown) {
  Spec spec = in_new_user_namespace({});
  spec.linux.namespaces[0].path = "/ns/user";
  spec.process = process_of(1000, 1000);

  const auto maps = id_maps(spec, root_host());

  ASSERT_TRUE(maps.has_value());
  EXPECT_EQ(maps->setup_uid, 0U);
}

TEST(IdMaps, RefuseAnUnmappedIdOfTheProcess) {
  Spec spec = in_new_user_namespace({{0, 100000, 10}});
  spec.process = process_of(10, 0);
  EXPECT_EQ(fault_of(spec, root_host()),
            "/process/user/uid: no entry of /linux/uidMappings covers 10");

  spec.process = process_of(0, 11);
  EXPECT_EQ(fault_of(spec, root_host()),
            "/process/user/gid: no entry of /linux/gidMappings covers 11");

  spec.process = process_of(0, 0);
  spec.process->user.additional_gids = {1, 12};
  EXPECT_EQ(fault_of(spec, root_host()),
            "/process/user/additionalGids/1: no entry of /linux/gidMappings covers 12");
}

TEST(IdMaps, LetAnUnprivilegedRuntimeMapItself) {
  Spec spec = in_new_user_namespace({{0, 1000, 1}});
  spec.linux.gid_mappings = {{0, 1001, 1}};

  const auto maps = id_maps(spec, user_host());

  ASSERT_TRUE(maps.has_value());
  EXPECT_EQ(maps->uid_map, "0 1000 1\n");
  EXPECT_EQ(maps->gid_map, "0 1001 1\n");
  EXPECT_TRUE(maps->deny_setgroups);
}

TEST(IdMaps, LeaveMoreThanTheUsersOwnIdToTheHelpers) {
  Spec spec = in_new_user_namespace({{0, 1000, 1}, {1, 100000, 65536}});
  auto maps = id_maps(spec, user_host());
  ASSERT_TRUE(maps.has_value());
  EXPECT_TRUE(maps->uid_by_helper);
  EXPECT_TRUE(maps->gid_by_helper);
  EXPECT_FALSE(maps->deny_setgroups);

  spec = in_new_user_namespace({{0, 1000, 1}});  // the user's own id, and another's group
  maps = id_maps(spec, user_host());
  ASSERT_TRUE(maps.has_value());
  EXPECT_FALSE(maps->uid_by_helper);
  EXPECT_TRUE(maps->gid_by_helper);
}

TEST(IdMaps, OfAPrivilegedRuntimeNeedNoHelper) {
  const auto maps = id_maps(in_new_user_namespace({{0, 100000, 65536}}), root_host());
  ASSERT_TRUE(maps.has_value());
  EXPECT_FALSE(maps->uid_by_helper);
  EXPECT_FALSE(maps->gid_by_helper);
}

TEST(IdMaps, DenySetgroupsWhereTheRuntimesOwnNamespaceDoes) {
  host::HostFacts host = root_host();
  host.in_user_namespace = true;
  host.setgroups_denied = true;
  Spec spec;
  const auto maps = id_maps(spec, host);
  ASSERT_TRUE(maps.has_value());
  EXPECT_TRUE(maps->deny_setgroups);

  spec.process = process_of(0, 0);
  spec.process->user.additional_gids = {5};
  EXPECT_EQ(
      fault_of(spec, host),
      "/process/user/additionalGids: cannot be set, setgroups(2) is denied in the container's "
      "user namespace (user_namespaces(7))");
}

TEST(IdMaps, RefuseGroupsThatAnUnprivilegedRuntimeMayNotSet) {
  Spec spec = in_new_user_namespace({{0, 1000, 1}});
  spec.linux.gid_mappings = {{0, 1001, 1}};
  spec.process = process_of(0, 0);
  spec.process->user.additional_gids = {0};
  EXPECT_EQ(
      fault_of(spec, user_host()),
      "/process/user/additionalGids: cannot be set, setgroups(2) is denied in the container's "
      "user namespace (user_namespaces(7))");
}

}  // namespace
}  // namespace myrt::plan
