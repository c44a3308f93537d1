"""What is seen of a container from outside, as fields with texts: /proc/PID, cgroups, and the root file system afterwards."""

import os
import pathlib
import re
import stat

NAMESPACES = ["cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"]
STATUS = ["Umask", "Groups", "SigBlk", "SigIgn", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp",
          "Seccomp_filters"]
SMALL_FILES = ["oom_score_adj", "uid_map", "gid_map", "setgroups", "timens_offsets", "loginuid", "coredump_filter", "personality"]
CGROUPS = pathlib.Path("/sys/fs/cgroup")
# Settings, not counters.
CGROUP_FILE = re.compile(
    r"cpu\.(shares|cfs_.*|rt_.*|idle)|cpuset\.(cpus|mems|.*_exclusive|memory_migrate|sched_.*)|pids\.max|devices\.list"
    r"|memory\.(.*limit_in_bytes|swappiness|use_hierarchy|oom_control)|blkio\.(.*weight.*|throttle\..*_device)"
    r"|freezer\.state|notify_on_release|cgroup\.clone_children")


def _read(path):
    try:
        return path.read_text(errors="replace").strip()
    except OSError as error:
        return os.strerror(error.errno)


def _link(path):
    try:
        return os.readlink(path)
    except OSError:
        return None


def namespaces(pid, holder):
    """For each kind whether it is the host's, the holder's, or a new one."""
    seen = {}
    for kind in NAMESPACES:
        mine = _link(f"/proc/{pid}/ns/{kind}")
        known = {_link(f"/proc/{holder}/ns/{kind}"): "holder", _link(f"/proc/self/ns/{kind}"): "host"}
        seen[f"namespaces.{kind}"] = known.get(mine, "new")
    return seen


def mounts(pid):
    """Fields of each mount by its mount point; one on top of another has `#2` behind it."""
    seen, times = {}, {}
    for line in _read(pathlib.Path(f"/proc/{pid}/mountinfo")).splitlines():
        before, _, after = line.partition(" - ")
        _, _, _, root, point, options, *optional = before.split(" ")
        kind, source, super_options = (after.split(" ") + [""])[:3]
        times[point] = times.get(point, 0) + 1
        name = f"mounts.{point}" + (f"#{times[point]}" if times[point] > 1 else "")
        seen |= {
            f"{name}:type": kind,
            f"{name}:root": root,
            f"{name}:source": source,
            f"{name}:options": ",".join(sorted(options.split(","))),
            f"{name}:super": ",".join(sorted(super_options.split(","))),
            # Numbers of peer groups mean nothing to others.
            f"{name}:propagation": " ".join(sorted(word.split(":")[0] for word in optional if not word.startswith("propagate_from"))),
        }
    return seen


def cgroups(pid):
    """The place in each hierarchy, and the settings there."""
    seen = {}
    for line in _read(pathlib.Path(f"/proc/{pid}/cgroup")).splitlines():
        _, controllers, path = line.split(":", 2)
        hierarchy = controllers.removeprefix("name=") or "unified"
        seen[f"cgroup.{hierarchy}"] = path
        directory = CGROUPS / hierarchy / path.strip("/")
        if path == "/" or hierarchy == "unified" or not directory.is_dir():
            continue
        for file in sorted(directory.iterdir()):
            if CGROUP_FILE.fullmatch(file.name) and file.is_file():
                # The order of rules that allow means nothing.
                text = "\n".join(sorted(line for line in _read(file).splitlines() if not line.startswith(("oom_kill ", "under_oom"))))
                seen[f"cgroup.{hierarchy}:{file.name}"] = text
    return seen


def process(pid, holder):
    """All that /proc says of the container's process."""
    directory = pathlib.Path(f"/proc/{pid}")
    status = dict(line.split(":\t", 1) for line in _read(directory / "status").splitlines() if ":\t" in line)
    seen = {f"status.{name}": status.get(name, "").strip() for name in STATUS}
    seen |= {f"proc.{name}": re.sub(r"[ \t]+", " ", _read(directory / name)) for name in SMALL_FILES}
    seen |= {"proc.arguments": _read(directory / "cmdline").split("\0")[0]}
    seen |= namespaces(pid, holder) | cgroups(pid)
    return seen | (mounts(pid) if seen["namespaces.mnt"] == "new" else {})


def tree(root):
    """What is in the root file system when the container is gone."""
    seen = {}
    for path in sorted(root.rglob("*")):
        if path.name == "probe":
            continue
        status = path.lstat()
        text = f"{stat.filemode(status.st_mode)} {status.st_uid}:{status.st_gid}"
        if stat.S_ISLNK(status.st_mode):
            text += " " + os.readlink(path)
        elif stat.S_ISREG(status.st_mode) and path.name != "core":
            text += f" {status.st_size} bytes"
        elif stat.S_ISCHR(status.st_mode) or stat.S_ISBLK(status.st_mode):
            text += f" {os.major(status.st_rdev)}:{os.minor(status.st_rdev)}"
        seen[f"left.root./{path.relative_to(root)}"] = text
    return seen


def cgroups_named(word):
    """Directories of all hierarchies with a word in their names."""
    found = []
    for directory, names, _ in os.walk(CGROUPS, topdown=False):
        found += [pathlib.Path(directory) / name for name in names if word in name]
    return found
