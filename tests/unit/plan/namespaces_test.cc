#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/parts.h"
#include "samples.h"

namespace myrt::plan {
namespace {

using testing::ElementsAre;

Spec with_namespaces(std::vector<Namespace> namespaces) {
  Spec spec;
  spec.linux.namespaces = std::move(namespaces);
  return spec;
}

/// With a new user namespace that maps root.
Spec with_user_namespace(std::vector<Namespace> others) {
  others.push_back({.kind = NamespaceKind::kUser, .path = ""});
  Spec spec = with_namespaces(std::move(others));
  spec.linux.uid_mappings = {{.container_id = 0, .host_id = 100000, .size = 65536}};
  spec.linux.gid_mappings = {{.container_id = 0, .host_id = 100000, .size = 65536}};
  return spec;
}

std::vector<NamespaceKind> kinds(const std::vector<Join>& joins) {
  std::vector<NamespaceKind> result;
  for (const Join& join : joins) {
    result.push_back(join.kind);
  }
  return result;
}

// All kinds, in an order that is none of the plan's.
std::vector<Namespace> all_by_path() {
  return {
      {NamespaceKind::kPid, "/ns/pid"},   {NamespaceKind::kUser, "/ns/user"},
      {NamespaceKind::kMount, "/ns/mnt"}, {NamespaceKind::kNetwork, "/ns/net"},
      {NamespaceKind::kIpc, "/ns/ipc"},   {NamespaceKind::kTime, "/ns/time"},
      {NamespaceKind::kUts, "/ns/uts"},   {NamespaceKind::kCgroup, "/ns/cgroup"},
  };
}

TEST(NamespacePlan, MakesWhatHasNoPath) {
  const auto plan = namespace_plan(with_namespaces({{NamespaceKind::kPid, ""},
                                                    {NamespaceKind::kMount, ""},
                                                    {NamespaceKind::kIpc, ""},
                                                    {NamespaceKind::kUts, ""}}),
                                   root_host());

  ASSERT_TRUE(plan.has_value());
  // CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID (linux/sched.h)
  EXPECT_EQ(plan->clone_flags, 0x00020000U | 0x04000000U | 0x08000000U | 0x20000000U);
  EXPECT_TRUE(plan->joins.empty());
  EXPECT_FALSE(plan->through_joiner);
  EXPECT_FALSE(plan->in_user_namespace);
}

TEST(NamespacePlan, MakesATimeNamespaceAfterTheClone) {
  const auto plan = namespace_plan(with_namespaces({{NamespaceKind::kTime, ""}}), root_host());

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->clone_flags, 0U);
  EXPECT_TRUE(plan->new_time);
  EXPECT_EQ(plan->time_offsets, "");
}

TEST(NamespacePlan, HasTimeOffsetsAsTheKernelTakesThem) {
  Spec spec = with_namespaces({{NamespaceKind::kTime, ""}});
  spec.linux.time_offsets = {.monotonic = TimeOffset{.seconds = -3, .nanoseconds = 5},
                             .boottime = TimeOffset{.seconds = 86400}};

  const auto plan = namespace_plan(spec, root_host());

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->time_offsets, "monotonic -3 5\nboottime 86400 0\n");
}

TEST(NamespacePlan, RefusesTimeOffsetsWhereTheirFileIsTheHosts) {
  Spec spec = with_namespaces({{NamespaceKind::kTime, ""}, {NamespaceKind::kUser, "/ns/user"}});
  spec.linux.time_offsets.monotonic = TimeOffset{.seconds = 1};

  const auto users = namespace_plan(spec, user_host());

  ASSERT_FALSE(users.has_value());
  EXPECT_EQ(users.error().text(),
            "/linux/timeOffsets: cannot be set by a user without privileges in a user namespace "
            "that is joined");
  EXPECT_TRUE(namespace_plan(spec, root_host()).has_value());
}

TEST(NamespacePlan, MakesTheCgroupNamespaceAfterTheClone) {
  const auto plan = namespace_plan(with_namespaces({{NamespaceKind::kCgroup, ""}}), root_host());

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->clone_flags, 0U);
  EXPECT_EQ(plan->unshare_flags, std::uint64_t{CLONE_NEWCGROUP});
}

TEST(NamespacePlan, MakesTheIpcNamespaceWithTheIdsOfTheUserNamespace) {
  const auto alone = namespace_plan(with_namespaces({{NamespaceKind::kIpc, ""}}), root_host());
  Spec spec = with_namespaces({{NamespaceKind::kIpc, ""}, {NamespaceKind::kUser, ""}});
  spec.linux.uid_mappings =
      spec.linux.gid_mappings = {{.container_id = 0, .host_id = 1000, .size = 1}};
  const auto inside = namespace_plan(spec, root_host());

  ASSERT_TRUE(alone.has_value() && inside.has_value());
  EXPECT_EQ(alone->clone_flags, std::uint64_t{CLONE_NEWIPC});
  EXPECT_EQ(alone->unshare_flags, 0U);
  EXPECT_EQ(inside->clone_flags, std::uint64_t{CLONE_NEWUSER});
  EXPECT_EQ(inside->unshare_flags, std::uint64_t{CLONE_NEWIPC});
}

