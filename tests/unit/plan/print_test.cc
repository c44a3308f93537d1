#include "plan/print.h"

#include <sys/mount.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "samples.h"

namespace myrt::plan {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr std::uint64_t kNoSuidNoDev = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;

// What podman 4 puts into every container: net raw and nine more.
constexpr std::uint64_t kPodmanCapabilities = 0x800405fb;

std::vector<Mount> podman_mounts() {
  std::vector<Mount> mounts;
  mounts.push_back({.destination = "/proc",
                    .type = "proc",
                    .source = "proc",
                    .attributes = {.set = kNoSuidNoDev | MOUNT_ATTR_NOEXEC}});
  mounts.push_back({.destination = "/dev",
                    .type = "tmpfs",
                    .source = "tmpfs",
                    .attributes = {.set = MOUNT_ATTR_NOSUID, .clear = MOUNT_ATTR__ATIME},
                    .data = {"mode=755", "size=65536k"}});
  mounts.push_back({.destination = "/sys",
                    .type = "sysfs",
                    .source = "sysfs",
                    .attributes = {.set = kNoSuidNoDev | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_RDONLY}});
  mounts.push_back({.destination = "/sys/fs/cgroup",
                    .type = "cgroup",
                    .source = "cgroup",
                    .attributes = {.set = kNoSuidNoDev | MOUNT_ATTR_RDONLY},
                    .propagation = {MS_PRIVATE | MS_REC}});
  mounts.push_back({.destination = "/etc/hosts",
                    .type = "bind",
                    .source = "/run/c1/hosts",
                    .bind = true,
                    .propagation = {MS_PRIVATE | MS_REC}});
  mounts.push_back({.destination = "/data",
                    .type = "bind",
                    .source = "my data",
                    .bind = true,
                    .bind_recursive = true,
                    .attributes = {.clear = MOUNT_ATTR_RDONLY}});
  mounts.push_back({.destination = "/tmp",
                    .type = "tmpfs",
                    .source = "tmpfs",
                    .attributes = {.set = MOUNT_ATTR_RDONLY},
                    .copy_up = true});
  return mounts;
}

/// As podman writes it for `run --read-only --pids-limit 7 --sysctl net.ipv4.ip_forward=1`.
Spec podman_spec() {
  Spec spec;
  spec.root = {.path = "/storage/c1/merged", .readonly = true};
  spec.hostname = "c1";
  spec.mounts = podman_mounts();
  Process process;
  process.args = {"sh", "-c", "echo hi"};
  process.env = {"PATH=/usr/bin:/bin", "SECRET=hunter2"};
  process.cwd = "/";
  process.user.additional_gids = {10};
  process.capabilities = {.bounding = kPodmanCapabilities,
                          .effective = kPodmanCapabilities,
                          .permitted = kPodmanCapabilities};
  process.rlimits = {{.resource = 7, .soft = 1024, .hard = 4096}};
  spec.process = std::move(process);
  spec.hooks.create_runtime = {{.path = "/usr/libexec/hook", .args = {"hook", "start it"}}};
  spec.linux.namespaces = {{NamespaceKind::kPid, ""},   {NamespaceKind::kNetwork, "/run/netns/n1"},
                           {NamespaceKind::kIpc, ""},   {NamespaceKind::kUts, ""},
                           {NamespaceKind::kMount, ""}, {NamespaceKind::kCgroup, ""}};
  spec.linux.devices = {{.path = "/dev/fuse", .major = 10, .minor = 229, .uid = 0, .gid = 5}};
  spec.linux.cgroups_path = "/machine/c1";
  spec.linux.resources.pids_limit = 7;
  spec.linux.sysctl = {{"net.ipv4.ip_forward", "1"}};
  spec.linux.masked_paths = {"/proc/kcore"};
  spec.linux.readonly_paths = {"/proc/sys"};
  return spec;
}

constexpr std::string_view kPodmanPlan = R"(container c1 of /bundle
namespaces
  new mount pid ipc uts cgroup
  join network /run/netns/n1
  hostname c1
cgroups v2
  enable pids
  /sys/fs/cgroup /machine/c1
    pids.max 7
  device program
rootfs /storage/c1/merged read-only
  the host's mounts rslave
  mount proc proc on /proc nosuid nodev noexec, on a real directory
  mount tmpfs tmpfs on /dev nosuid relatime, options mode=755 size=65536k
  mount sysfs sysfs on /sys ro nosuid nodev noexec, on a real directory
  mount cgroups cgroup on /sys/fs/cgroup ro nosuid nodev, then rprivate
  bind /run/c1/hosts on /etc/hosts, rslave, then rprivate
  rbind "/bundle/my data" on /data rw, rslave
  mount tmpfs tmpfs on /tmp ro, copy up, mode of the directory, read-only last
  device /dev/null c 1:3 0666
  device /dev/zero c 1:5 0666
  device /dev/full c 1:7 0666
  device /dev/random c 1:8 0666
  device /dev/urandom c 1:9 0666
  device /dev/tty c 5:0 0666
  device /dev/fuse c 10:229 0666 owner 0:5
  links of /dev
  mask /proc/kcore
  read-only /proc/sys
sysctl net/ipv4/ip_forward 1
process
  args sh -c "echo hi"
  cwd /
  env PATH SECRET, HOME of the user
  search /usr/bin:/bin
  user 0:0 umask 022 groups 10
  bounding    00000000800405fb
  effective   00000000800405fb
  permitted   00000000800405fb
  inheritable 0000000000000000
  ambient     0000000000000000
  rlimit 7 soft 1024 hard 4096
new session keyring
hook createRuntime /usr/libexec/hook hook "start it"
)";

