// Typed form of config.json's `linux` (runtime-spec 1.3.0, config-linux.md).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <myrt/spec_execution.h>
#include <myrt/spec_id_mapping.h>
#include <myrt/spec_resources.h>
#include <myrt/spec_seccomp.h>

namespace myrt {

enum class NamespaceKind { kUser, kMount, kPid, kNetwork, kIpc, kUts, kCgroup, kTime };
inline constexpr int kNamespaceKinds = 8;

/// A namespace to create, or to join when `path` is not empty. Kinds that are absent are inherited.
struct Namespace {
  NamespaceKind kind = NamespaceKind::kMount;
  std::string path;
  friend bool operator==(const Namespace&, const Namespace&) = default;
};

/// One `linux.devices` entry. `type` is 'c', 'b' or 'p' ('u' is read as 'c').
struct Device {
  std::string path;
  char type = 'c';
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
  std::uint32_t mode = 0666;  // permission bits, 0..07777
  std::optional<std::uint32_t> uid;
  std::optional<std::uint32_t> gid;
  friend bool operator==(const Device&, const Device&) = default;
};

/// How far a clock of a new time namespace is ahead of the host's (time_namespaces(7)).
struct TimeOffset {
  std::int64_t seconds = 0;
  std::uint32_t nanoseconds = 0;  // below 10^9
  friend bool operator==(const TimeOffset&, const TimeOffset&) = default;
};

struct TimeOffsets {
  std::optional<TimeOffset> monotonic;
  std::optional<TimeOffset> boottime;
  friend bool operator==(const TimeOffsets&, const TimeOffsets&) = default;
};

/// One `linux.netDevices` entry. Names have 1 to 15 bytes.
struct NetDevice {
  std::string host_name;
  std::string name;  // in the container; the same when not given; "%d" stands for a number
  friend bool operator==(const NetDevice&, const NetDevice&) = default;
};

/// `linux.intelRdt`. Texts are empty when absent.
struct IntelRdt {
  std::string clos_id;                // the name of a group, or "/", the default one
  std::vector<std::string> schemata;  // lines
  std::string l3_cache_schema;
  std::string mem_bw_schema;
  bool monitoring = false;  // a monitoring group of the container's own
  friend bool operator==(const IntelRdt&, const IntelRdt&) = default;
};

struct Linux {
  std::vector<Namespace> namespaces;  // unique kinds
  TimeOffsets time_offsets;
  std::vector<NetDevice> net_devices;  // by unique host names
  std::optional<IntelRdt> intel_rdt;
  std::vector<IdMapping> uid_mappings;
  std::vector<IdMapping> gid_mappings;
  std::vector<Device> devices;
  std::string cgroups_path;  // as written; empty when absent
  Resources resources;
  unsigned long rootfs_propagation = 0;  // MS_SHARED, MS_SLAVE|MS_REC ...; 0 when absent
  std::optional<Seccomp> seccomp;
  std::vector<std::pair<std::string, std::string>>
      sysctl;               // key with dots as written, value; in order
  std::string mount_label;  // of SELinux; empty: as the policy has it
  std::vector<std::string> masked_paths;
  std::vector<std::string> readonly_paths;
  std::optional<MemoryPolicy> memory_policy;
  std::optional<unsigned long> personality;  // PER_LINUX or PER_LINUX32 (personality(2))
  friend bool operator==(const Linux&, const Linux&) = default;
};

/// The entry of a kind, or nullptr when the container inherits that namespace.
inline const Namespace* find_namespace(const Linux& linux, NamespaceKind kind) {
  for (const Namespace& entry : linux.namespaces) {
    if (entry.kind == kind) {
      return &entry;
    }
  }
  return nullptr;
}

}  // namespace myrt
