#include <sys/mount.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/parts.h"
#include "samples.h"

namespace myrt::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kLabel = "system_u:object_r:container_file_t:s0:c1,c2";

MountStep filesystem(std::string type, std::vector<std::string> data = {}) {
  return {.kind = MountKind::kFilesystem,
          .destination = "/mnt",
          .type = std::move(type),
          .data = std::move(data)};
}

TEST(MountLabel, IsAnOptionOfFileSystems) {
  EXPECT_THAT(labelled(filesystem("tmpfs", {"mode=755"}), kLabel).data,
              ElementsAre("mode=755", "context=system_u:object_r:container_file_t:s0:c1,c2"));
  for (const char* type : {"devpts", "overlay", "ext4"}) {
    EXPECT_THAT(labelled(filesystem(type), kLabel).data,
                ElementsAre("context=system_u:object_r:container_file_t:s0:c1,c2"))
        << type;
  }
}

TEST(MountLabel, IsNotForFileSystemsThatThePolicyLabels) {
  for (const char* type : {"proc", "sysfs", "cgroup", "cgroup2"}) {
    EXPECT_EQ(labelled(filesystem(type), kLabel), filesystem(type)) << type;
  }
}

TEST(MountLabel, IsOfTheRootOfMessageQueues) {
  const MountStep step = labelled(filesystem("mqueue"), kLabel);
  EXPECT_THAT(step.data, IsEmpty());
  EXPECT_EQ(step.root_label, kLabel);
}

TEST(MountLabel, IsNotForBindsAndRemounts) {
  for (const MountKind kind : {MountKind::kBind, MountKind::kRemount, MountKind::kCgroup}) {
    MountStep step = filesystem("tmpfs");
    step.kind = kind;
    EXPECT_EQ(labelled(step, kLabel), step);
  }
}

TEST(MountLabel, LeavesOneThatTheOptionsChoose) {
  for (const char* option :
       {"context=a:b:c", "fscontext=a:b:c", "defcontext=a:b:c", "rootcontext=a:b:c"}) {
    EXPECT_THAT(labelled(filesystem("tmpfs", {option}), kLabel).data, ElementsAre(option));
  }
}

// fsconfig(2) has no quotes.
TEST(MountLabel, LosesTheQuotesOfAnOption) {
  EXPECT_THAT(labelled(filesystem("tmpfs", {R"(context="a:b:c:s0:c1,c2")", R"(x="y")"}), "").data,
              ElementsAre("context=a:b:c:s0:c1,c2", R"(x="y")"));
}

TEST(MountLabel, IsNoneWhenTheConfigHasNone) {
  EXPECT_EQ(labelled(filesystem("tmpfs"), ""), filesystem("tmpfs"));
  EXPECT_EQ(labelled(filesystem("mqueue"), ""), filesystem("mqueue"));
}

TEST(MountLabel, IsOfTheConfigsMounts) {
  Spec spec;
  spec.linux.mount_label = kLabel;
  spec.mounts.push_back({.destination = "/proc", .type = "proc"});
  spec.mounts.push_back({.destination = "/dev", .type = "tmpfs"});

  const auto steps = mount_steps(spec, "/bundle");

  ASSERT_TRUE(steps.has_value());
  EXPECT_THAT((*steps)[0].data, IsEmpty());
  EXPECT_THAT((*steps)[1].data, ElementsAre("context=system_u:object_r:container_file_t:s0:c1,c2"));
}

TEST(MountLabel, IsOfAnOverlayRootAndOfWhatTheRuntimeMounts) {
  Spec spec;
  spec.root.path = "rootfs";
  spec.linux.namespaces = {{NamespaceKind::kMount, ""}};
  spec.linux.mount_label = kLabel;
  Request request = sample_request();
  request.overlay = OverlayPlan{.lower = {"/base"}};

  const auto plan = rootfs_plan(spec, request);

  ASSERT_TRUE(plan.has_value());
  EXPECT_EQ(plan->overlay->label, kLabel);
  EXPECT_EQ(plan->mount_label, kLabel);
}

}  // namespace
}  // namespace myrt::plan