TEST(NamespacePlan, JoinsTheUserNamespaceLastWhenPrivileged) {
  const auto plan = namespace_plan(with_namespaces(all_by_path()), root_host());

  ASSERT_TRUE(plan.has_value());
  EXPECT_THAT(kinds(plan->joins),
              ElementsAre(NamespaceKind::kIpc, NamespaceKind::kUts, NamespaceKind::kNetwork,
                          NamespaceKind::kCgroup, NamespaceKind::kTime, NamespaceKind::kMount,
                          NamespaceKind::kPid, NamespaceKind::kUser));
  EXPECT_EQ(plan->joins[5].path, "/ns/mnt");
}

TEST(NamespacePlan, JoinsTheUserNamespaceFirstWhenUnprivileged) {
  const auto plan = namespace_plan(with_namespaces(all_by_path()), user_host());

  ASSERT_TRUE(plan.has_value());
  EXPECT_THAT(kinds(plan->joins),
              ElementsAre(NamespaceKind::kUser, NamespaceKind::kIpc, NamespaceKind::kUts,
                          NamespaceKind::kNetwork, NamespaceKind::kCgroup, NamespaceKind::kTime,
                          NamespaceKind::kMount, NamespaceKind::kPid));
}

TEST(NamespacePlan, JoinsWithoutAMiddleProcessWhenNothingNeedsOne) {
  const auto plan = namespace_plan(
      with_namespaces({{NamespaceKind::kNetwork, "/ns/net"}, {NamespaceKind::kPid, ""}}),
      root_host());

  ASSERT_TRUE(plan.has_value());
  EXPECT_FALSE(plan->through_joiner);
}

TEST(NamespacePlan, JoinsAPidOrUserNamespaceInAMiddleProcess) {
  const auto pid = namespace_plan(with_namespaces({{NamespaceKind::kPid, "/ns/pid"}}), root_host());
  const auto user =
      namespace_plan(with_namespaces({{NamespaceKind::kUser, "/ns/user"}}), root_host());

  ASSERT_TRUE(pid.has_value());
  ASSERT_TRUE(user.has_value());
  EXPECT_TRUE(pid->through_joiner);
  EXPECT_TRUE(user->through_joiner);
}

TEST(NamespacePlan, JoinsBesideANewUserNamespaceInAMiddleProcess) {
  const auto joins =
      namespace_plan(with_user_namespace({{NamespaceKind::kNetwork, "/ns/net"}}), root_host());
  const auto makes =
      namespace_plan(with_user_namespace({{NamespaceKind::kNetwork, ""}}), root_host());

  ASSERT_TRUE(joins.has_value());
  ASSERT_TRUE(makes.has_value());
  EXPECT_TRUE(joins->through_joiner);
  EXPECT_FALSE(makes->through_joiner);
}

TEST(NamespacePlan, SetsTheLoopbackUpOnlyInANewNetworkNamespace) {
  const auto made = namespace_plan(with_namespaces({{NamespaceKind::kNetwork, ""}}), root_host());
  const auto joined =
      namespace_plan(with_namespaces({{NamespaceKind::kNetwork, "/ns/net"}}), root_host());
  const auto inherited = namespace_plan(with_namespaces({}), root_host());

  ASSERT_TRUE(made.has_value());
  ASSERT_TRUE(joined.has_value());
  ASSERT_TRUE(inherited.has_value());
  EXPECT_TRUE(made->loopback_up);
  EXPECT_FALSE(joined->loopback_up);
  EXPECT_FALSE(inherited->loopback_up);
}

TEST(NamespacePlan, TakesHostnameAndDomainname) {
  Spec spec = with_namespaces({{NamespaceKind::kUts, ""}});
  spec.hostname = "red";
  spec.domainname = "example.org";

  const auto plan = namespace_plan(spec, root_host());

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->hostname, "red");
  EXPECT_EQ(plan->domainname, "example.org");
}

TEST(NamespacePlan, TakesTheIdMapsOfANewUserNamespace) {
  const auto plan = namespace_plan(with_user_namespace({}), root_host());

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->clone_flags, 0x10000000U);  // CLONE_NEWUSER
  EXPECT_TRUE(plan->in_user_namespace);
  EXPECT_EQ(plan->uid_map, "0 100000 65536\n");
  EXPECT_EQ(plan->gid_map, "0 100000 65536\n");
}

TEST(NamespacePlan, RefusesAnUnprivilegedRuntimeWithoutAUserNamespace) {
  const auto plan = namespace_plan(with_namespaces({{NamespaceKind::kMount, ""}}), user_host());

  ASSERT_FALSE(plan.has_value());
  EXPECT_EQ(
      plan.error().text(),
      "/linux/namespaces: without CAP_SYS_ADMIN the container needs a user namespace: `myrt spec "
      "--rootless` writes a config.json that has one");
}

TEST(NamespacePlan, TakesNetworkDevicesOfARuntimeThatMayMoveThem) {
  Spec spec = with_user_namespace({{NamespaceKind::kNetwork, ""}});
  spec.linux.net_devices = {{.host_name = "eth0", .name = "net0"}};

  const auto plan = namespace_plan(spec, root_host());
  const auto users = namespace_plan(spec, user_host());

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->net_devices, spec.linux.net_devices);
  ASSERT_FALSE(users.has_value());
  EXPECT_EQ(users.error().text(),
            "/linux/netDevices: cannot be moved without CAP_NET_ADMIN, which a user without "
            "privileges does not have");
}

}  // namespace
}  // namespace myrt::plan
