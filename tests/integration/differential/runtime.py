"""Runs one configuration under one runtime, and gives all that is seen as fields with texts."""

import array
import dataclasses
import fcntl
import json
import os
import pathlib
import select
import shutil
import signal
import socket
import subprocess
import time

import bundle as bundles
import observe

SECONDS = 30  # for each step; none takes a tenth of it on an idle machine
# Namespaces that a container may join, for as long as its input is open. Each run has its own: what one container sets there,
# another would find.
HOLDER = ["unshare", "--ipc", "--uts", "--net", "sh", "-c", "echo ready; exec cat"]
# The runtime gets the report's descriptor as 3 and the gate as 4, and hands both on.
START = 'exec "$@" 3>&"$REPORT"- 4<&"$GATE"-'


@dataclasses.dataclass
class Runtime:
    """A name, and the words that run it."""

    name: str
    command: list


@dataclasses.dataclass
class Place:
    """What one worker has: a directory with the sources of binds, the probe, and a name for cgroups."""

    directory: pathlib.Path
    probe: pathlib.Path
    session: str
    runs: int = 0


def _high(descriptor):
    """The same one above those that the runtime gets."""
    moved = fcntl.fcntl(descriptor, fcntl.F_DUPFD, 20)
    os.close(descriptor)
    return moved


def _pipe():
    reading, writing = os.pipe()
    return _high(reading), _high(writing)


def _received_terminal(listener):
    """The terminal that the runtime sent, if it did."""
    if not select.select([listener], [], [], SECONDS)[0]:
        return None
    with listener.accept()[0] as connection:
        connection.settimeout(SECONDS)
        _, ancillary, _, _ = connection.recvmsg(4096, socket.CMSG_SPACE(64))
    for level, kind, data in ancillary:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
            descriptors = array.array("i")
            descriptors.frombytes(data[: len(data) - len(data) % descriptors.itemsize])
            return descriptors[0]
    return None


