// What will be done to cgroups for one container: plain data, made from the spec and the host's
// layout.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace myrt::cgroup {

/// One mounted cgroup hierarchy of the host.
struct Hierarchy {
  std::string mount_point;  // "/sys/fs/cgroup/memory"
  std::string root;         // what of the hierarchy is mounted there; "/" on a plain host
  std::vector<std::string> controllers;  // v1: "cpu", "cpuacct", "name=systemd"; empty for v2
  bool unified = false;                  // cgroup v2
  friend bool operator==(const Hierarchy&, const Hierarchy&) = default;
};

/// The host's layout. Pure v2 when cgroup2 is mounted on /sys/fs/cgroup itself; otherwise v1, with
/// a cgroup2 beside it that is mounted elsewhere (hybrid) or without.
struct Layout {
  bool pure_v2 = false;
  std::vector<Hierarchy> hierarchies;
  friend bool operator==(const Layout&, const Layout&) = default;
};

/// A value for a file.
struct FileValue {
  std::string file;
  std::string value;
  friend bool operator==(const FileValue&, const FileValue&) = default;
};

/// One write(2) to a file of the container's cgroup directory.
struct FileWrite {
  std::string file;
  std::string value;
  std::string field;  // JSON pointer of what asks for it, for messages; empty: the runtime itself
  // An absent file (ENOENT) is no error, for the reason that the maker's comment gives.
  bool optional = false;
  // The kernel compares the value with one that a later write changes: after EINVAL, again when the
  // others are done.
  bool deferrable = false;
  std::optional<FileValue> alternative = std::nullopt;  // for kernels that lack `file`
  // File with what is in use: when that is more than `value`, the write is refused
  // (`checkBeforeUpdate`).
  std::optional<std::string> usage_file = std::nullopt;
  friend bool operator==(const FileWrite&, const FileWrite&) = default;
};

/// The container's directory in one hierarchy, and what is written there, in order.
struct Directory {
  Hierarchy hierarchy;
  std::string path;  // below the mount point, absolute: "/machine/c1"
  std::vector<FileWrite> writes;
  friend bool operator==(const Directory&, const Directory&) = default;
};

/// The directory's absolute path on the host.
inline std::string host_path(const Directory& directory) {
  return directory.hierarchy.mount_point + directory.path;
}

/// One eBPF instruction, as the kernel's struct bpf_insn packs it.
struct BpfInstruction {
  std::uint8_t code = 0;
  std::uint8_t registers = 0;  // source << 4 | destination
  std::int16_t offset = 0;
  std::int32_t immediate = 0;
  friend bool operator==(const BpfInstruction&, const BpfInstruction&) = default;
};

/// A property of a systemd unit. `values` is its value in the textual form of busctl(1): of an
/// array the length, then the elements.
struct UnitProperty {
  std::string name;
  std::string signature;  // its D-Bus type
  std::vector<std::string> values;
  friend bool operator==(const UnitProperty&, const UnitProperty&) = default;
};

/// The scope that systemd makes for the container, with the container process in it.
struct UnitPlan {
  std::string name;           // "myrt-c1.scope"
  std::string slice;          // "system.slice"
  std::string control_group;  // where it will be, as systemd says it: "/system.slice/..."
  std::vector<UnitProperty> properties;  // all but the processes
  friend bool operator==(const UnitPlan&, const UnitPlan&) = default;
};

/// Everything about the container's cgroups. No directories: cgroups are disabled for this
/// container.
struct CgroupPlan {
  bool pure_v2 = false;
  std::vector<Directory> directories;       // v2: exactly one; hybrid: those of v1, then that of v2
  std::vector<std::string> controllers_v2;  // what `writes` need enabled along the v2 path
  std::vector<BpfInstruction> device_program;  // v2; empty: none
  // v2: host uid that gets the directory (config-linux.md "Cgroup ownership").
  std::optional<std::uint32_t> owner;
  // systemd makes the directories, as far as it knows the hierarchies.
  std::optional<UnitPlan> unit;
  std::vector<std::string> warnings;  // what is accepted without effect, worth telling
  friend bool operator==(const CgroupPlan&, const CgroupPlan&) = default;
};

/// The plan's directory in the v2 hierarchy; null where there is none.
inline const Directory* unified_directory(const CgroupPlan& plan) {
  const bool has_one = !plan.directories.empty() && plan.directories.back().hierarchy.unified;
  return has_one ? &plan.directories.back() : nullptr;
}

}  // namespace myrt::cgroup
