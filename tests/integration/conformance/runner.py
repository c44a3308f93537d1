"""Runs programs of OCI's validation suite against a runtime, each in namespaces of its own, and leaves nothing of them."""

import concurrent.futures
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

import judge
import machine

SECONDS = 60  # for a program; the longest take 15
LANES = 4  # programs at a time: they mostly sleep, until a container is through

# Those that make or look for the suite's own cgroups, whose names are fixed, run one after the other.
FIXED_CGROUPS = ("linux_cgroups_", "delete_resources", "delete_only_create_resources")
CGROUPS = ("cgrouptest", "testdir")  # the first part of these names
# Those that wait ten seconds in any case begin early.
SLOW = ("delete", "kill", "start", "pidfile")

# Process 1 of the namespaces: reaps what the runtime leaves to it, as a program of the suite would not.
INIT = """
if [ -n "$1" ]; then umount "$1" && mount -t tmpfs tmpfs "$1" || exit; fi
shift
"$@"
exit $?
"""

# What the suite calls as the runtime.
WRAPPER = """#!/bin/sh
printf '%s\\n' "$*" >>'{place}/calls'
exec '{runtime}' --root '{place}/state' "$@"
"""


def in_namespaces(runtime, command, **options):
    """Runs a command with mounts and processes of its own; when this returns, all of its processes are gone. The exit
    status, or None when the time was up."""
    hidden = machine.CGROUP2 if runtime.name == "crun" and machine.CGROUP2.is_dir() else ""
    child = subprocess.Popen(
        ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child", "--mount-proc",
         "sh", "-c", INIT, "init", str(hidden), *command],
        stdin=subprocess.DEVNULL, **options,
    )
    try:
        return child.wait(SECONDS)
    except subprocess.TimeoutExpired:
        # The kernel ends all of the namespace with its process 1, for which unshare waits.
        for process in pathlib.Path(f"/proc/{child.pid}/task/{child.pid}/children").read_text().split():
            os.kill(int(process), signal.SIGKILL)
        child.wait()
        return None


def remove_containers(runtime, place):
    """Removes what a program has created and not deleted, and returns the ids of all that it has created. The pids that
    the runtime has on record are looked for in namespaces where there are none: it cannot hit a stranger."""
    words = {call.split()[-1] for call in (place / "calls").read_text().splitlines() if call.startswith("create ")}
    ids = sorted(word for word in words if "/" not in word)  # one that creates without an id ends with the bundle
    with open(place / "cleanup", "w") as log:
        for name in ids:
            command = [str(runtime), "--root", str(place / "state"), "delete", "--force", name]
            in_namespaces(runtime, command, stdout=log, stderr=log)
    return ids


def cgroups_named(name):
    """The cgroups of that name, wherever they are. Others come and go meanwhile: os.walk passes over what is gone."""
    return [pathlib.Path(directory) for directory, _, _ in os.walk(machine.CGROUPS) if os.path.basename(directory) == name]


def fixed_cgroups():
    """Those of the suite's own names: at the top of a hierarchy, or below this process's cgroup, as runc has relative ones."""
    own = {line.split(":", 2)[2].rstrip("/") for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines()}
    return [top for path in {"", *own} for name in CGROUPS for top in machine.CGROUPS.glob(f"*{path}/{name}")]


def remove_cgroups(tops):
    """Removes cgroups, with those below them."""
    for top in tops:
        for directory, _, _ in os.walk(top, topdown=False):
            os.rmdir(directory)


def run_once(suite, runtime, name, place):
    """The Outcome of one run of a program. `place` is an empty directory for all that it leaves."""
    wrapper = place / "runtime"
    wrapper.write_text(WRAPPER.format(place=place, runtime=runtime))
    wrapper.chmod(0o755)
    (place / "calls").touch()
    (place / "tmp").mkdir()
    place.chmod(0o755)  # the root of a user namespace has to get to the bundles
    environment = {"PATH": os.environ["PATH"], "RUNTIME": str(wrapper), "TMPDIR": str(place / "tmp")}
    with open(place / "stdout", "w") as stdout, open(place / "stderr", "w") as stderr:
        status = in_namespaces(runtime, [str(suite / name)], cwd=suite, env=environment, stdout=stdout, stderr=stderr)
    for container in remove_containers(runtime, place):
        remove_cgroups(cgroups_named(container))
    return judge.outcome(status, *((place / file).read_text(errors="replace") for file in ("stdout", "stderr")))


def run_program(suite, runtime, name, tries, logs):
    """The Outcome of a program: of the first of `tries` runs that passes, or of the last one."""
    for _ in range(tries):
        with tempfile.TemporaryDirectory(prefix="myrt-conformance-") as directory:
            place = pathlib.Path(directory)
            found = run_once(suite, runtime, name, place)
            for file in ("stdout", "stderr", "calls", "cleanup"):
                shutil.copy(place / file, logs / f"{name}.{file}")
        if not found.failures:
            break
    return found


def run_all(suite, runtime, expectations, logs):
    """{program: Outcome} in the order of the expectations. What each program and the runtime said goes to `logs`."""
    logs.mkdir(parents=True, exist_ok=True)

    def run_row(row):
        outcomes = {}
        for name in row:
            outcomes[name] = run_program(suite, runtime, name, expectations[name].tries, logs)
            if name.startswith(FIXED_CGROUPS):
                remove_cgroups(fixed_cgroups())
        return outcomes

    with_cgroups = [name for name in expectations if name.startswith(FIXED_CGROUPS)]
    others = sorted(set(expectations) - set(with_cgroups), key=lambda name: (name not in SLOW, name))
    with concurrent.futures.ThreadPoolExecutor(LANES) as pool:
        outcomes = {}
        for done in pool.map(run_row, [with_cgroups, *([name] for name in others)]):
            outcomes |= done
    return {name: outcomes[name] for name in expectations}
