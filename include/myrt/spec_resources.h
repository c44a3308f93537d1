// Typed form of config.json's `linux.resources` (runtime-spec 1.3.0, config-linux.md "Control
// groups").
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace myrt {

/// One `linux.resources.devices` rule. `type` is 'a', 'b' or 'c'; an absent major or minor means
/// any.
struct DeviceRule {
  bool allow = false;
  char type = 'a';
  std::optional<std::int64_t> major;
  std::optional<std::int64_t> minor;
  bool read = false;
  bool write = false;
  bool mknod = false;
  friend bool operator==(const DeviceRule&, const DeviceRule&) = default;
};

/// Bytes; -1 is no limit; 0 means unset, since engines send it for "leave as it is".
struct MemoryResources {
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> reservation;
  std::optional<std::int64_t> swap;  // memory plus swap
  std::optional<std::int64_t> kernel;
  std::optional<std::int64_t> kernel_tcp;
  std::optional<std::uint64_t> swappiness;  // 0..100
  std::optional<bool> disable_oom_killer;
  std::optional<bool> use_hierarchy;
  std::optional<bool> check_before_update;
  friend bool operator==(const MemoryResources&, const MemoryResources&) = default;
};

/// Times are microseconds.
struct CpuResources {
  std::optional<std::uint64_t> shares;
  std::optional<std::int64_t> quota;
  std::optional<std::uint64_t> burst;
  std::optional<std::uint64_t> period;
  std::optional<std::int64_t> realtime_runtime;
  std::optional<std::uint64_t> realtime_period;
  std::string cpus;  // list format of cpuset(7); empty when absent
  std::string mems;
  std::optional<std::int64_t> idle;
  friend bool operator==(const CpuResources&, const CpuResources&) = default;
};

struct WeightDevice {
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::optional<std::uint16_t> weight;       // 10..1000
  std::optional<std::uint16_t> leaf_weight;  // 10..1000
  friend bool operator==(const WeightDevice&, const WeightDevice&) = default;
};

/// `rate` is bytes or operations per second.
struct ThrottleDevice {
  std::int64_t major = 0;
  std::int64_t minor = 0;
  std::uint64_t rate = 0;
  friend bool operator==(const ThrottleDevice&, const ThrottleDevice&) = default;
};

struct BlockIoResources {
  std::optional<std::uint16_t> weight;       // 10..1000, 0 is unset
  std::optional<std::uint16_t> leaf_weight;  // 10..1000, 0 is unset
  std::vector<WeightDevice> weight_device;
  std::vector<ThrottleDevice> throttle_read_bps;
  std::vector<ThrottleDevice> throttle_write_bps;
  std::vector<ThrottleDevice> throttle_read_iops;
  std::vector<ThrottleDevice> throttle_write_iops;
  friend bool operator==(const BlockIoResources&, const BlockIoResources&) = default;
};

struct HugepageLimit {
  std::string page_size;    // "2MB", "64KB": a number and KB, MB or GB
  std::uint64_t limit = 0;  // bytes
  friend bool operator==(const HugepageLimit&, const HugepageLimit&) = default;
};

struct NetworkResources {
  std::optional<std::uint32_t> class_id;
  std::vector<std::pair<std::string, std::uint32_t>> priorities;  // interface, priority
  friend bool operator==(const NetworkResources&, const NetworkResources&) = default;
};

struct RdmaLimit {
  std::optional<std::uint32_t> hca_handles;
  std::optional<std::uint32_t> hca_objects;
  friend bool operator==(const RdmaLimit&, const RdmaLimit&) = default;
};

struct Resources {
  std::vector<DeviceRule> devices;
  MemoryResources memory;
  CpuResources cpu;
  std::optional<std::int64_t> pids_limit;  // -1 is no limit, 0 is a limit
  BlockIoResources block_io;
  std::vector<HugepageLimit> hugepage_limits;
  NetworkResources network;
  std::map<std::string, RdmaLimit> rdma;
  std::map<std::string, std::string> unified;  // cgroup v2 file name to value
  friend bool operator==(const Resources&, const Resources&) = default;
};

}  // namespace myrt
