#include <sys/mount.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/parts.h"
#include "samples.h"

namespace myrt::plan {
namespace {

using testing::ElementsAre;

/// With a new mount namespace.
Spec sample_spec() {
  Spec spec;
  spec.root.path = "rootfs";
  spec.linux.namespaces = {{NamespaceKind::kMount, ""}};
  return spec;
}

std::string fault_of(const Spec& spec, const Request& request) {
  const auto plan = rootfs_plan(spec, request);
  return plan.has_value() ? "none" : plan.error().text();
}

TEST(PathInRoot, NamesTheFieldThatLeavesTheRoot) {
  const auto path = path_in_root("a/../../b", "/linux/devices/0/path");
  ASSERT_FALSE(path.has_value());
  EXPECT_EQ(path.error().text(),
            "/linux/devices/0/path: \"a/../../b\" leaves the root file system");
}

TEST(RootfsPlan, FindsARelativeRootInTheBundle) {
  const auto plan = rootfs_plan(sample_spec(), sample_request());
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->path, "/bundle/rootfs");
}

TEST(RootfsPlan, TakesAnAbsoluteRootAsItIs) {
  Spec spec = sample_spec();
  spec.root = {.path = "/var/lib/x/merged", .readonly = true};

  const auto plan = rootfs_plan(spec, sample_request());

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->path, "/var/lib/x/merged");
  EXPECT_TRUE(plan->read_only);
}

TEST(RootfsPlan, IsASlaveOfTheHostByDefault) {
  const auto plan = rootfs_plan(sample_spec(), sample_request());
  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->host_propagation, MS_SLAVE);
  EXPECT_EQ(plan->root_propagation, 0U);
}

TEST(RootfsPlan, PropagatesAsRootfsPropagationSays) {
  struct Case {
    unsigned long asked;
    std::uint64_t host;
    std::uint64_t root;
    bool recursive;
  };
  for (const Case& expected : {Case{MS_SHARED, MS_SHARED, MS_SHARED, false},
                               Case{MS_SLAVE | MS_REC, MS_SLAVE, MS_SLAVE, true},
                               Case{MS_PRIVATE | MS_REC, MS_PRIVATE, MS_PRIVATE, true},
                               Case{MS_UNBINDABLE, MS_PRIVATE, MS_UNBINDABLE, false}}) {
    Spec spec = sample_spec();
    spec.linux.rootfs_propagation = expected.asked;

    const auto plan = rootfs_plan(spec, sample_request());

    ASSERT_TRUE(plan.has_value());
    EXPECT_EQ(plan->host_propagation, expected.host) << expected.asked;
    EXPECT_EQ(plan->root_propagation, expected.root) << expected.asked;
    EXPECT_EQ(plan->root_propagation_recursive, expected.recursive) << expected.asked;
  }
}

TEST(RootfsPlan, LeavesTheHostsPropagationAloneWithoutANewMountNamespace) {
  Spec spec = sample_spec();
  spec.linux.namespaces.clear();

  const auto plan = rootfs_plan(spec, sample_request());

  ASSERT_TRUE(plan.has_value());
  EXPECT_FALSE(plan->new_mount_namespace);
  EXPECT_FALSE(plan->joined_mount_namespace);
  EXPECT_EQ(plan->host_propagation, 0U);
}

TEST(RootfsPlan, KnowsAJoinedMountNamespace) {
  Spec spec = sample_spec();
  spec.linux.namespaces[0].path = "/ns/mnt";

  const auto plan = rootfs_plan(spec, sample_request());

  ASSERT_TRUE(plan.has_value());
  EXPECT_FALSE(plan->new_mount_namespace);
  EXPECT_TRUE(plan->joined_mount_namespace);
}

TEST(RootfsPlan, RefusesRootfsPropagationWithoutANewMountNamespace) {
  Spec spec = sample_spec();
  spec.linux.namespaces.clear();
  spec.linux.rootfs_propagation = MS_PRIVATE;
  EXPECT_EQ(
      fault_of(spec, sample_request()),
      "/linux/rootfsPropagation: needs a new mount namespace, it would be that of the host's /");
}

TEST(RootfsPlan, RefusesPrivatePropagationWithoutPivot) {
  Spec spec = sample_spec();
  Request request = sample_request();
  request.no_pivot = true;
  EXPECT_EQ(fault_of(spec, request), "none");
  spec.linux.rootfs_propagation = MS_PRIVATE | MS_REC;
  EXPECT_EQ(fault_of(spec, request),
            "--no-pivot: does not go with a private or unbindable /linux/rootfsPropagation");
}

TEST(RootfsPlan, GivesAReadOnlyRootAReadOnlyOverlay) {
  Spec spec = sample_spec();
  spec.root.readonly = true;
  Request request = sample_request();
  request.overlay = OverlayPlan{.lower = {"/tools", "/base"}, .upper = "", .work = ""};

  const auto plan = rootfs_plan(spec, request);

  ASSERT_TRUE(plan.has_value());
  ASSERT_TRUE(plan->overlay.has_value());
  EXPECT_THAT(plan->overlay->lower, ElementsAre("/tools", "/base"));
  EXPECT_TRUE(plan->overlay->read_only);
}

TEST(RootfsPlan, RefusesAnOverlayThatTheHostWouldSee) {
  Spec spec = sample_spec();
  spec.linux.namespaces.clear();
  Request request = sample_request();
  request.overlay = OverlayPlan{.lower = {"/base"}, .upper = "", .work = ""};
  EXPECT_EQ(fault_of(spec, request),
            "--overlay: needs a new mount namespace, the host would see the overlay");
}

TEST(RootfsPlan, HasItsOwnViewOfCgroupsInACgroupNamespace) {
  Spec spec = sample_spec();
  spec.linux.namespaces.push_back({NamespaceKind::kCgroup, ""});

  const auto plan = rootfs_plan(spec, sample_request());

  ASSERT_TRUE(plan.has_value());
  EXPECT_TRUE(plan->own_cgroup_namespace);
}

TEST(RootfsPlan, KeepsProtectedPathsBelowTheRoot) {
  Spec spec = sample_spec();
  spec.linux.readonly_paths = {"/proc/sys", "/../etc"};
  const auto plan = rootfs_plan(spec, sample_request());

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->readonly_paths, (std::vector<std::string>{"/proc/sys", "/etc"}));
}

}  // namespace
}  // namespace myrt::plan
