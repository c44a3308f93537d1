// The config.json that `myrt spec` writes, as text: so it reads as a person would write it.

#include <string>
#include <string_view>

#include <myrt/spec.h>

#include "base/text.h"

namespace myrt {

namespace {

constexpr std::string_view kHead = R"({
    "ociVersion": "1.3.0",
    "process": {
        "terminal": true,
        "user": {"uid": 0, "gid": 0},
        "args": ["sh"],
        "env": [
            "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "TERM=xterm"
        ],
        "cwd": "/",
        "capabilities": {
            "bounding": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"],
            "effective": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"],
            "permitted": ["CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE"]
        },
        "rlimits": [
            {"type": "RLIMIT_NOFILE", "soft": 1024, "hard": 1024}
        ],
        "noNewPrivileges": true
    },
    "root": {
        "path": "rootfs",
        "readonly": true
    },
    "hostname": "myrt",
    "mounts": [
        {
            "destination": "/proc",
            "type": "proc",
            "source": "proc"
        },
        {
            "destination": "/dev",
            "type": "tmpfs",
            "source": "tmpfs",
            "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]
        },
        {
            "destination": "/dev/pts",
            "type": "devpts",
            "source": "devpts",
            "options": [)";

// A user namespace with one id has no group 5 (tty).
constexpr std::string_view kPtsOptions =
    R"("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5")";
constexpr std::string_view kRootlessPtsOptions =
    R"("nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620")";

constexpr std::string_view kMiddleMounts = R"(]
        },
        {
            "destination": "/dev/shm",
            "type": "tmpfs",
            "source": "shm",
            "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]
        },
        {
            "destination": "/dev/mqueue",
            "type": "mqueue",
            "source": "mqueue",
            "options": ["nosuid", "noexec", "nodev"]
        },
        {
            "destination": "/sys",
)";

// A new sysfs takes a network namespace of one's own, and the rootless config shares the host's.
constexpr std::string_view kSys = R"(            "type": "sysfs",
            "source": "sysfs",
            "options": ["nosuid", "noexec", "nodev", "ro"]
)";
constexpr std::string_view kRootlessSys = R"(            "type": "none",
            "source": "/sys",
            "options": ["rbind", "nosuid", "noexec", "nodev", "ro"]
)";

constexpr std::string_view kLastMounts = R"(        },
        {
            "destination": "/sys/fs/cgroup",
            "type": "cgroup",
            "source": "cgroup",
            "options": ["nosuid", "noexec", "nodev", "relatime", "ro"]
        }
    ],
    "linux": {
)";

constexpr std::string_view kNamespaces = R"(        "resources": {
            "devices": [
                {"allow": false, "access": "rwm"}
            ]
        },
        "namespaces": [
            {"type": "pid"},
            {"type": "network"},
            {"type": "ipc"},
            {"type": "uts"},
            {"type": "mount"},
            {"type": "cgroup"}
        ],
)";
constexpr std::string_view kRootlessNamespaces = R"(        "namespaces": [
            {"type": "pid"},
            {"type": "ipc"},
            {"type": "uts"},
            {"type": "mount"},
            {"type": "cgroup"},
            {"type": "user"}
        ],
)";

constexpr std::string_view kTail = R"(        "maskedPaths": [
            "/proc/acpi",
            "/proc/asound",
            "/proc/interrupts",
            "/proc/kcore",
            "/proc/keys",
            "/proc/latency_stats",
            "/proc/sched_debug",
            "/proc/scsi",
            "/proc/timer_list",
            "/proc/timer_stats",
            "/sys/devices/virtual/powercap",
            "/sys/firmware"
        ],
        "readonlyPaths": [
            "/proc/bus",
            "/proc/fs",
            "/proc/irq",
            "/proc/sys",
            "/proc/sysrq-trigger"
        ]
    }
}
)";

std::string mapping(std::string_view name, unsigned host_id) {
  return base::concat({"        \"", name, "\": [\n            {\"containerID\": 0, \"hostID\": ",
                       std::to_string(host_id), ", \"size\": 1}\n        ],\n"});
}

}  // namespace

std::string default_spec(bool rootless, unsigned uid, unsigned gid) {
  if (!rootless) {
    return base::concat({kHead, kPtsOptions, kMiddleMounts, kSys, kLastMounts, kNamespaces, kTail});
  }
  return base::concat({kHead, kRootlessPtsOptions, kMiddleMounts, kRootlessSys, kLastMounts,
                       mapping("uidMappings", uid), mapping("gidMappings", gid),
                       kRootlessNamespaces, kTail});
}

}  // namespace myrt