class Run:
    """One container, from its bundle to its removal."""

    def __init__(self, runtime, configuration, place):
        place.runs += 1
        self.runtime = runtime
        self.place = place
        # The same length for all runtimes: what they make of it stays comparable.
        self.id = f"{place.session}-{place.runs:05d}"
        self.directory = place.directory / self.id
        self.holder = subprocess.Popen(HOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.holder.stdout.readline()
        places = {"id": self.id, "session": place.session, "holder": str(self.holder.pid),
                  "source": str(place.directory / "source"), "tree": str(place.directory / "tree")}
        self.bundle = bundles.Bundle(self.directory, configuration, place.probe, places)
        self.messages = self.directory / "messages"
        self.state = self.directory / "state"
        self.pid = 0
        self.ended = None
        self.seen = {}

    def _words(self, *words):
        return [*self.runtime.command, "--root", str(self.state), *words]

    def _call(self, *words):
        with self.messages.open("a") as messages:
            done = subprocess.run(
                self._words(*words), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=messages, timeout=SECONDS)
        return done.returncode, done.stdout.decode(errors="replace")

    def _create(self, report, gate, console):
        words = ["create", "--bundle", str(self.directory), "--pid-file", str(self.directory / "pid")]
        words += ["--preserve-fds", "2", *self.bundle.words]
        if console:
            words += ["--console-socket", str(self.directory / "console")]
        # The container's input and output: pipes may get another owner, and hurt nobody.
        reading, writing = os.pipe()
        with self.messages.open("a") as messages:
            done = subprocess.run(
                ["bash", "-c", START, "bash", *self._words(*words, self.id)], stdin=reading, stdout=writing, stderr=messages,
                pass_fds=(report, gate), env=os.environ | {"REPORT": str(report), "GATE": str(gate)}, timeout=SECONDS)
        os.close(reading)
        os.close(writing)
        os.close(report)
        os.close(gate)
        return done.returncode

    def _read_report(self, report):
        """Lines of the probe until it closes its end."""
        text, until = b"", time.monotonic() + SECONDS
        while select.select([report], [], [], max(0, until - time.monotonic()))[0]:
            some = os.read(report, 1 << 16)
            if not some:
                break
            text += some
        else:
            self.seen["outcome.report"] = "does not end"
        for line in text.decode().splitlines():
            self.seen |= json.loads(line)

    def _wait(self):
        """How the container's process, which is a child of ours when its runtime is gone, ends."""
        until = time.monotonic() + SECONDS
        while self.ended is None:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                self.ended = "not ours"
                return
            if pid:
                code = os.waitstatus_to_exitcode(status)
                self.ended = f"signal {-code}" if code < 0 else f"status {code}"
            elif time.monotonic() > until:
                os.kill(self.pid, signal.SIGKILL)
                until += SECONDS
            else:
                select.select([], [], [], 0.002)

    def _see_state(self, when):
        status, text = self._call("state", self.id)
        self.seen[f"state.{when}"] = f"exit status {status}"
        if status == 0:
            state = json.loads(text)
            self.seen[f"state.{when}"] = state["status"]
            self.seen[f"state.{when}.bundle"] = state["bundle"]
            self.seen[f"state.{when}.pid"] = "the process" if state.get("pid") == self.pid else str(state.get("pid", 0))
            for name, value in state.get("annotations", {}).items():
                self.seen[f"state.{when}.annotations.{name}"] = value

    def _run(self, report, report_end, gate, gate_end):
        console = self.bundle.config.get("process", {}).get("terminal", False)
        terminal = None
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(self.directory / "console"))
            listener.listen()
            refused = self._create(report_end, gate, console)
            self.seen["outcome.create"] = "refused" if refused else "ok"
            if refused:
                os.close(gate_end)
                return
            if console:
                terminal = _received_terminal(listener)
                self.seen["outcome.terminal"] = "none" if terminal is None else "sent"
        self.pid = int((self.directory / "pid").read_text())
        self._see_state("created")
        started, _ = self._call("start", self.id)
        self.seen["outcome.start"] = "refused" if started else "ok"
        self._read_report(report)
        if started == 0 and "end.reached" in self.seen:
            self.seen |= observe.process(self.pid, self.holder.pid)
            self._see_state("running")
        os.close(gate_end)
        if started:
            self._call("kill", self.id, "KILL")
        self._wait()
        self.seen["outcome.end"] = self.ended
        if terminal is not None:
            os.close(terminal)
        self._see_state("stopped")
        deleted, _ = self._call("delete", self.id)
        self.seen["outcome.delete"] = "refused" if deleted else "ok"

    def _see_hooks(self):
        """Which hooks ran, in which order, where, and what they were told."""
        kinds = []
        for line in self.bundle.hook_log().splitlines():
            kind, directory, variables, state = line.split("\t")
            state = json.loads(state)
            kinds.append(kind)
            name = f"hooks.{kind}"
            self.seen[f"{name}.directory"] = directory
            self.seen[f"{name}.variables"] = " ".join(sorted(variables.split()))
            self.seen[f"{name}.status"] = state["status"]
            self.seen[f"{name}.bundle"] = state["bundle"]
            self.seen[f"{name}.pid"] = "the process" if state.get("pid") == self.pid else str(state.get("pid", 0))
        self.seen["hooks"] = " ".join(kinds)

    def _name_pid(self):
        """A pid of the host is another each time."""
        if self.seen.get("ids.pid") == str(self.pid):
            self.seen["ids.pid"] = "that of the host"

    def _see_what_is_left(self):
        left = observe.cgroups_named(self.id)
        self.seen["left.cgroups"] = " ".join(sorted(str(path.relative_to(observe.CGROUPS)) for path in left))
        self.seen["left.state"] = " ".join(sorted(path.name for path in self.state.glob("*") if self.id in path.name))
        mounted = [line for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines() if str(self.directory) in line]
        self.seen["left.mounts"] = " ".join(line.split(" ")[4] for line in mounted)
        self.seen |= observe.tree(self.bundle.root)

    def _remove(self):
        self._call("delete", "--force", self.id)
        self.holder.communicate()
        for path in observe.cgroups_named(self.id):
            path.rmdir()
        shutil.rmtree(self.directory)

    def seen_of_all(self):
        report, report_end = _pipe()
        gate, gate_end = _pipe()
        try:
            self._run(report, report_end, gate, gate_end)
            self._see_hooks()
            self._name_pid()
            self._see_what_is_left()
            said = self.messages.read_text(errors="replace").strip()
        finally:
            os.close(report)
            self._remove()
        same = {str(self.directory): "BUNDLE", str(self.place.directory): "WORKER", self.id: "ID", self.place.session: "SESSION"}
        for old, new in same.items():
            self.seen = {name.replace(old, new): value.replace(old, new) for name, value in self.seen.items()}
        return self.seen, said
