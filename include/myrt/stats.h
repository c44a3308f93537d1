// What the kernel counts for a container's cgroups. On cgroup v2 the numbers that have an
// equivalent stand where cgroup v1 has theirs, as runc reports them.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace myrt {

/// A memory or hugepage limit that is none.
inline constexpr std::uint64_t kNoLimit = std::numeric_limits<std::uint64_t>::max();

/// Pressure stall information (Documentation/accounting/psi.rst): the share of time in which tasks
/// waited for a resource.
struct PressureLine {
  double avg10 = 0;  // percent, over the last 10 s
  double avg60 = 0;
  double avg300 = 0;
  std::uint64_t total = 0;  // microseconds
  friend bool operator==(const PressureLine&, const PressureLine&) = default;
};
struct Pressure {
  PressureLine some;                 // at least one task waited
  std::optional<PressureLine> full;  // all of them did; kernels before 5.13 lack it for the CPU
  friend bool operator==(const Pressure&, const Pressure&) = default;
};

struct CpuStats {
  // Nanoseconds. Per processor on cgroup v1 alone.
  std::uint64_t total = 0;
  std::uint64_t kernel = 0;
  std::uint64_t user = 0;
  std::vector<std::uint64_t> percpu;
  std::vector<std::uint64_t> percpu_kernel;
  std::vector<std::uint64_t> percpu_user;
  // Of the quota: how many periods there were, in how many it was used up, and for how long tasks
  // then had to wait, in nanoseconds.
  std::uint64_t periods = 0;
  std::uint64_t throttled_periods = 0;
  std::uint64_t throttled_time = 0;
  std::optional<Pressure> pressure;
  friend bool operator==(const CpuStats&, const CpuStats&) = default;
};

/// The files of cpuset(7) with one number, without "cpuset." in front.
inline constexpr std::array<std::string_view, 9> kCpusetValues = {
    "cpu_exclusive",   "mem_hardwall",       "mem_exclusive",
    "memory_migrate",  "memory_spread_page", "memory_spread_slab",
    "memory_pressure", "sched_load_balance", "sched_relax_domain_level"};

/// On cgroup v1 alone.
struct CpusetStats {
  std::vector<std::uint16_t> cpus;
  std::vector<std::uint16_t> mems;
  std::map<std::string, std::int64_t, std::less<>> values;  // by kCpusetValues
  friend bool operator==(const CpusetStats&, const CpusetStats&) = default;
};

/// Bytes, but for `failures`.
struct MemoryUse {
  std::uint64_t limit = 0;     // kNoLimit: none
  std::uint64_t usage = 0;     // now
  std::uint64_t max = 0;       // the most there has been
  std::uint64_t failures = 0;  // how often the limit was hit
  friend bool operator==(const MemoryUse&, const MemoryUse&) = default;
};

struct MemoryStats {
  std::uint64_t cache = 0;  // bytes, the page cache
  MemoryUse usage;
  MemoryUse swap;  // memory and swap together
  MemoryUse kernel;
  MemoryUse kernel_tcp;
  std::map<std::string, std::uint64_t> raw;  // memory.stat
  std::optional<Pressure> pressure;
  friend bool operator==(const MemoryStats&, const MemoryStats&) = default;
};

struct PidsStats {
  std::uint64_t current = 0;
  std::uint64_t limit = 0;  // 0: none
  friend bool operator==(const PidsStats&, const PidsStats&) = default;
};

/// A counter of one block device.
struct BlockIoEntry {
  std::uint64_t major = 0;
  std::uint64_t minor = 0;
  std::string operation;  // "Read", "Write", "Sync", "Async", "Discard", "Total"; empty: all
  std::uint64_t value = 0;
  friend bool operator==(const BlockIoEntry&, const BlockIoEntry&) = default;
};

struct BlockIoStats {
  std::vector<BlockIoEntry> service_bytes;  // bytes moved
  std::vector<BlockIoEntry> serviced;       // requests
  // What kernels with CFQ (before 5.0) or a BFQ made for debugging count as well.
  std::vector<BlockIoEntry> queued;
  std::vector<BlockIoEntry> service_time;  // nanoseconds
  std::vector<BlockIoEntry> wait_time;     // nanoseconds
  std::vector<BlockIoEntry> merged;
  std::vector<BlockIoEntry> time;  // milliseconds
  std::vector<BlockIoEntry> sectors;
  std::optional<Pressure> pressure;
  friend bool operator==(const BlockIoStats&, const BlockIoStats&) = default;
};

struct RdmaEntry {
  std::string device;
  std::uint64_t handles = 0;  // kNoLimit: no limit
  std::uint64_t objects = 0;
  friend bool operator==(const RdmaEntry&, const RdmaEntry&) = default;
};
struct RdmaStats {
  std::vector<RdmaEntry> current;
  std::vector<RdmaEntry> limit;
  friend bool operator==(const RdmaStats&, const RdmaStats&) = default;
};

/// What a host's kernel does not count is 0 or empty.
struct Stats {
  CpuStats cpu;
  CpusetStats cpuset;
  MemoryStats memory;
  PidsStats pids;
  BlockIoStats block_io;
  std::map<std::string, MemoryUse> hugetlb;  // by page size, "2MB"; without limits
  RdmaStats rdma;
  friend bool operator==(const Stats&, const Stats&) = default;
};

}  // namespace myrt
