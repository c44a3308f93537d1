#include <sys/mount.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/parts.h"
#include "samples.h"

namespace myrt::plan {
namespace {

using testing::ElementsAre;

Spec sample_spec() {
  Spec spec;
  spec.root.path = "rootfs";
  spec.linux.namespaces = {{NamespaceKind::kMount, ""}};
  spec.process.emplace();
  spec.process->args = {"true"};
  return spec;
}

Request sample_notify_request() {
  Request request = sample_request();
  request.notify_directory = "/run/myrt/c1/notify";
  return request;
}

TEST(NotifyPart, BindsTheDirectoryReadOnlyAndNamesTheSocket) {
  const auto part = notify_part(sample_spec(), sample_notify_request());

  ASSERT_TRUE(part.value.has_value());
  EXPECT_EQ(part.value->variable, "NOTIFY_SOCKET=/run/notify/notify.sock");
  const MountStep& mount = part.value->mount;
  EXPECT_EQ(mount.kind, MountKind::kBind);
  EXPECT_EQ(mount.destination, "/run/notify");
  EXPECT_EQ(mount.source, "/run/myrt/c1/notify");
  EXPECT_FALSE(mount.recursive);
  EXPECT_EQ(mount.attributes.set, 0xfU);  // MOUNT_ATTR_RDONLY, NOSUID, NODEV, NOEXEC
  EXPECT_EQ(mount.base_propagation, MS_PRIVATE);
  EXPECT_TRUE(part.warnings.empty());
}

TEST(NotifyPart, IsNothingWithoutAManager) {
  const auto part = notify_part(sample_spec(), sample_request());

  EXPECT_FALSE(part.value.has_value());
  EXPECT_TRUE(part.warnings.empty());
}

TEST(NotifyPart, IsNothingWithoutAProcess) {
  Spec spec = sample_spec();
  spec.process.reset();

  EXPECT_FALSE(notify_part(spec, sample_notify_request()).value.has_value());
}

TEST(NotifyPart, IsNothingWhenTheConfigHasItsOwn) {
  Spec spec = sample_spec();
  spec.process->env = {"PATH=/bin", "NOTIFY_SOCKET=/run/notify.sock"};

  const auto part = notify_part(spec, sample_notify_request());

  EXPECT_FALSE(part.value.has_value());
  EXPECT_TRUE(part.warnings.empty());
}

TEST(NotifyPart, IsNothingButAWarningWhereItsMountWouldBeTheHosts) {
  for (const auto& namespaces :
       std::vector<std::vector<Namespace>>{{}, {{NamespaceKind::kMount, "/proc/1/ns/mnt"}}}) {
    Spec spec = sample_spec();
    spec.linux.namespaces = namespaces;

    const auto part = notify_part(spec, sample_notify_request());

    EXPECT_FALSE(part.value.has_value());
    EXPECT_THAT(
        part.warnings,
        ElementsAre("NOTIFY_SOCKET: the container cannot notify the service manager without "
                    "a new mount namespace"));
  }
}

TEST(MakePlan, MountsTheNotifySocketAfterTheMountsOfTheConfig) {
  Spec spec = sample_spec();
  spec.process->env = {"PATH=/bin"};
  Mount run;
  run.destination = "/run";
  run.type = "tmpfs";
  spec.mounts = {run};

  const auto plan = make_plan(spec, sample_notify_request(), root_host(), v2_layout());

  ASSERT_TRUE(plan.has_value()) << plan.error().text();
  EXPECT_TRUE(plan->notify);
  ASSERT_EQ(plan->rootfs.mounts.size(), 2U);
  EXPECT_EQ(plan->rootfs.mounts[0].destination, "/run");
  EXPECT_EQ(plan->rootfs.mounts[1].destination, "/run/notify");
  EXPECT_THAT(plan->process->env,
              ElementsAre("PATH=/bin", "NOTIFY_SOCKET=/run/notify/notify.sock"));
}

TEST(MakePlan, KeepsTheNamesOfPassedDescriptorsWhenThereAreSome) {
  Request request = sample_request();
  request.listen_names = "http:https";
  EXPECT_EQ(make_plan(sample_spec(), request, root_host(), v2_layout())->listen_names, "");

  request.listen_fds = 2;
  EXPECT_EQ(make_plan(sample_spec(), request, root_host(), v2_layout())->listen_names,
            "http:https");
}

}  // namespace
}  // namespace myrt::plan