TEST(Print, ShowsThePlanOfAPodmanConfig) {
  const auto plan = make_plan(podman_spec(), sample_request(), root_host(), v2_layout());

  ASSERT_TRUE(plan.has_value()) << plan.error().text();
  EXPECT_EQ(print(*plan), kPodmanPlan);
}

TEST(Print, DoesNotShowTheValuesOfTheEnvironment) {
  const auto plan = make_plan(podman_spec(), sample_request(), root_host(), v2_layout());

  ASSERT_TRUE(plan.has_value());
  EXPECT_THAT(print(*plan), Not(HasSubstr("hunter2")));
}

TEST(Print, ShowsAnEmptyPlan) {
  EXPECT_EQ(print(Plan{.id = "c1", .bundle = "/bundle", .new_keyring = false}),
            R"(container c1 of /bundle
namespaces
no cgroups
rootfs ""
  chroot
no process
)");
}

TEST(Print, ShowsAnUnprivilegedContainer) {
  Plan plan{.id = "c1", .bundle = "/bundle"};
  plan.namespaces = {.clone_flags = 0x10020000,  // user and mount: linux/sched.h
                     .new_time = true,
                     .time_offsets = "monotonic -3 5\nboottime 86400 0\n",
                     .joins = {{NamespaceKind::kPid, "/proc/7/ns/pid"}},
                     .through_joiner = true,
                     .uid_map = "0 1000 1\n",
                     .gid_map = "0 1001 1\n",
                     .deny_setgroups = true,
                     .in_user_namespace = true};
  plan.preserve_fds = 3;
  plan.listen_fds = 2;
  plan.warnings = {"cgroups are disabled"};

  EXPECT_EQ(print(plan), R"(container c1 of /bundle
namespaces
  new user mount time
  join pid /proc/7/ns/pid
  through a joiner
  time offset monotonic -3 5
  time offset boottime 86400 0
  uid_map 0 1000 1
  setgroups deny
  gid_map 0 1001 1
  set up as 0:0
no cgroups
rootfs ""
  chroot
no process
new session keyring
descriptors kept 3, of LISTEN_FDS 2
warning cgroups are disabled
)");
}

TEST(Print, ShowsNetworkDevicesAndTheGroupOfResctrl) {
  Plan plan{.id = "c1", .bundle = "/bundle", .new_keyring = false};
  plan.namespaces.net_devices = {{.host_name = "eth1", .name = "net%d"}};
  plan.resctrl = ResctrlPlan{.group = "c1", .schemata = {"L3:0=f\n"}, .monitoring = "c1"};

  EXPECT_EQ(print(plan), R"(container c1 of /bundle
namespaces
  network device eth1 as net%d
no cgroups
resctrl group c1, new
  schemata "L3:0=f\n"
  monitoring group c1
rootfs ""
  chroot
no process
)");

  plan.resctrl = ResctrlPlan{.group = "", .group_given = true};
  EXPECT_THAT(print(plan), HasSubstr("\nresctrl group of the host\nrootfs"));
}

TEST(Print, ShowsAnOverlayRootWithSharedMounts) {
  RootfsPlan rootfs{.path = "/bundle/rootfs",
                    .overlay = OverlayPlan{.lower = {"/tools", "/base"}},
                    .new_mount_namespace = true,
                    .no_pivot = true,
                    .host_propagation = MS_SHARED,
                    .root_propagation = MS_SHARED,
                    .root_propagation_recursive = true};
  rootfs.mounts = {{.kind = MountKind::kRemount,
                    .destination = "/data",
                    .attributes = {.clear = MOUNT_ATTR_RDONLY},
                    .recursive_attributes = {.set = MOUNT_ATTR_NOATIME, .clear = MOUNT_ATTR__ATIME},
                    .propagation = {MS_UNBINDABLE}}};

  EXPECT_EQ(print(Plan{.id = "c1", .bundle = "/bundle", .rootfs = rootfs, .new_keyring = false}),
            R"(container c1 of /bundle
namespaces
no cgroups
rootfs /bundle/rootfs
  the host's mounts rshared
  chroot instead of pivot_root
  the container's / rshared
  overlay lower /tools /base, upper ephemeral
  remount on /data rw, whole tree noatime, then unbindable
no process
)");
}

