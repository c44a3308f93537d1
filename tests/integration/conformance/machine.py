"""What of this machine decides how programs of the suite end."""

import pathlib
import platform
import re

CGROUPS = pathlib.Path("/sys/fs/cgroup")
CGROUP2 = CGROUPS / "unified"  # beside v1; crun refuses a machine that has it

CAP_SYS_RESOURCE = 24  # linux/capability.h


def has_sys_resource():
    text = pathlib.Path("/proc/self/status").read_text()
    return bool(int(re.search(r"^CapBnd:\s*(\w+)$", text, re.MULTILINE)[1], 16) >> CAP_SYS_RESOURCE & 1)


def has_hierarchy(controller):
    """Whether cgroup v1 has the controller here."""
    for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines():
        kind, _, options = line.partition(" - ")[2].split()[:3]
        if kind == "cgroup" and controller in options.split(","):
            return True
    return False


def kernel():
    return tuple(map(int, re.match(r"(\d+)\.(\d+)", platform.release()).groups()))


# The words of `where` in expectations.toml.
CONDITIONS = {
    "": lambda: True,
    "no CAP_SYS_RESOURCE": lambda: not has_sys_resource(),
    "no hugetlb hierarchy": lambda: not has_hierarchy("hugetlb"),
    "no net_cls hierarchy": lambda: not has_hierarchy("net_cls"),
    "no CFQ": lambda: kernel() >= (5, 0),  # and so no blkio.leaf_weight
    "no kernel memory limit": lambda: kernel() >= (5, 16),  # memory.kmem.limit_in_bytes can be written, and limits nothing
}
