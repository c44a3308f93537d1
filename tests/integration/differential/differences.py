"""In what the runtimes differ, and why. A difference that no entry covers is a failure of tests/integration/differential/run."""

import dataclasses

MYRT, PEER, OPEN = "myrt", "peer", "open"


@dataclasses.dataclass
class Difference:
    """`peers` differ from myrt in fields that match `field`, in configurations as `when` says: `FIELD=OPTION|OPTION`, all of which
    hold; both may have `*`. `right` is who does as the specification or the kernel has it, OPEN where these leave it open."""

    peers: str
    field: str
    when: str
    right: str
    why: str


MAPPED = "user_namespace=range|split"
OLD_ROOT = (
    "applies the word to the old root before the mounts; the specification speaks of the rootfs "
    "(config-linux.md, Rootfs Mount Propagation)")
NO_PEERS = (
    "binds copies without peers, so that a slave has no master and mounts of the host never arrive "
    "(config.md, Linux mount options)")
DEVICE_NODES = (
    "makes nodes outside of the user namespace and binds them, where myrt as runc binds the host's, with the "
    "host's mode and owner")
OWN_NULL = "masks with the container's /dev/null, which has the mode of the config; myrt with the host's"
IPC_GROUP = "makes the ipc namespace with the user id of the container's root only: the group of /dev/mqueue is nobody's"
ZERO_PIDS = "takes 0 for no limit; the specification and newer versions take it for one"
TAKES = "takes a value that the specification does not have, and ignores it or does something else"
NO_RULES = (
    "controls no device without a rule; the default devices are a list of what is allowed (config-linux.md, "
    "Default Devices)")
MASKS = "the specification says that masked paths cannot be read, and not how: options, sources and repetitions are the runtime's"
VIEW_V1 = (
    "the directory above the hierarchies is the runtime's own; the specification wants `ro` to hold in it as "
    "well (config.md, Mounts)")