TEST(Print, ShowsTheMapsOfIdMappedMounts) {
  RootfsPlan rootfs{.path = "/root", .new_mount_namespace = true, .host_propagation = MS_SLAVE};
  rootfs.mounts = {{.kind = MountKind::kBind,
                    .destination = "/a",
                    .source = "/x",
                    .id_map = MountIdMap{.uid_map = "0 1 2\n5 6 7\n", .gid_map = "0 3 4\n"},
                    .base_propagation = MS_SLAVE},
                   {.kind = MountKind::kBind,
                    .destination = "/b",
                    .source = "/y",
                    .recursive = true,
                    .id_map = MountIdMap{.path = "/proc/7/ns/user", .recursive = true},
                    .attributes = {.set = MOUNT_ATTR_RDONLY}}};

  EXPECT_THAT(print(Plan{.rootfs = rootfs}),
              HasSubstr("\n  bind /x on /a, uids (0 1 2, 5 6 7) gids (0 3 4), rslave"
                        "\n  rbind /y on /b ro, ids of /proc/7/ns/user for the whole tree\n"));
}

TEST(Print, ShowsSelinuxLabels) {
  RootfsPlan rootfs{.path = "/root",
                    .overlay = OverlayPlan{.lower = {"/base"}, .label = "a:b:c"},
                    .mount_label = "a:b:c"};
  rootfs.mounts = {{.destination = "/dev/mqueue", .type = "mqueue", .root_label = "a:b:c"}};
  const std::string text =
      print(Plan{.rootfs = rootfs, .process = ProcessPlan{.selinux_label = "a:b:d:s0:c1,c2"}});

  EXPECT_THAT(text, HasSubstr("\n  mount label a:b:c\n"));
  EXPECT_THAT(text, HasSubstr(", upper ephemeral, label a:b:c\n"));
  EXPECT_THAT(text, HasSubstr("\n  mount mqueue on /dev/mqueue, label a:b:c\n"));
  EXPECT_THAT(text, HasSubstr("\n  selinux label a:b:d:s0:c1,c2\n"));
}

TEST(Print, ShowsTheTerminalAndTheLimitsOfAProcess) {
  const ProcessPlan process{.args = {"top"},
                            .cwd = "/",
                            .terminal = true,
                            .console_size = ConsoleSize{.height = 24, .width = 80},
                            .no_new_privileges = true,
                            .oom_score_adj = -5};
  const std::string text = print(Plan{.process = process});

  EXPECT_THAT(text, HasSubstr("\n  terminal 80x24\n"));
  EXPECT_THAT(text, HasSubstr("\n  user 0:0 umask 022 groups none\n"));
  EXPECT_THAT(text, HasSubstr("\n  oom_score_adj -5\n  no new privileges\n"));
}

TEST(Print, ShowsHowTheKernelRunsTheProcess) {
  // Numbers of linux/sched.h, linux/ioprio.h, linux/mempolicy.h and sys/personality.h.
  ProcessPlan process;
  process.execution = {.scheduler = Scheduler{.policy = 1, .priority = 10},
                       .io_priority = IoPriority{.io_class = 2, .priority = 7},
                       .by_runtime = true,
                       .initial_cpus = {0x3},
                       .final_cpus = {0x2},
                       .memory_policy = MemoryPolicy{.mode = 2, .nodes = {1}},
                       .personality = 8};

  EXPECT_THAT(print(Plan{.process = process}), HasSubstr(R"(
  initial cpus 0-1
  final cpus 1
  memory policy MPOL_BIND nodes 0
  personality LINUX32
  scheduler SCHED_FIFO priority 10, by the runtime
  io priority IOPRIO_CLASS_BE 7, by the runtime
)"));
  process.execution = {.scheduler = Scheduler{.policy = 5}};
  EXPECT_THAT(print(Plan{.process = process}), HasSubstr("\n  scheduler SCHED_IDLE\n"));
}

TEST(Print, QuotesWhatCouldBreakOutOfALine) {
  EXPECT_THAT(print(Plan{.id = "c1", .bundle = "/a\nb"}),
              HasSubstr("container c1 of \"/a\\nb\"\n"));
}

}  // namespace
}  // namespace myrt::plan
