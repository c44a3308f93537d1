#include "plan/make_plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "samples.h"

namespace myrt::plan {
namespace {

using testing::ElementsAre;

Spec sample_spec() {
  Spec spec;
  spec.root.path = "rootfs";
  spec.linux.namespaces = {{NamespaceKind::kMount, ""}, {NamespaceKind::kPid, ""}};
  return spec;
}

Result<Plan> plan_of(const Spec& spec, const Request& request = sample_request()) {
  return make_plan(spec, request, root_host(), v2_layout());
}

TEST(MakePlan, PutsThePartsTogether) {
  Spec spec = sample_spec();
  spec.process.emplace();
  spec.process->args = {"true"};
  spec.linux.sysctl = {{"kernel.sem", "1 2 3 4"}};
  spec.hooks.poststop = {{.path = "/bin/true"}};

  const auto plan = plan_of(spec);

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->id, "c1");
  EXPECT_EQ(plan->bundle, "/bundle");
  EXPECT_EQ(plan->namespaces.clone_flags, 0x20020000U);  // CLONE_NEWPID | CLONE_NEWNS
  EXPECT_EQ(plan->rootfs.path, "/bundle/rootfs");
  ASSERT_EQ(plan->sysctl.size(), 1U);
  EXPECT_EQ(plan->sysctl[0].first, "kernel/sem");
  ASSERT_TRUE(plan->process.has_value());
  EXPECT_THAT(plan->process->args, ElementsAre("true"));
  EXPECT_EQ(plan->hooks.poststop.size(), 1U);
  EXPECT_TRUE(plan->new_keyring);
}

TEST(MakePlan, TellsTheRootFileSystemWhereTheCgroupsAre) {
  const auto plan = plan_of(sample_spec());

  ASSERT_TRUE(plan.has_value());
  EXPECT_TRUE(plan->rootfs.pure_v2);
  ASSERT_EQ(plan->rootfs.cgroups.size(), 1U);
  EXPECT_EQ(plan->rootfs.cgroups[0].path, "/c1");
}

TEST(MakePlan, HasNoProcessWhenTheConfigHasNone) {
  const auto plan = plan_of(sample_spec());
  ASSERT_TRUE(plan.has_value());
  EXPECT_FALSE(plan->process.has_value());
}

TEST(MakePlan, KeepsTheDescriptorsThatWerePassedAndThoseAskedFor) {
  Request request = sample_request();
  request.listen_fds = 2;
  request.preserve_fds = 3;
  request.no_new_keyring = true;

  const auto plan = plan_of(sample_spec(), request);

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->preserve_fds, 5);
  EXPECT_EQ(plan->listen_fds, 2);
  EXPECT_FALSE(plan->new_keyring);
}

TEST(MakePlan, CollectsWarningsBeginningWithTheSpecs) {
  Spec spec = sample_spec();
  spec.warnings = {"from the spec"};
  spec.process.emplace();
  spec.process->capabilities.effective = 1;
  spec.linux.resources.pids_limit = 7;
  Request request = sample_request();
  request.cgroups_disabled = true;

  const auto plan = plan_of(spec, request);

  ASSERT_TRUE(plan.has_value());
  EXPECT_THAT(plan->warnings,
              ElementsAre("from the spec", "/linux/resources: not applied, cgroups are disabled",
                          "/process/capabilities/effective: left out, not in the permitted set: "
                          "CAP_CHOWN"));
}

TEST(MakePlan, GrantsEveryCapabilityInAUserNamespace) {
  Spec spec = sample_spec();
  spec.linux.namespaces.push_back({NamespaceKind::kUser, ""});
  spec.linux.uid_mappings = {{.container_id = 0, .host_id = 1000, .size = 1}};
  spec.linux.gid_mappings = {{.container_id = 0, .host_id = 1001, .size = 1}};
  spec.process.emplace();
  spec.process->capabilities.bounding = 1ULL << 21U;

  const auto plan = make_plan(spec, sample_request(), user_host(), v2_layout());

  ASSERT_TRUE(plan.has_value()) << plan.error().text();
  EXPECT_EQ(plan->process->capabilities.bounding, 1ULL << 21U);
  EXPECT_TRUE(plan->warnings.empty());
}

TEST(MakePlan, FailsWithThePartThatFails) {
  Spec spec = sample_spec();
  spec.linux.cgroups_path = "../../c1";
  EXPECT_FALSE(plan_of(spec).has_value());

  spec = sample_spec();
  spec.linux.sysctl = {{"net/../x", "1"}};
  const auto plan = plan_of(spec);
  ASSERT_FALSE(plan.has_value());
  EXPECT_EQ(plan.error().text(), "/linux/sysctl: \"net/../x\" is not the name of a sysctl");
}

}  // namespace
}  // namespace myrt::plan