DIFFERENCES = [
    # What the harness or the machine makes different.
    Difference("crun", "cgroup.unified", "", OPEN, "runs where the harness hides cgroup v2"),
    Difference("crun", "mounts./sys/fs/cgroup/unified*", "", OPEN, "runs where the harness hides cgroup v2"),
    # cgroups
    Difference("crun", "cgroup.devices:devices.list", "", OPEN,
               "its default devices are a list with the console and without net/tun; it controls none when there are no rules"),
    Difference("runc", "cgroup.devices:devices.list", "device_rules=majors|all", OPEN,
               "writes the rules in another order, in which the kernel does not merge the same ones; what is allowed is the same"),
    Difference("runc crun", "left.cgroups", "cgroups_path=nested", MYRT,
               "leaves the cgroups above the container's that it made (runtime.md, delete: what create made must be deleted)"),
    Difference("runc crun", "mounts./sys/fs/cgroup*", "", MYRT, VIEW_V1),
    Difference("runc crun", "paths./sys/fs/cgroup*", "", MYRT, VIEW_V1),
    # The process
    Difference("runc", "ids.groups", "user=groups", OPEN, "leaves out a group that is named twice"),
    Difference("runc", "status.Groups", "user=groups", OPEN, "leaves out a group that is named twice"),
    Difference("runc crun", "descriptors.2.owner", "", OPEN,
               "gives a file of the caller's to the container's user; myrt pipes and terminals only"),
    Difference("crun", "descriptors.[012].owner", "", OPEN, "gives the container's input and output to the group as well"),
    Difference("crun", "environment.HOME", "user=unknown", MYRT,
               "has no HOME for users that passwd does not know; engines expect /"),
    Difference("runc crun", "keyring.session", "", OPEN, "names the session keyring, and lets others search it, as it likes"),
    Difference("crun", "environment.HOME", "engine=podman-options", MYRT,
               "has no HOME for users that passwd does not know; engines expect /"),
    Difference("runc", "names.domainname", "domainname=set", MYRT, "does not know the field yet"),
    # Seccomp
    Difference("crun", "calls.unknown", "", MYRT,
               "answers EPERM to calls that the profile is too old to know, which newer programs do not expect"),
    Difference("runc", "calls.unknown", "seccomp=list", MYRT,
               "answers ENOSYS to calls that the profile is too old to know for architectures that it names only"),
    # Devices
    Difference("runc", "paths./data/file*", "devices=replaced masked=own", OPEN, OWN_NULL),
    Difference("runc", "paths./proc/*", "devices=replaced", OPEN, OWN_NULL),
    Difference("crun", "dev.core", "", OPEN, "makes /dev/core even when there is no /proc/kcore in sight"),
    Difference("crun", "paths./dev:entries", "", OPEN, "makes /dev/core even when there is no /proc/kcore in sight"),
    Difference("crun", "dev.*", MAPPED, PEER, DEVICE_NODES),
    Difference("crun", "mounts./dev/*", MAPPED, PEER, DEVICE_NODES),
    Difference("runc crun", "dev.unbuffered", "devices=modes", MYRT, "drops the set-user-ID bit of a mode"),
    Difference("runc", "outcome.create", f"{MAPPED} devices=pipe", MYRT,
               "wants a pipe of the host at the same path, which it binds"),
    Difference("runc", "outcome.create", "devices=replaced", MYRT,
               "allows no default device that the config lists, and then cannot open /dev/null itself"),
    Difference("crun", "dev.*:read", "device_rules=absent", MYRT, NO_RULES),
    Difference("crun", "dev.*:write", "device_rules=absent", MYRT, NO_RULES),
    Difference("crun", "mounts./dev/*:options", "engine=podman-userns", OPEN,
               "binds devices with nosuid and noexec, and /dev/shm without"),
    Difference("runc crun", "dev.ptmx*", "engine=*privileged", OPEN, "takes an entry for /dev/ptmx as the default one"),
    Difference("crun", "mounts./dev/console:options", "", OPEN, "binds the terminal without nosuid and noexec"),
    # The root file system
    Difference("crun", "left.root.*", "", OPEN, "makes mount points of other modes: sticky directories, executable files"),
    Difference("runc", "left.root./etc/bound", "bind=file", OPEN, "makes mount points for files executable"),
    Difference("runc", "left.root.*", "engine=*", OPEN, "makes mount points for files executable"),
    Difference("runc crun", "mounts./secret*", "masked=own", OPEN, MASKS),
    Difference("runc crun", "mounts./data/file*", "masked=own", OPEN, MASKS),
    Difference("runc crun", "mounts./proc/*", "", OPEN, MASKS),
    Difference("runc crun", "mounts./sys/firmware*", "", OPEN, MASKS),
    Difference("runc crun", "mounts./sys/dev/block:*", "engine=podman*", OPEN, MASKS),
    Difference("runc", "mounts./sys:super", "", OPEN, "makes the file system read-only besides the mount; the container's only"),
    Difference("runc", "paths./sys*:make", "", OPEN,
               "makes the file system read-only besides the mount; which error comes first differs"),
    Difference("runc", "mounts./proc:super", "proc=readonly", OPEN,
               "makes the file system read-only besides the mount; the container's only"),
    Difference("runc", "paths./proc/*:write", "proc=readonly", OPEN,
               "makes the file system read-only besides the mount; which error comes first differs"),
    # Mounts
    Difference("crun", "mounts.*:propagation", "", MYRT, NO_PEERS),
    Difference("runc", "mounts.*:propagation", "propagation=private|rprivate|slave|rslave|shared", MYRT, OLD_ROOT),
    Difference("crun", "mounts./mnt/[bp]/below:*", MAPPED, MYRT,
               "leaves the mounts below a recursive bind out (config.md, Linux mount options: rbind)"),
    Difference("crun", "paths./mnt/[bp]/below*", MAPPED, MYRT,
               "leaves the mounts below a recursive bind out (config.md, Linux mount options: rbind)"),
    Difference("crun", "mounts./mnt/b:options", MAPPED, MYRT, "loses flags of a bind"),
    Difference("runc", "outcome.create", f"{MAPPED} bind=flags|from_bundle|typed", MYRT,
               "cannot change flags of a bind, as it loses those that are locked"),
    Difference("crun", "mounts./mnt/t:*", "tmpfs=cleared", MYRT,
               "stays read-only when `rw` follows `ro`: the later word should win"),
    Difference("crun", "paths./mnt/t:make", "tmpfs=cleared", MYRT,
               "stays read-only when `rw` follows `ro`: the later word should win"),
    Difference("runc crun", "outcome.create", "pivot=no propagation=shared", MYRT, "cannot move a mount whose parent is shared"),
    # mq_overview(7): the root of the file system belongs to who made the ipc namespace.
    Difference("runc", "dev.mqueue", "", MYRT, IPC_GROUP),
    Difference("runc", "paths./dev/mqueue", "", MYRT, IPC_GROUP),
    # Hooks and state (config.md, Hooks; runtime.md, Lifecycle)
    Difference("crun", "hooks.createContainer.directory", "", OPEN, "runs in the bundle"),
    Difference("crun", "hooks.createContainer.pid", "", MYRT, "tells no pid"),
    Difference("crun", "hooks.startContainer.pid", "", MYRT, "tells no pid"),
    Difference("crun", "hooks.*.status", "", MYRT, "says created before create is through, and starting later"),
    Difference("crun", "hooks.*.bundle", "", MYRT, "tells its own working directory for the bundle"),
    Difference("crun", "hooks.*.directory", MAPPED, MYRT, "loses the bundle when it enters a user namespace"),
    Difference("crun", "state.*.bundle", MAPPED, MYRT, "loses the bundle when it enters a user namespace"),
    Difference("runc crun", "hooks.startContainer.directory", "", OPEN, "runs in the process's working directory"),
    Difference("runc crun", "hooks", "hooks=all", MYRT,
               "runs poststart hooks before the container's process has started; start should wait for that"),
    Difference("runc", "hooks.poststart.status", "", MYRT, "runs poststart hooks at the end of create"),
    Difference("runc", "hooks.poststop.directory", "", OPEN, "runs where it was called"),
    Difference("crun", "end.reached", "hooks=all", MYRT,
               "runs startContainer hooks when the process has given up its rights, so that they may fail; the program then does not run"),
    Difference("runc crun", "hooks.createRuntime.variables", "single=hook_without_env", MYRT,
               "hands the caller's environment on; the specification says that it is the entry's (config.md, Hooks)"),
    Difference("crun", "outcome.start", "single=poststart_that_fails", MYRT,
               "starts the program although a poststart hook failed (runtime.md, Lifecycle, 8)"),
    Difference("runc", "outcome.create", "single=poststart_that_fails", MYRT, "runs poststart hooks at the end of create"),
    # What stands alone: fields that a runtime does not know, or knows differently.
    Difference("runc crun", "outcome.create", "single=all_capabilities", MYRT,
               "refuses a capability that cannot be granted; the specification wants a warning (config.md, Linux Process)"),
    Difference("runc crun", "outcome.create", "single=no_process", MYRT,
               "wants a process in create; the specification wants it in start (config.md, Process)"),
    Difference("runc crun", "outcome.create", "single=time_namespace|time_offsets", MYRT,
               "does not know the namespace, or cannot make it"),
    Difference("runc crun", "outcome.create", "single=huge_pages", MYRT,
               "wants the controller in v1; on a host with both it may be in v2"),
    Difference("runc crun", "cgroup.pids:pids.max", "single=zero_pids", MYRT, ZERO_PIDS),
    Difference("runc crun", "calls.*", "single=zero_pids", MYRT, ZERO_PIDS),
    Difference("runc crun", "cgroup.cpu:cpu.cfs_burst_us", "single=burst", MYRT, "does not know the field yet"),
    Difference("runc", "cgroup.cpu:cpu.*", "single=idle", MYRT, "does not know the field yet"),
    Difference("runc", "cgroup.memory:memory.kmem.tcp.limit_in_bytes", "single=kernel_tcp_memory", MYRT, "ignores the field"),
    Difference("runc", "cgroup.memory", "single=relative_cgroup|no_cgroup_path", OPEN,
               "takes a relative path from its own cgroup; the specification leaves it to the runtime (config-linux.md, Cgroups Path)"),
    # myrt does as they say, or refuses what it does not support: it never drops a field.
    Difference("runc crun", "*", "single=scheduler_*|io_priority*|memory_policy", MYRT, "ignores the field"),
    Difference("runc", "outcome.create", "single=personality_unknown|idmap_without_mappings", MYRT, "ignores the field"),
    Difference("runc crun", "outcome.create", "single=time_offsets_without_namespace", MYRT, "ignores the field"),
    Difference("crun", "outcome.create", "single=unlimited_pids|no_quota", MYRT, "hands -1 to the kernel, which refuses it"),
    Difference("crun", "outcome.create", "single=zero_memory", MYRT, "takes 0 for a limit; engines send it for none"),
    Difference("crun", "outcome.create", "single=block_weight", MYRT, "does not know the files of BFQ on v1"),
    Difference("crun", "left.cgroups", "single=network_class|unified|device_rule_*|memory_*|cpu*|swappiness_*|throttle_*", MYRT,
               "leaves the cgroups behind when it refuses (runtime.md, Create)"),
    Difference("runc", "outcome.create", "single=part_of_a_tree", MYRT,
               "binds in the user namespace, which cannot leave the mounts below behind"),
    Difference("crun", "outcome.create", "single=no_symlinks", MYRT, "does not know the option"),
    Difference("runc", "outcome.create", "single=defaults", MYRT,
               "hands the word to the file system; the specification wants it accepted"),
    Difference("runc", "mounts./*:propagation", "single=unbindable_root", MYRT, OLD_ROOT),
    Difference("runc", "outcome.create", "single=sysctl_with_readonly_proc", MYRT,
               "writes through the container's /proc, which is read-only"),
    Difference("runc", "outcome.create", "single=seccomp_flags", MYRT, "does not know the field yet"),
    Difference("runc", "outcome.create", "single=no_proc", MYRT, "needs the container's /proc for itself"),
    Difference("crun", "outcome.create", "single=no_dev", OPEN, "makes no directory for the devices in a root without /dev"),
    Difference("crun", "outcome.create", "single=device_that_the_host_lacks", PEER, DEVICE_NODES),
    Difference("crun", "dev.*", "single=part_of_a_tree|idmap", PEER, DEVICE_NODES),
    Difference("runc", "names.machine", "single=personality_linux32", MYRT, "ignores the field"),
    Difference("runc", "proc*.personality", "single=personality_linux32", MYRT, "ignores the field"),
    Difference("runc", "mounts./mnt/b:options", "single=idmap", MYRT, "ignores the option"),
    Difference("runc", "paths./mnt/b*", "single=idmap", MYRT, "ignores the option"),
    Difference("crun", "mounts./dev/*:options", "single=part_of_a_tree|idmap", OPEN, "binds devices with nosuid and noexec"),
    Difference("crun", "mounts./dev/*:options", "engine=runc-spec-rootless", OPEN, "binds devices with nosuid and noexec"),
    # Wrong values that a peer takes (config.md, Valid values: they are errors).
    Difference("crun", "outcome.create", "single=mount_namespace_host|private_root_without_pivot", MYRT,
               "leaves out what it cannot do"),
    Difference("runc crun", "outcome.create", "single=mappings_without_namespace", MYRT,
               "drops the mappings, and the process is the host's root"),
    Difference("crun", "outcome.create",
               "single=uid_text|env_number|no_new_privileges_text|capabilities_list|readonly_text", MYRT,
               "drops values of a wrong type, and the restriction with them"),
    Difference("crun", "outcome.create", "single=uid_no_change", MYRT,
               "takes the id that means no change to the kernel, and the process stays root"),
    Difference("crun", "outcome.create",
               "single=cwd_relative|env_no_equals|namespace_twice|mount_below_proc|propagation_unknown|device_unknown_type", MYRT,
               TAKES),
    Difference("crun", "outcome.create",
               "single=seccomp_flag|seccomp_no_listener|hook_relative|hook_zero_timeout|intel_rdt", MYRT,
               TAKES),
    Difference("runc", "outcome.create", "single=version_*|domainname_without_uts|seccomp_errno_of_kill", MYRT, TAKES),
    Difference("runc crun", "outcome.create",
               "single=rlimit_twice|mount_unknown_option_of_bind|masked_relative|readonly_relative|seccomp_no_names", MYRT,
               TAKES),
    Difference("runc crun", "outcome.create", "single=device_over_file", MYRT,
               "keeps the file silently (config-linux.md, Devices)"),
]
