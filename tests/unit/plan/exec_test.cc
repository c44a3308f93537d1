#include <linux/capability.h>
#include <sched.h>

#include <gtest/gtest.h>

#include "plan/make_plan.h"
#include "samples.h"

namespace myrt::plan {
namespace {

Spec with_user_namespace() {
  Spec spec;
  spec.linux.namespaces = {{.kind = NamespaceKind::kUser}, {.kind = NamespaceKind::kPid}};
  spec.linux.uid_mappings = {{.container_id = 0, .host_id = 1000, .size = 10}};
  spec.linux.gid_mappings = {{.container_id = 5, .host_id = 2000, .size = 10}};
  return spec;
}

ExecRequest request_as(std::uint32_t uid, std::uint32_t gid) {
  return {.id = "c1",
          .process = {.user = {.uid = uid, .gid = gid}, .args = {"ls"}, .cwd = "/"},
          .listen_fds = 2,
          .preserve_fds = 3};
}

TEST(ExecPlan, HoldsTheProcessAndTheDescriptors) {
  const Result<Plan> plan = make_exec_plan({}, request_as(7, 8), root_host());

  ASSERT_TRUE(plan.has_value()) << plan.error().text();
  EXPECT_EQ(plan->id, "c1");
  EXPECT_EQ(plan->process->uid, 7U);
  EXPECT_EQ(plan->listen_fds, 2);
  EXPECT_EQ(plan->preserve_fds, 5);
  EXPECT_TRUE(plan->new_keyring);
  EXPECT_FALSE(plan->namespaces.in_user_namespace);
}

TEST(ExecPlan, HasToFindTheWorkingDirectory) {
  const Result<Plan> plan = make_exec_plan({}, request_as(0, 0), root_host());

  ASSERT_TRUE(plan.has_value()) << plan.error().text();
  EXPECT_FALSE(plan->process->make_cwd);
}

TEST(ExecPlan, SetsUpAsTheNamespacesRootOrAsTheProcess) {
  const Result<Plan> plan = make_exec_plan(with_user_namespace(), request_as(3, 6), root_host());

  ASSERT_TRUE(plan.has_value()) << plan.error().text();
  EXPECT_TRUE(plan->namespaces.in_user_namespace);
  EXPECT_EQ(plan->namespaces.setup_uid, 0U);
  EXPECT_EQ(plan->namespaces.setup_gid, 6U);
}

TEST(ExecPlan, RefusesIdsThatAreNotMapped) {
  EXPECT_FALSE(make_exec_plan(with_user_namespace(), request_as(10, 6), root_host()).has_value());
  EXPECT_FALSE(make_exec_plan(with_user_namespace(), request_as(3, 0), root_host()).has_value());
}

TEST(ExecNamespaces, AreAllThatARuntimeWithPrivilegesCanShare) {
  EXPECT_EQ(exec_namespaces({}, root_host()),
            std::uint64_t{CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS |
                          CLONE_NEWCGROUP});
}

TEST(ExecNamespaces, AreTheContainersOwnWithoutPrivileges) {
  Linux linux = with_user_namespace().linux;
  linux.namespaces.push_back({.kind = NamespaceKind::kCgroup});
  linux.namespaces.push_back({.kind = NamespaceKind::kNetwork, .path = "/proc/1/ns/net"});

  EXPECT_EQ(exec_namespaces(linux, user_host()),
            std::uint64_t{CLONE_NEWUSER | CLONE_NEWPID | CLONE_NEWCGROUP | CLONE_NEWNET});
}

TEST(ExecNamespaces, HaveATimeNamespaceOnlyWhenTheContainerHas) {
  Linux linux;
  linux.namespaces = {{.kind = NamespaceKind::kTime}};

  constexpr std::uint64_t kNewTime = 0x80;  // CLONE_NEWTIME, linux/sched.h
  EXPECT_EQ(exec_namespaces(linux, root_host()) & kNewTime, kNewTime);
  EXPECT_EQ(exec_namespaces({}, root_host()) & kNewTime, 0U);
}

}  // namespace
}  // namespace myrt::plan
