"""Configurations: combinations of the options of fields.py in which every two options of two fields meet, reproducible by a seed."""

import dataclasses
import itertools
import json
import pathlib
import random

import fields

CONFIGS = pathlib.Path(__file__).resolve().parents[3] / "spec/configs"


@dataclasses.dataclass
class Configuration:
    """A name, and what the config is made of: an option of each field, one of `single`, or `engine`, a file of spec/configs."""

    name: str
    choice: dict


class Conflicts:
    """Which two options cannot be combined."""

    def __init__(self, rules):
        self.pairs = set()
        for rule in rules:
            left, right = (list(self._options(part)) for part in rule)
            for one, other in itertools.product(left, right):
                self.pairs |= {(one, other), (other, one)}

    @staticmethod
    def _options(part):
        field, options = part.split("=")
        unknown = set(options.split("|")) - set(fields.FIELDS[field])
        assert not unknown, f"{part}: no option {unknown}"
        return ((field, option) for option in options.split("|"))

    def __contains__(self, pair):
        return pair in self.pairs


class Pairs:
    """Makes one combination after the other, each with as many pairs that were in none before as a greedy search finds."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.conflicts = Conflicts(fields.CONFLICTS)
        self.options = {field: [(field, option) for option in options] for field, options in fields.FIELDS.items()}
        self.open = {
            frozenset(pair)
            for one, other in itertools.combinations(self.options.values(), 2)
            for pair in itertools.product(one, other)
            if pair not in self.conflicts
        }
        self.all = len(self.open)

    def combination(self):
        while True:
            chosen = self._try()
            if chosen is not None:
                self.open -= {frozenset(pair) for pair in itertools.combinations(chosen, 2)}
                return dict(sorted(chosen))

    def _try(self):
        # Sorted, as the order of a set differs between two runs.
        first = sorted(self.random.choice(sorted(map(sorted, self.open)))) if self.open else []
        chosen = [tuple(option) for option in first]
        rest = [field for field in self.options if field not in dict(chosen)]
        self.random.shuffle(rest)
        for field in rest:
            possible = [option for option in self.options[field] if all((option, other) not in self.conflicts for other in chosen)]
            if not possible:
                return None
            news = {option: sum(frozenset((option, other)) in self.open for other in chosen) for option in possible}
            most = max(news.values())
            chosen.append(self.random.choice([option for option in possible if news[option] == most]))
        return chosen


def combinations(seed, count):
    """(configurations, pairs that meet in none of them, all pairs)."""
    pairs = Pairs(seed)
    made = [Configuration(f"combined.{number}", pairs.combination()) for number in range(count)]
    return made, len(pairs.open), pairs.all


def singles():
    return [Configuration(f"single.{name}", {"single": name}) for name in fields.SINGLE]


def engines():
    return [Configuration(f"engine.{path.stem}", {"engine": path.stem}) for path in sorted(CONFIGS.glob("*.json"))]


def plain():
    """What a configuration is before its options change it: much as an engine has it."""
    words = "CHOWN DAC_OVERRIDE FOWNER FSETID KILL MKNOD NET_BIND_SERVICE NET_RAW SETFCAP SETGID SETPCAP SETUID SYS_CHROOT".split()
    held = [f"CAP_{word}" for word in words]
    mounts = [
        ("/proc", "proc", "nosuid noexec nodev"),
        ("/dev", "tmpfs", "nosuid strictatime mode=755 size=65536k"),
        ("/dev/pts", "devpts", "nosuid noexec newinstance ptmxmode=0666 mode=0620 gid=5"),
        ("/dev/shm", "tmpfs", "nosuid noexec nodev mode=1777 size=65536k"),
        ("/dev/mqueue", "mqueue", "nosuid noexec nodev"),
        ("/sys", "sysfs", "nosuid noexec nodev ro"),
    ]
    return {
        "ociVersion": "1.0.2-dev",
        "process": {
            "terminal": False,
            "user": {"uid": 0, "gid": 0},
            "args": ["/probe"],
            "env": ["PATH=/usr/bin:/bin"],
            "cwd": "/",
            "capabilities": {name: held for name in ("bounding", "effective", "permitted")},
            "noNewPrivileges": True,
        },
        "root": {"path": "rootfs"},
        "mounts": [
            {"destination": place, "type": kind, "source": kind, "options": options.split()} for place, kind, options in mounts
        ],
        "linux": {
            "namespaces": [{"type": kind} for kind in ("pid", "ipc", "uts", "mount", "network")],
            "cgroupsPath": "/{session}/{id}",
            "resources": {"devices": [{"allow": False, "access": "rwm"}]},
            "maskedPaths": ["/proc/acpi", "/proc/kcore", "/proc/keys", "/proc/timer_list", "/proc/scsi", "/sys/firmware"],
            "readonlyPaths": ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger"],
        },
    }


def _place(config, pointer):
    """The object or list that holds what a pointer names, and its key there."""
    path = pointer.strip("/").split("/")
    if path[0] == "mounts" and path[1] != "-":
        options = path[-1] == "options"
        destination = "/" + "/".join(path[1:-1] if options else path[1:])
        index = [mount["destination"] for mount in config["mounts"]].index(destination)
        return (config["mounts"][index], "options") if options else (config["mounts"], index)
    if path[:2] == ["linux", "namespaces"] and path[2] != "-":
        kinds = [entry["type"] for entry in config["linux"]["namespaces"]]
        return config["linux"]["namespaces"], kinds.index(path[2])
    place = config
    for key in path[:-1]:
        place = place.setdefault(key, {})
    return place, path[-1]


def change(config, option):
    """Applies an option, and says the words that it adds to the command line."""
    words = []
    for pointer, value in option.items():
        if pointer == "run":
            words += value
            continue
        place, key = _place(config, pointer)
        if value is None:
            del place[key]
        elif key == "-":
            place.extend(value)
        elif pointer.startswith("/linux/namespaces/"):
            place[key] = fields.namespace(place[key]["type"], value)
        else:
            place[key] = value
    return words


def made(configuration):
    """(config, words for the command line) of a configuration that is no engine's."""
    config, words = json.loads(json.dumps(plain())), []
    chosen = configuration.choice
    options = [fields.SINGLE[chosen["single"]]] if "single" in chosen else [fields.FIELDS[field][chosen[field]] for field in fields.FIELDS]
    for option in options:
        words += change(config, json.loads(json.dumps(option)))
    return config, words


def allowed_calls():
    """What docker's profile allows without conditions, and what the probe needs besides."""
    profile = json.loads((CONFIGS / "docker.json").read_text())["linux"]["seccomp"]
    names = {name for rule in profile["syscalls"] if rule["action"] == "SCMP_ACT_ALLOW" and not rule.get("args") for name in rule["names"]}
    return sorted((names | {"clone", "personality", "socket", "get_mempolicy", "keyctl"}) - {"chmod"})
