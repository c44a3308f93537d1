#include <sys/mount.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/parts.h"
#include "samples.h"

namespace myrt::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

MountStep cgroup_mount() {
  MountStep step;
  step.kind = MountKind::kCgroup;
  step.type = "cgroup";
  step.destination = "/sys/fs/cgroup";
  return step;
}

/// Of a process with uid 1000 and a new cgroup namespace.
Spec sample_spec() {
  Spec spec;
  spec.linux.namespaces = {{NamespaceKind::kCgroup, ""}};
  spec.process.emplace();
  spec.process->user.uid = 1000;
  return spec;
}

std::optional<std::uint32_t> owner_of(const Spec& spec, const std::vector<MountStep>& mounts) {
  const auto part = cgroup_part(spec, sample_request(), v2_layout(), mounts);
  EXPECT_TRUE(part.has_value());
  return part.has_value() ? part->value.owner : std::nullopt;
}

TEST(CgroupPart, IsTheIdBelowTheRootByDefault) {
  const auto part = cgroup_part(Spec{}, sample_request(), v2_layout(), {});
  ASSERT_TRUE(part.has_value());
  ASSERT_EQ(part->value.directories.size(), 1U);
  EXPECT_EQ(part->value.directories[0].path, "/c1");
}

TEST(CgroupPart, TakesTheConfigsPath) {
  Spec spec;
  spec.linux.cgroups_path = "machine/./c2";

  const auto part = cgroup_part(spec, sample_request(), v2_layout(), {});

  ASSERT_TRUE(part.has_value());
  ASSERT_EQ(part->value.directories.size(), 1U);
  EXPECT_EQ(part->value.directories[0].path, "/machine/c2");
}

TEST(CgroupPart, HasTheWritesOfTheResources) {
  Spec spec;
  spec.linux.resources.pids_limit = 7;

  const auto part = cgroup_part(spec, sample_request(), v2_layout(), {});

  ASSERT_TRUE(part.has_value());
  ASSERT_EQ(part->value.directories.size(), 1U);
  ASSERT_EQ(part->value.directories[0].writes.size(), 1U);
  EXPECT_EQ(part->value.directories[0].writes[0].file, "pids.max");
  EXPECT_EQ(part->value.directories[0].writes[0].value, "7");
}

TEST(CgroupPart, TellsWhatHasNoEffectAmongThePlansWarnings) {
  Spec spec;
  spec.linux.resources.memory.kernel = 1000;

  const auto part = cgroup_part(spec, sample_request(), v2_layout(), {});

  ASSERT_TRUE(part.has_value());
  EXPECT_EQ(part->warnings.size(), 1U);
  EXPECT_THAT(part->value.warnings, IsEmpty());
}

TEST(CgroupPart, IsEmptyWhenCgroupsAreDisabled) {
  Request request = sample_request();
  request.cgroups_disabled = true;

  const auto part = cgroup_part(Spec{}, request, cgroup::Layout{}, {});

  ASSERT_TRUE(part.has_value());
  EXPECT_EQ(part->value, cgroup::CgroupPlan{});
  EXPECT_THAT(part->warnings, IsEmpty());
}

TEST(CgroupPart, WarnsOfLimitsThatDisabledCgroupsCannotHold) {
  Spec spec;
  spec.linux.resources.pids_limit = 7;
  Request request = sample_request();
  request.cgroups_disabled = true;

  const auto part = cgroup_part(spec, request, cgroup::Layout{}, {});

  ASSERT_TRUE(part.has_value());
  EXPECT_THAT(part->warnings, ElementsAre("/linux/resources: not applied, cgroups are disabled"));
}

TEST(CgroupPart, FailsWithoutAnyHierarchy) {
  EXPECT_FALSE(cgroup_part(Spec{}, sample_request(), cgroup::Layout{}, {}).has_value());
}

TEST(CgroupOwner, IsTheUserOfAWritableView) {
  EXPECT_EQ(owner_of(sample_spec(), {cgroup_mount()}), 1000U);
}

TEST(CgroupOwner, IsTheHostsIdOfTheUser) {
  Spec spec = sample_spec();
  spec.linux.namespaces.push_back({NamespaceKind::kUser, ""});
  spec.linux.uid_mappings = {{.container_id = 0, .host_id = 100000, .size = 65536}};
  EXPECT_EQ(owner_of(spec, {cgroup_mount()}), 101000U);
}

TEST(CgroupOwner, IsNotChangedForAReadOnlyView) {
  MountStep mount = cgroup_mount();
  mount.attributes.set = MOUNT_ATTR_RDONLY;
  EXPECT_EQ(owner_of(sample_spec(), {mount}), std::nullopt);
}

TEST(CgroupOwner, IsNotChangedWithoutAViewAtTheUsualPlace) {
  MountStep elsewhere = cgroup_mount();
  elsewhere.destination = "/cgroup";
  EXPECT_EQ(owner_of(sample_spec(), {}), std::nullopt);
  EXPECT_EQ(owner_of(sample_spec(), {elsewhere}), std::nullopt);
}

TEST(CgroupOwner, IsNotChangedInAnInheritedOrJoinedCgroupNamespace) {
  Spec spec = sample_spec();
  spec.linux.namespaces[0].path = "/ns/cgroup";
  EXPECT_EQ(owner_of(spec, {cgroup_mount()}), std::nullopt);
  spec.linux.namespaces.clear();
  EXPECT_EQ(owner_of(spec, {cgroup_mount()}), std::nullopt);
}

TEST(CgroupOwner, IsNotChangedWhenTheMappingsAreUnknown) {
  Spec spec = sample_spec();
  spec.linux.namespaces.push_back({NamespaceKind::kUser, "/ns/user"});
  EXPECT_EQ(owner_of(spec, {cgroup_mount()}), std::nullopt);
}

}  // namespace
}  // namespace myrt::plan
