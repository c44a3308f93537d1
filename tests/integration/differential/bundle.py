"""A bundle for one run: a small root file system with the probe in it, and the config with its places filled in."""

import json
import os
import pathlib
import re

import generate

CAP_SYS_RESOURCE = 24
PASSWD = "root:x:0:0:root:/root:/bin/sh\nordinary:x:1000:1000::/home/ordinary:/bin/sh\n"
GROUP = "root:x:0:\nordinary:x:1000:\n"
DIRECTORIES = {"bin": 0o755, "data": 0o755, "data/inner": 0o750, "etc": 0o755, "mnt": 0o755, "root": 0o700, "home": 0o755,
               "private": 0o700, "secret": 0o755, "tmp": 0o1777, "srv": 0o755}
FILES = {"etc/passwd": PASSWD, "etc/group": GROUP, "data/file": "data\n", "secret/file": "secret\n", "data/inner/file": "inner\n"}
FIXED_PATHS = [
    "/", "/tmp", "/data", "/data/file", "/data/inner", "/secret", "/etc/passwd", "/root", "/private", "/mnt", "/made",
    "/made/for/cwd", "/srv", "/hook-log", "/run", "/sys", "/sys/firmware", "/sys/fs/cgroup", "/proc/sys/kernel/msgmax",
    "/proc/sys/fs/mqueue/msg_max", "/proc/sys/net/ipv4/ip_forward", "/proc/sys/net/ipv4/ip_local_port_range",
    "/proc/sysrq-trigger", "/proc/kcore", "/proc/keys", "/proc/bus"]


def _fill_root(root, probe):
    for name, mode in DIRECTORIES.items():
        (root / name).mkdir()
        (root / name).chmod(mode)
    for name, text in FILES.items():
        (root / name).write_text(text)
    os.chown(root / "private", 1000, 1000)
    (root / "link-to-data").symlink_to("data")
    os.link(probe, root / "probe")
    (root / "bin/probe").symlink_to("/probe")


def _owned_by(tree, owner):
    """Gives the tree's root's files to the container's root, which is another user on the host."""
    for path in [tree, *tree.rglob("*")]:
        status = path.lstat()
        if path.name != "probe":  # one file for all, executable by everybody
            os.chown(path, status.st_uid + owner, status.st_gid + owner, follow_symlinks=False)


def _filled(value, places):
    if isinstance(value, str):
        for name, text in places.items():
            value = value.replace("{" + name + "}", text)
        return value
    if isinstance(value, list):
        if value == ["{allowed}"]:
            return generate.allowed_calls()
        return [_filled(item, places) for item in value]
    if isinstance(value, dict):
        return {key: _filled(item, places) for key, item in value.items()}
    return value


def _of_engine(name, directory):
    """An engine's config, with what belonged to the engine's machine replaced."""
    config = json.loads((generate.CONFIGS / f"{name}.json").read_text())
    config["root"]["path"] = "rootfs"
    config["process"]["args"] = ["/probe"]
    config["linux"]["cgroupsPath"] = "/{session}/{id}"
    config.pop("hooks", None)  # the engine's network
    for entry in config["linux"]["namespaces"]:
        entry.pop("path", None)
    held = int(re.search(r"CapBnd:\t(\w+)", pathlib.Path("/proc/self/status").read_text()).group(1), 16)
    if not held >> CAP_SYS_RESOURCE & 1:  # the peers refuse what they cannot grant, and there would be nothing to compare
        for names in config["process"]["capabilities"].values():
            names[:] = [name for name in names if name != "CAP_SYS_RESOURCE"]
    for index, mount in enumerate(config["mounts"]):
        if mount["type"] == "bind" and mount["source"] not in ("/proc", "/sys", "/dev"):
            source = directory / f"bound{index}"
            if mount["destination"] == "/dev/shm":
                source.mkdir()
            else:
                source.write_text(f"bound on {mount['destination']}\n")
            mount["source"] = str(source)
    return config


def _paths(config):
    """What the probe is to look at."""
    linux = config.get("linux", {})
    paths = {*FIXED_PATHS, *linux.get("maskedPaths", []), *linux.get("readonlyPaths", [])}
    paths |= {device["path"] for device in linux.get("devices", []) if not device["path"].startswith("/dev/")}
    for mount in config.get("mounts", []):
        place = "/" + mount.get("destination", "").strip("/")
        paths |= {place} if place in ("/dev", "/proc", "/sys") else {place, f"{place}/file", f"{place}/below", f"{place}/below/file"}
    return sorted(paths)


class Bundle:
    """The directory of one run. `config` and `words`, for the command line, are ready to be used."""

    def __init__(self, directory, configuration, probe, places):
        self.directory = pathlib.Path(directory)
        self.directory.mkdir()
        self.root = self.directory / "rootfs"
        self.root.mkdir()
        _fill_root(self.root, probe)
        source = self.directory / "source"
        source.mkdir()
        (source / "file").write_text("bound from the bundle\n")
        log = self.directory / "log"
        log.mkdir()
        (log / "log").touch()
        (log / "log").chmod(0o666)
        if "engine" in configuration.choice:
            config, self.words = _of_engine(configuration.choice["engine"], self.directory), []
        else:
            config, self.words = generate.made(configuration)
        mappings = config["linux"].get("uidMappings")
        if mappings and mappings[0]["hostID"]:
            _owned_by(self.root, mappings[0]["hostID"])
        self.config = _filled(config, places | {"bundle": str(self.directory), "log": str(log), "probe": str(probe)})
        if self.config.get("process", {}).get("args") in (["/probe"], ["probe"]):
            self.config["process"]["args"] += _paths(self.config)
        (self.directory / "config.json").write_text(json.dumps(self.config, indent=1))

    def hook_log(self):
        return (self.directory / "log/log").read_text()
