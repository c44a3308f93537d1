#include <sys/mount.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/parts.h"
#include "samples.h"

namespace myrt::plan {
namespace {

using testing::ElementsAre;

Mount filesystem(std::string type, std::string destination) {
  Mount mount;
  mount.destination = std::move(destination);
  mount.source = type;
  mount.type = std::move(type);
  return mount;
}

Mount bind_mount(std::string source, std::string destination) {
  Mount mount;
  mount.destination = std::move(destination);
  mount.source = std::move(source);
  mount.bind = true;
  return mount;
}

Result<std::vector<MountStep>> steps_of(std::vector<Mount> mounts, unsigned long propagation = 0) {
  Spec spec;
  spec.mounts = std::move(mounts);
  spec.linux.rootfs_propagation = propagation;
  return mount_steps(spec, "/bundle");
}

/// The only step of a config with the only entry `mount`.
MountStep step_of(Mount mount, unsigned long propagation = 0) {
  const auto steps = steps_of({std::move(mount)}, propagation);
  EXPECT_TRUE(steps.has_value() && steps->size() == 1);
  return steps.has_value() && steps->size() == 1 ? steps->front() : MountStep{};
}

std::string fault_of(Mount mount) {
  const auto steps = steps_of({std::move(mount)});
  return steps.has_value() ? "none" : steps.error().text();
}

TEST(MountSteps, KeepTheConfigsOrderAndRepetitions) {
  const auto steps = steps_of({filesystem("tmpfs", "/dev/shm"), bind_mount("/shm", "/dev/shm")});

  ASSERT_TRUE(steps.has_value());
  ASSERT_EQ(steps->size(), 2U);
  EXPECT_EQ((*steps)[0].kind, MountKind::kFilesystem);
  EXPECT_EQ((*steps)[1].kind, MountKind::kBind);
}

TEST(MountSteps, CleanTheDestination) {
  EXPECT_EQ(step_of(filesystem("tmpfs", "//mnt/./x/../y/")).destination, "/mnt/y");
}

TEST(MountSteps, TakeARelativeDestinationFromTheRoot) {
  EXPECT_EQ(step_of(filesystem("tmpfs", "mnt")).destination, "/mnt");
}

TEST(MountSteps, RefuseARelativeDestinationThatLeavesTheRoot) {
  EXPECT_EQ(fault_of(filesystem("tmpfs", "../mnt")),
            "/mounts/0/destination: \"../mnt\" leaves the root file system");
}

TEST(MountSteps, KeepAnAbsoluteDestinationBelowTheRoot) {
  EXPECT_EQ(step_of(filesystem("tmpfs", "/a/../../mnt")).destination, "/mnt");
}

TEST(MountSteps, BindFromTheBundleWhenTheSourceIsRelative) {
  EXPECT_EQ(step_of(bind_mount("data", "/data")).source, "/bundle/data");
}

TEST(MountSteps, LeaveAnAbsoluteBindSourceAsItIs) {
  // Behind a link, ".." is another directory than the text says.
  EXPECT_EQ(step_of(bind_mount("/link/../data", "/data")).source, "/link/../data");
}

TEST(MountSteps, LeaveTheSourceOfAFileSystemAsItIs) {
  Mount mount = filesystem("ext4", "/data");
  mount.source = "disk";
  EXPECT_EQ(step_of(mount).source, "disk");
}

TEST(MountSteps, IgnoreTheTypeOfABindMount) {
  Mount mount = bind_mount("/host/proc", "/p");
  mount.type = "tmpfs";

  const MountStep step = step_of(mount);

  EXPECT_EQ(step.kind, MountKind::kBind);
  EXPECT_EQ(step.type, "");
  EXPECT_FALSE(step.mode_from_directory);
}

TEST(MountSteps, CopyATreeOnlyForRbind) {
  Mount mount = bind_mount("/data", "/data");
  EXPECT_FALSE(step_of(mount).recursive);
  mount.bind_recursive = true;
  EXPECT_TRUE(step_of(mount).recursive);
}

TEST(MountSteps, TakeTypeBindWithoutTheOptionForAFileSystem) {
  EXPECT_EQ(step_of(filesystem("bind", "/mnt")).kind, MountKind::kFilesystem);
}

TEST(MountSteps, KnowCgroupAndRemount) {
  Mount again = bind_mount("/data", "/data");
  again.remount = true;
  EXPECT_EQ(step_of(filesystem("cgroup", "/sys/fs/cgroup")).kind, MountKind::kCgroup);
  EXPECT_EQ(step_of(filesystem("cgroup2", "/sys/fs/cgroup")).kind, MountKind::kFilesystem);
  EXPECT_EQ(step_of(again).kind, MountKind::kRemount);
}

TEST(MountSteps, RefuseABindMountWithoutSource) {
  EXPECT_EQ(fault_of(bind_mount("", "/data")), "/mounts/0/source: a bind mount needs one");
}

TEST(MountSteps, RefuseAFileSystemWithoutType) {
  EXPECT_EQ(fault_of(filesystem("", "/data")), "/mounts/0/type: needed, as this is no bind mount");
}

TEST(MountSteps, PassOptionsOn) {
  Mount mount = filesystem("tmpfs", "/tmp");
  mount.attributes = {.set = MOUNT_ATTR_NOSUID, .clear = MOUNT_ATTR_NOEXEC};
  mount.recursive_attributes = {.set = MOUNT_ATTR_NODEV, .clear = 0};
  mount.propagation = {MS_PRIVATE | MS_REC, MS_UNBINDABLE};
  mount.super_flags = {"sync"};
  mount.data = {"size=64k", "nr_inodes=10"};
  mount.copy_up = true;

  const MountStep step = step_of(mount);

  EXPECT_EQ(step.attributes, mount.attributes);
  EXPECT_EQ(step.recursive_attributes, mount.recursive_attributes);
  EXPECT_THAT(step.propagation, ElementsAre(MS_PRIVATE | MS_REC, MS_UNBINDABLE));
  EXPECT_THAT(step.super_flags, ElementsAre("sync"));
  EXPECT_THAT(step.data, ElementsAre("size=64k", "nr_inodes=10"));
  EXPECT_TRUE(step.copy_up);
}

TEST(MountSteps, GiveATmpfsTheModeOfItsDirectoryUnlessAnotherIsAskedFor) {
  Mount mount = filesystem("tmpfs", "/tmp");
  EXPECT_TRUE(step_of(mount).mode_from_directory);
  mount.data = {"size=64k", "mode=1777"};
  EXPECT_FALSE(step_of(mount).mode_from_directory);
  EXPECT_FALSE(step_of(filesystem("ramfs", "/tmp")).mode_from_directory);
}

TEST(MountSteps, MakeATmpfsReadOnlyLast) {
  Mount mount = filesystem("tmpfs", "/tmp");
  EXPECT_FALSE(step_of(mount).read_only_last);
  mount.attributes.set = MOUNT_ATTR_RDONLY;
  EXPECT_TRUE(step_of(mount).read_only_last);
  mount.attributes = {};
  mount.recursive_attributes.set = MOUNT_ATTR_RDONLY;
  EXPECT_TRUE(step_of(mount).read_only_last);
}

TEST(MountSteps, MakeAnythingOnDevReadOnlyLast) {
  Mount mount = filesystem("devtmpfs", "/dev");
  mount.attributes.set = MOUNT_ATTR_RDONLY;
  EXPECT_TRUE(step_of(mount).read_only_last);
  mount.destination = "/mnt";
  EXPECT_FALSE(step_of(mount).read_only_last);
}

TEST(MountSteps, RefuseIdsThatNoMappingCovers) {
  Spec spec;
  spec.linux.uid_mappings = {{0, 1000, 1}};
  spec.linux.gid_mappings = {{0, 1000, 1}};
  spec.mounts = {filesystem("devpts", "/dev/pts")};
  spec.mounts[0].data = {"mode=0620", "uid=0", "gid=5"};
  const auto steps = mount_steps(spec, "/bundle");
  ASSERT_FALSE(steps.has_value());
  EXPECT_EQ(steps.error().text(),
            "/mounts/0/options: gid=5: no entry of /linux/gidMappings covers 5");

  spec.linux.gid_mappings = {{0, 1000, 1}, {1, 100000, 10}};
  EXPECT_TRUE(mount_steps(spec, "/bundle").has_value());
}

TEST(MountSteps, AllowAnyIdWithoutMappings) {
  Mount mount = filesystem("devpts", "/dev/pts");
  mount.data = {"gid=5"};
  EXPECT_EQ(fault_of(mount), "none");
}

TEST(MountSteps, BindAsSlaveOfTheHostByDefault) {
  EXPECT_EQ(step_of(bind_mount("/data", "/data")).base_propagation, MS_SLAVE);
  EXPECT_EQ(step_of(bind_mount("/data", "/data"), MS_SLAVE | MS_REC).base_propagation, MS_SLAVE);
}

TEST(MountSteps, BindAsRootfsPropagationSays) {
  EXPECT_EQ(step_of(bind_mount("/data", "/data"), MS_SHARED | MS_REC).base_propagation, 0U);
  EXPECT_EQ(step_of(bind_mount("/data", "/data"), MS_PRIVATE).base_propagation, MS_PRIVATE);
  EXPECT_EQ(step_of(bind_mount("/data", "/data"), MS_UNBINDABLE).base_propagation, MS_PRIVATE);
}

TEST(MountSteps, MountProcAndSysfsOnRealDirectoriesAlone) {
  EXPECT_TRUE(step_of(filesystem("proc", "/proc")).must_be_real_directory);
  EXPECT_TRUE(step_of(filesystem("sysfs", "/elsewhere")).must_be_real_directory);
  EXPECT_TRUE(step_of(bind_mount("/sys", "/sys")).must_be_real_directory);
  EXPECT_TRUE(step_of(bind_mount("/proc", "/proc")).must_be_real_directory);
  EXPECT_FALSE(step_of(filesystem("tmpfs", "/tmp")).must_be_real_directory);
}

TEST(MountSteps, RefuseAnythingButAProcfsOnProc) {
  EXPECT_EQ(
      fault_of(filesystem("tmpfs", "/proc")),
      "/mounts/0/destination: \"/proc\": only a procfs may be mounted on /proc, and few files "
      "below it");
  EXPECT_EQ(
      fault_of(filesystem("cgroup", "/proc")),
      "/mounts/0/destination: \"/proc\": only a procfs may be mounted on /proc, and few files "
      "below it");
}

TEST(MountSteps, RefuseMountsBelowProc) {
  EXPECT_EQ(fault_of(bind_mount("/fake", "/proc/sys/net")),
            "/mounts/0/destination: \"/proc/sys/net\": only a procfs may be mounted on /proc, and "
            "few files below it");
  EXPECT_NE(fault_of(bind_mount("/fake", "/tmp/../proc/self/attr")), "none");
  EXPECT_NE(fault_of(filesystem("proc", "/proc/1")), "none");
  EXPECT_NE(fault_of(filesystem("tmpfs", "/proc/uptime")), "none");
}

TEST(MountSteps, AllowTheFilesThatLxcfsMountsBelowProc) {
  for (const char* const name :
       {"cpuinfo", "diskstats", "meminfo", "stat", "swaps", "uptime", "loadavg", "slabinfo",
        "sys/kernel/ns_last_pid", "sys/crypto/fips_enabled"}) {
    EXPECT_EQ(fault_of(bind_mount("/lxcfs", std::string("/proc/") + name)), "none") << name;
  }
}

TEST(MountSteps, AllowNamesThatOnlyBeginLikeProc) {
  EXPECT_EQ(fault_of(filesystem("tmpfs", "/process")), "none");
}

TEST(MountSteps, AllowNewAttributesForWhatIsMountedBelowProc) {
  Mount mount = filesystem("proc", "/proc/sys");
  mount.remount = true;
  EXPECT_EQ(fault_of(mount), "none");
}

TEST(MountSteps, NameTheEntryInErrors) {
  const auto steps = steps_of({filesystem("proc", "/proc"), bind_mount("", "/data")});
  ASSERT_FALSE(steps.has_value());
  EXPECT_EQ(steps.error().text(), "/mounts/1/source: a bind mount needs one");
}

}  // namespace
}  // namespace myrt::plan
