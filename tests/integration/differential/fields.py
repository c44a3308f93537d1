"""The fields of config.json that configurations are combined of, and what each may say.

FIELDS: for each field, its options. Every two options of two fields meet in some configuration.
SINGLE: options that stand alone in an otherwise plain configuration: what not all runtimes know or take, and wrong values.

An option says what it changes: a JSON pointer, and the value put there; None removes it, and a pointer that ends in `/-` appends
the values of a list. `run` are words for the command line of create. In strings, {bundle} is the bundle, {id} the container's id,
{source} a directory with a file,
{tree} a shared mount with a file and, `below`, another mount, {holder} a process with namespaces of its own, {log} a
directory for hooks, and {probe} the probe's path on the host.
"""

import pathlib
import re

HOLDER = "/proc/{holder}/ns/"
MAPPED_ROOT = 100000  # on the host


def namespace(kind, path=None):
    return {"type": kind} | ({"path": path} if path else {})


def bind(destination, source, *options):
    return {"destination": destination, "type": "none", "source": source, "options": list(options)}


def tmpfs(destination, *options):
    return {"destination": destination, "type": "tmpfs", "source": "tmpfs", "options": list(options)}


def cgroups(*options):
    return {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": list(options)}


def capabilities(**sets):
    return {"/process/capabilities": {name: [f"CAP_{word}" for word in words] for name, words in sets.items()}}


def limits(**values):
    return {"/process/rlimits": [{"type": f"RLIMIT_{name}", "soft": soft, "hard": hard} for name, (soft, hard) in values.items()]}


def filter_of(action, *rules, **more):
    return {"/linux/seccomp": {"defaultAction": f"SCMP_ACT_{action}", "syscalls": list(rules)} | more}


def rule(action, *names, **more):
    return {"names": list(names), "action": f"SCMP_ACT_{action}"} | more


def compare(index, operator, value, second=None):
    return {"index": index, "value": value, "op": f"SCMP_CMP_{operator}"} | ({} if second is None else {"valueTwo": second})


def user_namespace(*mappings):
    maps = [{"containerID": inside, "hostID": outside, "size": size} for inside, outside, size in mappings]
    return {"/linux/namespaces/-": [namespace("user")], "/linux/uidMappings": maps, "/linux/gidMappings": maps}


def hook(kind, **more):
    path = "/probe" if kind == "startContainer" else "{probe}"
    return [{"path": path, "args": ["probe", "--hook", kind, "/hook-log/log" if kind == "startContainer" else "{log}/log"]} | more]


def disk():
    """The number of some disk of this machine."""
    names = [path for path in sorted(pathlib.Path("/sys/block").iterdir()) if not re.match("loop|ram|zram|sr|fd", path.name)]
    major, minor = (names[0] / "dev").read_text().split(":") if names else (8, 0)
    return {"major": int(major), "minor": int(minor)}


HOOK_KINDS = ["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]
SOME = ["CHOWN", "KILL", "SETUID", "NET_RAW"]
MEMORY = 64 << 20
DISK = disk()
FUSE = {"path": "/dev/fuse", "type": "c", "major": 10, "minor": 229}
ALLOW_FUSE = {"allow": True, "type": "c", "major": 10, "minor": 229, "access": "rw"}
HARMLESS = ["chmod", "getpgid", "kcmp"]

FIELDS = {
    "version": {"dev": {}, "first": {"/ociVersion": "1.0.0"}, "second": {"/ociVersion": "1.1.0"}},
    "user": {
        "root": {},
        "ordinary": {"/process/user": {"uid": 1000, "gid": 1000}},
        "groups": {"/process/user": {"uid": 1000, "gid": 100, "additionalGids": [10, 4242, 10]}},
        "root_groups": {"/process/user": {"uid": 0, "gid": 5, "additionalGids": [0, 7]}},
        "unknown": {"/process/user": {"uid": 4321, "gid": 4321}},
    },
    "umask": {"absent": {}, "none": {"/process/user/umask": 0}, "private": {"/process/user/umask": 0o077}},
    "cwd": {
        "root": {},
        "tmp": {"/process/cwd": "/tmp"},
        "missing": {"/process/cwd": "/made/for/cwd"},
        "link": {"/process/cwd": "/link-to-data"},
        "private": {"/process/cwd": "/private"},
    },
    "env": {
        "path": {},
        "absent": {"/process/env": None},
        "home": {"/process/env": ["PATH=/bin", "HOME=/elsewhere", "TERM=dumb"]},
        "repeated": {"/process/env": ["A=1", "B=2", "A=3", "PATH=/bin"]},
        "odd": {"/process/env": ["PATH=/bin", "EMPTY=", "EQUALS=a=b", "LINES=a\nb", "SPACE= ", "a.b-c=d"]},
    },
    "rlimits": {
        "absent": {},
        "files": limits(NOFILE=(512, 1024)),
        "several": limits(CORE=(0, 0), NPROC=(1000, 2000), STACK=(4 << 20, 8 << 20), FSIZE=(1 << 40, 1 << 41)),
        "unlimited": limits(CORE=(2**64 - 1, 2**64 - 1), CPU=(1000, 2**64 - 1)),
        "lower": limits(MEMLOCK=(0, 65536), NICE=(0, 0), RTPRIO=(0, 0), MSGQUEUE=(0, 1), SIGPENDING=(7, 8)),
    },
    "capabilities": {
        "engine": {},
        "absent": {"/process/capabilities": None},
        "empty": {"/process/capabilities": {}},
        "bounding": capabilities(bounding=SOME),
        "permitted": capabilities(bounding=SOME, permitted=SOME, effective=SOME[:2]),
        "inheritable": capabilities(bounding=SOME, permitted=SOME, effective=SOME, inheritable=SOME[:1]),
        "ambient": capabilities(bounding=SOME, permitted=SOME, effective=SOME, inheritable=SOME, ambient=SOME[:3]),
    },
    "no_new_privileges": {"yes": {}, "no": {"/process/noNewPrivileges": False}, "absent": {"/process/noNewPrivileges": None}},
    "oom_score": {
        "absent": {},
        "same": {"/process/oomScoreAdj": 0},
        "some": {"/process/oomScoreAdj": 300},
        "highest": {"/process/oomScoreAdj": 1000},
    },
    "terminal": {
        "no": {},
        "yes": {"/process/terminal": True},
        "sized": {"/process/terminal": True, "/process/consoleSize": {"height": 31, "width": 97}},
        "size_only": {"/process/consoleSize": {"height": 31, "width": 97}},
    },
    "root": {"writable": {}, "readonly": {"/root/readonly": True}},
    "propagation": {
        "absent": {},
        "private": {"/linux/rootfsPropagation": "private"},
        "rprivate": {"/linux/rootfsPropagation": "rprivate"},
        "slave": {"/linux/rootfsPropagation": "slave"},
        "rslave": {"/linux/rootfsPropagation": "rslave"},
        "shared": {"/linux/rootfsPropagation": "shared"},
    },
    "pid": {"new": {}, "host": {"/linux/namespaces/pid": None}},
    "ipc": {"new": {}, "host": {"/linux/namespaces/ipc": None}, "joined": {"/linux/namespaces/ipc": HOLDER + "ipc"}},
    "uts": {"new": {}, "host": {"/linux/namespaces/uts": None}, "joined": {"/linux/namespaces/uts": HOLDER + "uts"}},
    "network": {"new": {}, "host": {"/linux/namespaces/network": None}, "joined": {"/linux/namespaces/network": HOLDER + "net"}},
    "cgroup": {"host": {}, "new": {"/linux/namespaces/-": [namespace("cgroup")]}},
    "user_namespace": {
        "none": {},
        "range": user_namespace((0, MAPPED_ROOT, 65536)),
        "split": user_namespace((0, MAPPED_ROOT, 1000), (1000, MAPPED_ROOT + 5000, 64536)),
    },
    "hostname": {"absent": {}, "short": {"/hostname": "differential"}, "dotted": {"/hostname": "a.differential.example"}},
    "domainname": {"absent": {}, "set": {"/domainname": "differential.example"}},
    "sysctl": {
        "none": {},
        "ipc": {"/linux/sysctl": {"kernel.msgmax": "8000", "fs.mqueue.msg_max": "11"}},
        "net": {"/linux/sysctl": {"net.ipv4.ip_forward": "1", "net.ipv4.ip_local_port_range": "2000 3000"}},
    },
    "masked": {
        "engine": {},
        "none": {"/linux/maskedPaths": None},
        "own": {"/linux/maskedPaths": ["/secret", "/data/file", "/not-there", "/secret"]},
        "proc": {"/linux/maskedPaths": ["/proc/kcore", "/proc/timer_list", "/sys/firmware", "/proc/bus"]},
    },
    "readonly": {
        "engine": {},
        "none": {"/linux/readonlyPaths": None},
        "own": {"/linux/readonlyPaths": ["/data", "/etc/passwd", "/not-there"]},
    },
    "devices": {
        "none": {},
        "owned": {"/linux/devices": [FUSE | {"fileMode": 0o640, "uid": 1000, "gid": 10}]},
        "elsewhere": {"/linux/devices": [{"path": "/srv/deep/zero", "type": "c", "major": 1, "minor": 5, "fileMode": 0o604}]},
        "pipe": {"/linux/devices": [{"path": "/dev/fifo", "type": "p", "fileMode": 0o620}]},
        "replaced": {"/linux/devices": [{"path": "/dev/null", "type": "c", "major": 1, "minor": 3, "fileMode": 0o600}]},
        "modes": {"/linux/devices": [FUSE, {"path": "/dev/unbuffered", "type": "u", "major": 1, "minor": 7, "fileMode": 0o4777}]},
    },
    "device_rules": {
        "deny": {},
        "absent": {"/linux/resources/devices": None},
        "fuse": {"/linux/resources/devices/-": [ALLOW_FUSE]},
        "all": {"/linux/resources/devices": [{"allow": True, "access": "rwm"}]},
        "ordered": {"/linux/resources/devices/-": [ALLOW_FUSE, ALLOW_FUSE | {"allow": False, "access": "w"}]},
        "majors": {"/linux/resources/devices/-": [{"allow": True, "type": "c", "major": 10, "access": "rwm"}]},
    },
    "memory": {
        "none": {},
        "limit": {"/linux/resources/memory": {"limit": MEMORY}},
        "reservation": {"/linux/resources/memory": {"limit": MEMORY, "reservation": MEMORY // 2}},
        "unlimited": {"/linux/resources/memory": {"limit": -1}},
        "swappiness": {"/linux/resources/memory": {"limit": MEMORY, "swappiness": 17}},
        "no_killer": {"/linux/resources/memory": {"limit": MEMORY, "disableOOMKiller": True}},
    },
    "cpu": {
        "none": {},
        "shares": {"/linux/resources/cpu": {"shares": 512}},
        "quota": {"/linux/resources/cpu": {"quota": 50000, "period": 200000}},
        "processors": {"/linux/resources/cpu": {"cpus": "0", "mems": "0"}},
        "all": {"/linux/resources/cpu": {"shares": 2048, "quota": 150000, "period": 100000, "cpus": "0-1"}},
    },
    "pids": {"none": {}, "limit": {"/linux/resources/pids": {"limit": 100}}},
    "block_io": {
        "none": {},
        "rates": {"/linux/resources/blockIO": {
            "throttleReadBpsDevice": [DISK | {"rate": 1 << 30}], "throttleWriteIOPSDevice": [DISK | {"rate": 100000}]}},
        "empty": {"/linux/resources/blockIO": {}},
    },
    "seccomp": {
        "none": {},
        "errno": filter_of("ALLOW", rule("ERRNO", *HARMLESS), rule("ERRNO", "unshare", errnoRet=38)),
        "list": filter_of("ERRNO", rule("ALLOW", "{allowed}")),
        "default_errno": filter_of("ERRNO", rule("ALLOW", "{allowed}"), defaultErrnoRet=38),
        "kill": filter_of("ALLOW", rule("KILL", "chmod"), rule("KILL_PROCESS", "getpgid"), rule("KILL_THREAD", "kcmp")),
        "trap": filter_of("ALLOW", rule("TRAP", *HARMLESS), rule("TRACE", "unshare"), rule("LOG", "mkdir")),
        "arguments": filter_of(
            "ALLOW",
            rule("ERRNO", "socket", args=[compare(0, "EQ", 1), compare(1, "EQ", 1)]),
            rule("ERRNO", "personality", errnoRet=5, args=[compare(0, "MASKED_EQ", 0xFF, 8)]),
            rule("ERRNO", "setns", args=[compare(0, "GT", 1000)])),
        "either": filter_of("ALLOW", rule("ERRNO", "socket", args=[compare(0, "EQ", 1), compare(0, "EQ", 2)])),
        "architectures": filter_of(
            "ALLOW", rule("ERRNO", "getpgid"), architectures=[f"SCMP_ARCH_{name}" for name in ("X86_64", "X86", "X32")]),
        "unknown_call": filter_of("ALLOW", rule("ERRNO", "chmod", "no_such_call")),
        "same_as_default": filter_of("ALLOW", rule("ALLOW", "chmod"), rule("ERRNO", "getpgid")),
    },
    "hooks": {
        "none": {},
        "all": {"/hooks": {kind: hook(kind, env=["HOOK=yes"]) for kind in HOOK_KINDS}, "/mounts/-": [bind("/hook-log", "{log}", "bind")]},
        "two": {"/hooks": {kind: hook(kind, env=[]) * 2 for kind in HOOK_KINDS[1:3]}},
        "limited": {"/hooks": {"createRuntime": hook("createRuntime", env=[], timeout=10)}},
    },
    "tmpfs": {
        "none": {},
        "plain": {"/mounts/-": [tmpfs("/tmp")]},
        "flags": {"/mounts/-": [tmpfs("/mnt/t", "nosuid", "nodev", "noexec", "noatime", "nodiratime")]},
        "readonly": {"/mounts/-": [tmpfs("/mnt/t", "ro", "strictatime")]},
        "data": {"/mounts/-": [tmpfs("/mnt/t", "size=1024k", "mode=0710", "uid=1000", "gid=10", "nr_inodes=100")]},
        "cleared": {"/mounts/-": [tmpfs("/mnt/t", "ro", "rw", "nosuid", "suid", "noexec", "exec", "nodev", "dev", "noatime", "atime")]},
        "super": {"/mounts/-": [tmpfs("/mnt/t", "sync", "dirsync", "lazytime")]},
        "copy_up": {"/mounts/-": [tmpfs("/data", "tmpcopyup", "mode=0755")]},
        "relative": {"/mounts/-": [tmpfs("mnt/relative", "relatime")]},
    },
    "bind": {
        "none": {},
        "plain": {"/mounts/-": [bind("/mnt/b", "{source}", "bind")]},
        "tree": {"/mounts/-": [bind("/mnt/b", "{tree}", "rbind", "rw")]},
        "readonly": {"/mounts/-": [bind("/mnt/b", "{tree}", "rbind", "ro")]},
        "flags": {"/mounts/-": [bind("/mnt/b", "{source}", "bind", "nosuid", "nodev", "noexec", "noatime")]},
        "file": {"/mounts/-": [bind("/etc/bound", "{source}/file", "bind", "ro")]},
        "from_bundle": {"/mounts/-": [bind("/mnt/b", "source", "bind", "nodiratime")]},
        "over_link": {"/mounts/-": [bind("/link-to-data/b", "{source}", "bind")]},
        "typed": {"/mounts/-": [bind("/mnt/b", "{source}", "bind", "strictatime") | {"type": "bind"}]},
    },
    "bind_propagation": {"none": {}} | {
        word: {"/mounts/-": [bind("/mnt/p", "{tree}", "rbind", word)]}
        for word in ("private", "rprivate", "slave", "rslave", "shared", "rshared", "unbindable", "runbindable")
    },
    "proc": {"plain": {}, "readonly": {"/mounts/proc/options": ["nosuid", "noexec", "nodev", "ro"]}},
    "dev": {
        "tmpfs": {},
        "readonly": {"/mounts/dev/options": ["nosuid", "noexec", "mode=755", "ro"]},
        "plain": {"/mounts/dev/options": ["mode=0711", "size=1m"]},
    },
    "sys": {"readonly": {}, "writable": {"/mounts/sys/options": ["nosuid", "noexec", "nodev"]}, "absent": {"/mounts/sys": None}},
    "mqueue": {"yes": {}, "absent": {"/mounts/dev/mqueue": None}},
    "shm": {"yes": {}, "bound": {"/mounts/dev/shm": bind("/dev/shm", "{source}", "bind", "rw")}},
    "cgroup_mount": {
        "none": {},
        "readonly": {"/mounts/-": [cgroups("nosuid", "noexec", "nodev", "relatime", "ro")]},
        "writable": {"/mounts/-": [cgroups("nosuid", "noexec", "nodev")]},
    },
    "cgroups_path": {"absolute": {}, "nested": {"/linux/cgroupsPath": "/{session}/{id}/inner"}},
    "annotations": {"none": {}, "some": {"/annotations": {"org.example.a": "1", "b": "", "c.d": "two words"}}},
    "keyring": {"new": {}, "callers": {"run": ["--no-new-keyring"]}},
    "pivot": {"yes": {}, "no": {"run": ["--no-pivot"]}},
}

# What cannot be combined, as `FIELD=OPTION|OPTION` of two fields; `*` is any. Each is an error by the specification or the kernel.
CONFLICTS = [
    ("uts=host", "hostname=short|dotted"),
    ("uts=host", "domainname=set"),
    ("ipc=host", "sysctl=ipc"),
    ("network=host", "sysctl=net"),
    ("sys=absent", "cgroup_mount=readonly|writable"),
    # A user namespace has no rights over the namespaces of its maker: it may not mount sysfs, proc or mqueue of them.
    ("user_namespace=range|split", "network=host|joined"),
    ("user_namespace=range|split", "ipc=host|joined"),
    ("user_namespace=range|split", "uts=joined"),
    ("user_namespace=range|split", "pid=host"),
    # There the nodes are the host's, bound: it has none at these paths, and their modes and owners are its own.
    ("user_namespace=range|split", "devices=elsewhere|modes"),
    # Stands alone below.
    ("proc=readonly", "sysctl=ipc|net"),
    # What is above the root stays private with pivot_root only (the runtimes refuse, or leave the root visible).
    ("pivot=no", "propagation=private|rprivate"),
    # Mounting over /data and binding below what was a link to it are about one place.
    ("tmpfs=copy_up", "bind=over_link"),
]


def wrong(pointer, value):
    return {pointer: value}


SINGLE = {
    # What the runtimes know in part, or know differently.
    "all_capabilities": {"/process/capabilities": {
        name: ["CAP_SYS_RESOURCE", "CAP_CHOWN"] for name in ("bounding", "permitted", "effective")}},
    "unknown_capability": capabilities(bounding=["CHOWN", "NO_SUCH"], permitted=["CHOWN"], effective=["CHOWN"]),
    "ambient_not_inheritable": capabilities(bounding=SOME, permitted=SOME, effective=SOME, ambient=SOME),
    "mount_namespace_host": {"/linux/namespaces/mount": None},
    "no_process": {"/process": None},
    "time_namespace": {"/linux/namespaces/-": [namespace("time")]},
    "time_offsets": {"/linux/namespaces/-": [namespace("time")], "/linux/timeOffsets": {
        "monotonic": {"secs": 1000, "nanosecs": 5}, "boottime": {"secs": -3}}},
    "scheduler_batch": {"/process/scheduler": {"policy": "SCHED_BATCH", "nice": 5}},
    "scheduler_idle": {"/process/scheduler": {"policy": "SCHED_IDLE"}},
    "scheduler_other": {"/process/scheduler": {"policy": "SCHED_OTHER", "nice": 3, "flags": ["SCHED_FLAG_RESET_ON_FORK"]}},
    "io_priority": {"/process/ioPriority": {"class": "IOPRIO_CLASS_BE", "priority": 6}},
    "memory_policy": {"/linux/memoryPolicy": {"mode": "MPOL_BIND", "nodes": "0"}},
    "zero_pids": {"/linux/resources/pids": {"limit": 0}},
    "unlimited_pids": {"/linux/resources/pids": {"limit": -1}},
    "no_quota": {"/linux/resources/cpu": {"quota": -1, "period": 100000}},
    "idle": {"/linux/resources/cpu": {"idle": 1}},
    "burst": {"/linux/resources/cpu": {"quota": 50000, "period": 100000, "burst": 10000}},
    "realtime": {"/linux/resources/cpu": {"realtimePeriod": 1000000, "realtimeRuntime": 0}},
    "swap": {"/linux/resources/memory": {"limit": MEMORY, "swap": 2 * MEMORY}},
    "zero_memory": {"/linux/resources/memory": {"limit": 0}},
    "kernel_memory": {"/linux/resources/memory": {"limit": MEMORY, "kernel": MEMORY}},
    "kernel_tcp_memory": {"/linux/resources/memory": {"limit": MEMORY, "kernelTCP": MEMORY}},
    "block_weight": {"/linux/resources/blockIO": {"weight": 100}},
    "huge_pages": {"/linux/resources/hugepageLimits": [{"pageSize": "2MB", "limit": 0}]},
    "network_class": {"/linux/resources/network": {"classID": 1048577}},
    "unified": {"/linux/resources/unified": {"pids.max": "10"}},
    "relative_cgroup": {"/linux/cgroupsPath": "{id}"},
    "no_cgroup_path": {"/linux/cgroupsPath": None},
    "domain_sysctl": {"/linux/sysctl": {"kernel.domainname": "x.example"}},
    "slash_sysctl": {"/linux/sysctl": {"net/ipv4/ip_forward": "1"}},
    "part_of_a_tree": user_namespace((0, MAPPED_ROOT, 65536)) | {"/mounts/-": [bind("/mnt/b", "{tree}", "bind")]},
    "recursive_readonly": {"/mounts/-": [bind("/mnt/b", "{tree}", "rbind", "rro")]},
    "no_symlinks": {"/mounts/-": [tmpfs("/mnt/t", "nosymfollow")]},
    "defaults": {"/mounts/-": [tmpfs("/mnt/t", "defaults")]},
    "personality_linux32": {"/linux/personality": {"domain": "LINUX32"}},
    "idmap": user_namespace((0, MAPPED_ROOT, 65536)) | {"/mounts/-": [bind("/mnt/b", "{source}", "bind", "idmap")]},
    "unbindable_root": {"/linux/rootfsPropagation": "unbindable", "/mounts/-": [bind("/mnt/b", "{source}", "bind")]},
    "private_root_without_pivot": {"/linux/rootfsPropagation": "private", "run": ["--no-pivot"]},
    "sysctl_with_readonly_proc": {"/linux/sysctl": {"net.ipv4.ip_forward": "1"}, "/mounts/proc/options": ["ro"]},
    "device_that_the_host_lacks": user_namespace((0, MAPPED_ROOT, 65536)) | {
        "/linux/devices": [{"path": "/srv/deep/zero", "type": "c", "major": 1, "minor": 5}]},
    "seccomp_flags": filter_of(
        "ALLOW", rule("ERRNO", *HARMLESS), flags=["SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW"]),
    "no_proc": {"/mounts/proc": None, "/linux/maskedPaths": None, "/linux/readonlyPaths": None},
    "no_dev": {"/mounts/dev": None, "/mounts/dev/pts": None, "/mounts/dev/shm": None, "/mounts/dev/mqueue": None},
    "hook_without_env": {"/hooks": {"createRuntime": hook("createRuntime")}},
    "hook_that_fails": {"/hooks": {"createRuntime": [{"path": "/bin/false"}]}},
    "poststart_that_fails": {"/hooks": {"poststart": [{"path": "/bin/false"}]}},
    "poststop_that_fails": {"/hooks": {"poststop": [{"path": "/bin/false"}]}},
    "inner_program": {"/process/args": ["probe"], "/process/env": ["PATH=/no:/:/bin"]},
    "seccomp_nothing": {"/linux/seccomp": {"defaultAction": "SCMP_ACT_ALLOW"}},
    "mappings_without_namespace": {"/linux/uidMappings": [{"containerID": 0, "hostID": MAPPED_ROOT, "size": 65536}]},
    # Wrong values: what the specification or the kernel refuses.
    "uid_text": wrong("/process/user/uid", "1000"),
    "uid_negative": wrong("/process/user/uid", -1),
    "uid_fraction": wrong("/process/user/uid", 1.5),
    "uid_too_large": wrong("/process/user/uid", 2**32),
    "uid_no_change": wrong("/process/user/uid", 2**32 - 1),
    "args_empty": wrong("/process/args", []),
    "args_missing_program": wrong("/process/args", ["/no/such"]),
    "args_directory": wrong("/process/args", ["/etc"]),
    "args_no_permission": wrong("/process/args", ["/etc/passwd"]),
    "cwd_relative": wrong("/process/cwd", "tmp"),
    "cwd_file": wrong("/process/cwd", "/etc/passwd"),
    "cwd_descriptor": wrong("/process/cwd", "/proc/self/fd/7"),
    "env_number": wrong("/process/env", [1]),
    "env_no_equals": wrong("/process/env", ["PATH"]),
    "rlimit_unknown": wrong("/process/rlimits", [{"type": "RLIMIT_NO", "soft": 1, "hard": 1}]),
    "rlimit_twice": wrong("/process/rlimits", [{"type": "RLIMIT_CORE", "soft": 0, "hard": 0}] * 2),
    "rlimit_soft_above_hard": limits(NOFILE=(20, 10)),
    "rlimit_raised": limits(NOFILE=(2000000, 2000000)),
    "oom_score_too_high": wrong("/process/oomScoreAdj", 1001),
    "oom_score_lowered": wrong("/process/oomScoreAdj", -500),
    "no_new_privileges_text": wrong("/process/noNewPrivileges", "true"),
    "capabilities_list": wrong("/process/capabilities", ["CAP_KILL"]),
    "apparmor_absent": wrong("/process/apparmorProfile", "no-such-profile"),
    "root_absent": wrong("/root", None),
    "root_missing": wrong("/root/path", "no-such"),
    "root_file": wrong("/root/path", "config.json"),
    "readonly_text": wrong("/root/readonly", "true"),
    "version_absent": wrong("/ociVersion", None),
    "version_text": wrong("/ociVersion", "one"),
    "version_major": wrong("/ociVersion", "2.0.0"),
    "namespace_unknown": {"/linux/namespaces/-": [namespace("mnt")]},
    "namespace_twice": {"/linux/namespaces/-": [namespace("ipc")]},
    "namespace_missing_path": wrong("/linux/namespaces/network", "/no/such"),
    "namespace_other_path": wrong("/linux/namespaces/network", HOLDER + "uts"),
    "mount_no_destination": {"/mounts/-": [{"type": "tmpfs", "source": "tmpfs"}]},
    "mount_missing_source": {"/mounts/-": [bind("/mnt/b", "/no/such", "bind")]},
    "mount_unknown_type": {"/mounts/-": [tmpfs("/mnt/t") | {"type": "no-such"}]},
    "mount_bind_type_only": {"/mounts/-": [bind("/mnt/b", "{source}") | {"type": "bind"}]},
    "mount_bad_data": {"/mounts/-": [tmpfs("/mnt/t", "size=none")]},
    "mount_unknown_option_of_bind": {"/mounts/-": [bind("/mnt/b", "{source}", "bind", "no-such")]},
    "mount_directory_on_file": {"/mounts/-": [bind("/etc/passwd", "{source}", "bind")]},
    "mount_file_on_directory": {"/mounts/-": [bind("/data", "{source}/file", "bind")]},
    "mount_below_proc": {"/mounts/-": [bind("/proc/sys", "{source}", "bind")]},
    "hostname_without_uts": {"/linux/namespaces/uts": None, "/hostname": "x"},
    "domainname_without_uts": {"/linux/namespaces/uts": None, "/domainname": "x"},
    "hostname_too_long": wrong("/hostname", "x" * 65),
    "sysctl_of_host": wrong("/linux/sysctl", {"vm.swappiness": "60"}),
    "sysctl_net_of_host": {"/linux/namespaces/network": None, "/linux/sysctl": {"net.ipv4.ip_forward": "1"}},
    "sysctl_hostname": wrong("/linux/sysctl", {"kernel.hostname": "x"}),
    "sysctl_missing": wrong("/linux/sysctl", {"net.ipv4.no_such": "1"}),
    "sysctl_bad_value": wrong("/linux/sysctl", {"net.ipv4.ip_forward": "x"}),
    "masked_relative": wrong("/linux/maskedPaths", ["secret"]),
    "readonly_relative": wrong("/linux/readonlyPaths", ["data"]),
    "propagation_unknown": wrong("/linux/rootfsPropagation", "no-such"),
    "device_unknown_type": wrong("/linux/devices", [FUSE | {"type": "x"}]),
    "device_over_file": wrong("/linux/devices", [FUSE | {"path": "/etc/passwd"}]),
    "device_rule_without_access": {"/linux/resources/devices/-": [{"allow": True, "type": "c", "major": 1, "access": ""}]},
    "device_rule_unknown_type": {"/linux/resources/devices/-": [{"allow": True, "type": "x", "access": "r"}]},
    "memory_below_kernel_minimum": {"/linux/resources/memory": {"limit": MEMORY, "swap": MEMORY // 2}},
    "cpu_quota_too_small": {"/linux/resources/cpu": {"quota": 1, "period": 100000}},
    "cpus_absent": {"/linux/resources/cpu": {"cpus": "100"}},
    "swappiness_too_high": {"/linux/resources/memory": {"swappiness": 1000}},
    "throttle_no_device": {"/linux/resources/blockIO": {"throttleReadBpsDevice": [{"major": 250, "minor": 250, "rate": 1}]}},
    "seccomp_unknown_action": filter_of("NO_SUCH"),
    "seccomp_unknown_operator": filter_of("ALLOW", rule("ERRNO", "socket", args=[compare(0, "NO", 1)])),
    "seccomp_index": filter_of("ALLOW", rule("ERRNO", "socket", args=[compare(6, "EQ", 1)])),
    "seccomp_architecture": filter_of("ALLOW", rule("ERRNO", "chmod"), architectures=["SCMP_ARCH_NO"]),
    "seccomp_flag": filter_of("ALLOW", rule("ERRNO", "chmod"), flags=["NO_SUCH"]),
    "seccomp_errno_of_kill": filter_of("ALLOW", rule("KILL", "chmod", errnoRet=1)),
    "seccomp_no_names": filter_of("ALLOW", rule("ERRNO")),
    "seccomp_no_listener": filter_of("ALLOW", rule("NOTIFY", "chmod")),
    "seccomp_notify_write": filter_of("ALLOW", rule("NOTIFY", "write"), listenerPath="{bundle}/no-such"),
    "hook_relative": {"/hooks": {"createRuntime": [{"path": "true"}]}},
    "hook_missing": {"/hooks": {"createRuntime": [{"path": "/no/such"}]}},
    "hook_zero_timeout": {"/hooks": {"createRuntime": [{"path": "/bin/true", "timeout": 0}]}},
    "hook_negative_timeout": {"/hooks": {"createRuntime": [{"path": "/bin/true", "timeout": -1}]}},
    "user_unmapped": user_namespace((0, MAPPED_ROOT, 10)) | {"/process/user": {"uid": 1000, "gid": 0}},
    "user_namespace_without_mappings": {"/linux/namespaces/-": [namespace("user")]},
    "mapping_overlaps": user_namespace((0, MAPPED_ROOT, 10), (5, MAPPED_ROOT + 100, 10)),
    "mapping_of_nothing": user_namespace((0, MAPPED_ROOT, 0)),
    "scheduler_unknown": {"/process/scheduler": {"policy": "SCHED_NO"}},
    "scheduler_without_share": {"/process/scheduler": {"policy": "SCHED_FIFO", "priority": 10}},  # its cgroup has no realtime
    "io_priority_unknown": {"/process/ioPriority": {"class": "IOPRIO_CLASS_NO", "priority": 0}},
    "personality_unknown": {"/linux/personality": {"domain": "NO"}},
    "time_offsets_without_namespace": {"/linux/timeOffsets": {"monotonic": {"secs": 1}}},
    "idmap_without_mappings": {"/mounts/-": [bind("/mnt/b", "{source}", "bind", "idmap")]},
    "intel_rdt": {"/linux/intelRdt": {"closID": "x", "l3CacheSchema": "L3:0=f"}},
}
