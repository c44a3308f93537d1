// Plan: everything that `create` will do, as plain data, made from the Spec and what the host
// offers. It is made before the clone, so the container process looks nothing up that could stand
// here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <myrt/spec.h>

#include "cgroup/plan.h"
#include "plan/resctrl.h"

namespace myrt::plan {

/// A namespace to join: the parent opens `path`, setns(2) checks that it is of this kind.
struct Join {
  NamespaceKind kind = NamespaceKind::kNetwork;
  std::string path;
  friend bool operator==(const Join&, const Join&) = default;
};

struct NamespacePlan {
  std::uint64_t clone_flags = 0;  // CLONE_NEW* for clone3(2), never CGROUP and TIME
  // CLONE_NEW* for unshare(2), when the process is in its cgroup and has its ids: the root of a
  // cgroup namespace is the cgroup of its maker, and in a user namespace the POSIX message queues
  // of an ipc namespace belong to its maker.
  std::uint64_t unshare_flags = 0;
  // By unshare(2), then setns(2): a process that is cloned into it comes too late for offsets.
  bool new_time = false;
  std::string time_offsets;  // text for /proc/PID/timens_offsets; empty: none
  std::vector<Join> joins;   // in the order of setns(2)
  // A middle process joins, then clones with CLONE_PARENT: for a pid namespace by path (it acts on
  // children only), for a user namespace by path (new namespaces must belong to it), and for joins
  // beside a new user namespace (what the host owns is out of its reach).
  bool through_joiner = false;
  std::string uid_map;  // text for /proc/PID/uid_map; empty: no new user namespace
  std::string gid_map;
  // Maps that only newuidmap(1) and newgidmap(1) may write: a user without privileges maps more
  // than his own id.
  bool uid_by_helper = false;
  bool gid_by_helper = false;
  // Nobody calls setgroups(2): an unprivileged runtime may write gid_map only then
  // (user_namespaces(7)), or the runtime's own user namespace is of that kind.
  bool deny_setgroups = false;
  // Ids inside the user namespace, under which the root file system is set up.
  std::uint32_t setup_uid = 0;
  std::uint32_t setup_gid = 0;
  bool in_user_namespace = false;  // new or joined
  // That, or the runtime's own is not the host's: device nodes cannot be made, sysfs and proc have
  // their rules.
  bool without_host_rights = false;
  bool loopback_up = false;
  // Devices that the runtime moves to the container's network namespace.
  std::vector<NetDevice> net_devices;
  std::string hostname;
  std::string domainname;
  friend bool operator==(const NamespacePlan&, const NamespacePlan&) = default;
};

/// The overlay that becomes the root: absolute directories of the host, the top layer first.
struct OverlayPlan {
  std::vector<std::string> lower;
  std::string upper;  // empty: an ephemeral upper layer on a tmpfs, or none when `read_only`
  std::string work;
  bool read_only = false;
  std::string label;  // of SELinux; empty: none of its own
  friend bool operator==(const OverlayPlan&, const OverlayPlan&) = default;
};

enum class MountKind {
  kFilesystem,  // fsopen(2) of `type`
  kBind,        // a tree of the host: the parent has opened MountStep::source before the clone
  kCgroup,      // `type: cgroup`, per layout
  kRemount,     // option `remount`: new attributes for what is mounted at the destination
};

/// The user namespace whose maps a mount gets (mount_setattr(2), MOUNT_ATTR_IDMAP).
struct MountIdMap {
  std::string uid_map;  // of one that is made for this: text for /proc/PID/uid_map
  std::string gid_map;
  std::string path;        // or the one that the container joins
  bool recursive = false;  // also what is mounted below
  friend bool operator==(const MountIdMap&, const MountIdMap&) = default;
};

struct MountStep {
  MountKind kind = MountKind::kFilesystem;
  std::string destination;  // absolute and clean; resolved inside the root
  std::string type;
  std::string source;  // kBind: absolute path on the host
  bool recursive = false;
  std::optional<MountIdMap> id_map;  // kBind
  MountAttributes attributes;
  MountAttributes recursive_attributes;
  // kBind: MS_SLAVE or MS_PRIVATE for the cloned tree; 0 keeps its peers.
  std::uint64_t base_propagation = 0;
  std::vector<unsigned long> propagation;  // asked for by options, in order
  std::vector<std::string> super_flags;
  std::vector<std::string> data;
  // Of SELinux, for a file system that does not take one as an option (`context=` in `data`): its
  // root gets it. Empty: none.
  std::string root_label;
  bool copy_up = false;
  // tmpfs without `mode=`: it takes the mode of the directory that it covers.
  bool mode_from_directory = false;
  // tmpfs or /dev with `ro`: becomes so after devices and deeper mount points are made.
  bool read_only_last = false;
  // proc, sysfs, and all on /proc and /sys: no component of the destination may be a link. What is
  // bound to "/proc" must moreover turn out to be a procfs.
  bool must_be_real_directory = false;
  friend bool operator==(const MountStep&, const MountStep&) = default;
};

struct DevicePlan {
  bool default_links = false;  // fd, stdin, stdout, stderr, core, ptmx; not when /dev is bound
  std::vector<Device> nodes;   // defaults first, then linux.devices; paths unique and clean
  friend bool operator==(const DevicePlan&, const DevicePlan&) = default;
};

struct RootfsPlan {
  std::string path;  // absolute path of root.path on the host
  std::optional<OverlayPlan> overlay;
  bool new_mount_namespace = false;
  bool joined_mount_namespace = false;
  bool no_pivot = false;
  bool read_only = false;
  // For "/" before anything is mounted, recursive: MS_SLAVE, MS_PRIVATE or MS_SHARED; 0 without a
  // new mount namespace.
  std::uint64_t host_propagation = 0;
  std::uint64_t root_propagation = 0;  // for the container's "/" at the end; 0: leave
  bool root_propagation_recursive = false;
  std::vector<MountStep> mounts;
  // Of SELinux, linux.mountLabel, for what is mounted beside `mounts`: the directory above the
  // hierarchies of cgroup v1, what masks directories. Empty: none.
  std::string mount_label;
  std::vector<cgroup::Directory> cgroups;  // for kCgroup
  bool pure_v2 = false;
  bool own_cgroup_namespace = false;
  DevicePlan devices;
  std::vector<std::string> masked_paths;    // absolute, clean, unique
  std::vector<std::string> readonly_paths;  // absolute, clean, unique
  friend bool operator==(const RootfsPlan&, const RootfsPlan&) = default;
};

/// How the kernel runs the process.
struct ExecutionPlan {
  std::optional<Scheduler> scheduler;
  std::optional<IoPriority> io_priority;
  // The runtime sets these two when all else is done: it has rights over the host, which a process
  // in a user namespace has not, and a policy may not survive the clone of a joiner. Otherwise the
  // process does, as far as anybody may, before it is another user's.
  bool by_runtime = false;
  NumberSet initial_cpus;  // exec: before it enters the cgroup; empty: as they are
  NumberSet final_cpus;    // exec: once it is there
  std::optional<MemoryPolicy> memory_policy;
  std::optional<unsigned long> personality;  // PER_*
  friend bool operator==(const ExecutionPlan&, const ExecutionPlan&) = default;
};

struct ProcessPlan {
  std::vector<std::string> args;
  std::vector<std::string> env;
  bool home_missing = false;  // from `env`: its value is in the container's passwd
  std::string search_path;    // PATH of `env`, or the default of execvp(3)
  std::string cwd;
  bool make_cwd = true;  // when it is missing; false for exec, which has to find it
  bool terminal = false;
  std::optional<ConsoleSize> console_size;
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::vector<std::uint32_t> groups;
  std::uint32_t umask = 0022;
  CapabilitySets capabilities;  // as prctl(2) and capset(2) will accept them
  std::vector<Rlimit> rlimits;
  bool no_new_privileges = false;
  std::string apparmor_profile;  // empty: none to change to
  std::string selinux_label;     // empty: none to change to
  std::optional<int> oom_score_adj;
  ExecutionPlan execution;
  friend bool operator==(const ProcessPlan&, const ProcessPlan&) = default;
};

struct Plan {
  std::string id;
  std::string bundle;  // absolute, real
  NamespacePlan namespaces;
  cgroup::CgroupPlan cgroup;
  std::optional<ResctrlPlan> resctrl;
  RootfsPlan rootfs;
  std::vector<std::pair<std::string, std::string>> sysctl;  // path below /proc/sys, value
  std::optional<ProcessPlan> process;
  bool new_keyring = true;
  int preserve_fds = 0;      // descriptors 3 .. 3 + n - 1 stay open in the container
  int listen_fds = 0;        // how many of them came by LISTEN_FDS (sd_listen_fds(3))
  std::string listen_names;  // their LISTEN_FDNAMES; empty: none
  bool notify = false;       // one of the mounts is the directory of a notify socket (sd_notify(3))
  Hooks hooks;
  std::vector<std::string> warnings;  // the spec's, then the plan's own
  friend bool operator==(const Plan&, const Plan&) = default;
};

}  // namespace myrt::plan
