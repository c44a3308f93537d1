#include "cgroup/writes_v1.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace myrt::cgroup {

namespace {

/// Memory plus swap, which may never be below the memory limit, not even between two writes.
void append_memory_and_swap(std::vector<FileWrite>& writes, const MemoryResources& memory) {
  const bool unlimited = is_set(memory.limit) && *memory.limit == kUnlimited;
  const std::int64_t swap = is_set(memory.swap) ? *memory.swap : unlimited ? kUnlimited : 0;
  const char* const swap_field =
      is_set(memory.swap) ? "/linux/resources/memory/swap" : "/linux/resources/memory/limit";
  if (swap == kUnlimited) {
    // First, as nothing is above it. The kernel may count no swap (swapaccount=0), and then does
    // not limit it either.
    writes.push_back({.file = "memory.memsw.limit_in_bytes",
                      .value = "-1",
                      .field = swap_field,
                      .optional = true});
  }
  if (is_set(memory.limit)) {
    // A limit above the present memory plus swap has to wait until that is raised.
    writes.push_back({.file = "memory.limit_in_bytes",
                      .value = std::to_string(*memory.limit),
                      .field = "/linux/resources/memory/limit",
                      .deferrable = true});
  }
  if (swap > 0) {
    writes.push_back({.file = "memory.memsw.limit_in_bytes",
                      .value = std::to_string(swap),
                      .field = swap_field});
  }
}

void append_size(std::vector<FileWrite>& writes, const char* file,
                 const std::optional<std::int64_t>& value, std::string_view field) {
  if (is_set(value)) {
    writes.push_back({.file = file,
                      .value = std::to_string(*value),
                      .field = base::concat({"/linux/resources/memory/", field})});
  }
}

void append_flag(std::vector<FileWrite>& writes, const char* file, const std::optional<bool>& value,
                 std::string_view field) {
  if (value.has_value()) {
    writes.push_back({.file = file,
                      .value = *value ? "1" : "0",
                      .field = base::concat({"/linux/resources/memory/", field})});
  }
}

void append_throttle(std::vector<FileWrite>& writes, const char* file,
                     const std::vector<ThrottleDevice>& devices, std::string_view field) {
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const ThrottleDevice& device = devices[i];
    writes.push_back(
        {.file = file,
         .value = device_prefix(device.major, device.minor) + std::to_string(device.rate),
         .field = base::concat({"/linux/resources/blockIO/", field, "/", std::to_string(i)})});
  }
}

/// Operations per second as v1 keeps them, in 32 bits: of more than fit it would take the rest
/// (tg_set_conf). The highest number is no limit, and more than any device can do.
std::vector<ThrottleDevice> as_kernel_counts(std::vector<ThrottleDevice> devices) {
  constexpr std::uint64_t kNoLimit = 0xFFFFFFFF;
  for (ThrottleDevice& device : devices) {
    device.rate = std::min<std::uint64_t>(device.rate, kNoLimit);
  }
  return devices;
}

void append_weight_devices(std::vector<FileWrite>& writes,
                           const std::vector<WeightDevice>& devices) {
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const WeightDevice& device = devices[i];
    const std::string prefix = device_prefix(device.major, device.minor);
    const std::string field = "/linux/resources/blockIO/weightDevice/" + std::to_string(i);
    if (is_set(device.weight)) {
      const std::string value = prefix + std::to_string(*device.weight);
      writes.push_back({.file = "blkio.bfq.weight_device",
                        .value = value,
                        .field = field + "/weight",
                        .alternative = FileValue{.file = "blkio.weight_device", .value = value}});
    }
    if (is_set(device.leaf_weight)) {
      writes.push_back({.file = "blkio.leaf_weight_device",
                        .value = prefix + std::to_string(*device.leaf_weight),
                        .field = field + "/leafWeight"});
    }
  }
}

std::vector<FileWrite> priority_writes(const NetworkResources& network) {
  std::vector<FileWrite> writes;
  for (std::size_t i = 0; i < network.priorities.size(); ++i) {
    const auto& [interface, priority] = network.priorities[i];
    writes.push_back({.file = "net_prio.ifpriomap",
                      .value = base::concat({interface, " ", std::to_string(priority)}),
                      .field = "/linux/resources/network/priorities/" + std::to_string(i)});
  }
  return writes;
}

std::vector<FileWrite> class_id_writes(const NetworkResources& network) {
  if (!is_set(network.class_id)) {
    return {};
  }
  return {{.file = "net_cls.classid",
           .value = std::to_string(*network.class_id),
           .field = "/linux/resources/network/classID"}};
}

/// v1 would take another number for one out of its range, silently (sched/core.c, MIN_SHARES).
Result<void> check_shares(const CpuResources& cpu) {
  constexpr std::uint64_t kMinShares = 2;
  constexpr std::uint64_t kMaxShares = 262144;
  if (is_set(cpu.shares) && (*cpu.shares < kMinShares || *cpu.shares > kMaxShares)) {
    return std::unexpected(
        Error(base::concat({"/linux/resources/cpu/shares: want 2 to 262144 on cgroup v1, got ",
                            std::to_string(*cpu.shares)})));
  }
  return {};
}

}  // namespace

Result<std::vector<FileWrite>> memory_writes_v1(const MemoryResources& memory) {
  MYRT_TRY(check_memory(memory));
  std::vector<FileWrite> writes;
  append_flag(writes, "memory.use_hierarchy", memory.use_hierarchy, "useHierarchy");
  append_memory_and_swap(writes, memory);
  append_size(writes, "memory.soft_limit_in_bytes", memory.reservation, "reservation");
  append_size(writes, "memory.kmem.limit_in_bytes", memory.kernel, "kernel");
  append_size(writes, "memory.kmem.tcp.limit_in_bytes", memory.kernel_tcp, "kernelTCP");
  if (memory.swappiness.has_value()) {
    writes.push_back({.file = "memory.swappiness",
                      .value = std::to_string(*memory.swappiness),
                      .field = "/linux/resources/memory/swappiness"});
  }
  append_flag(writes, "memory.oom_control", memory.disable_oom_killer, "disableOOMKiller");
  // checkBeforeUpdate asks for nothing: v1 itself refuses a limit below what is in use (EBUSY).
  return writes;
}

std::vector<FileWrite> cpu_writes_v1(const CpuResources& cpu) {
  std::vector<FileWrite> writes;
  const auto append = [&](const char* file, std::string value, std::string_view field,
                          bool deferrable) {
    writes.push_back({.file = file,
                      .value = std::move(value),
                      .field = base::concat({"/linux/resources/cpu/", field}),
                      .deferrable = deferrable});
  };
  if (is_set(cpu.shares)) {
    append("cpu.shares", std::to_string(*cpu.shares), "shares",
           true);  // refused while the group is idle
  }
  if (cpu.idle.has_value()) {
    append("cpu.idle", std::to_string(*cpu.idle), "idle", false);
  }
  // Quota and period together must not exceed the parent's ratio, so either can have to come first.
  if (is_set(cpu.period)) {
    append("cpu.cfs_period_us", std::to_string(*cpu.period), "period", true);
  }
  if (is_set(cpu.quota)) {
    append("cpu.cfs_quota_us", std::to_string(*cpu.quota), "quota", true);
  }
  if (cpu.burst.has_value()) {
    append("cpu.cfs_burst_us", std::to_string(*cpu.burst), "burst", false);
    writes.back().optional =
        *cpu.burst == 0;  // kernels before 5.14 have no burst, which is what 0 asks for
  }
  if (is_set(cpu.realtime_period)) {
    append("cpu.rt_period_us", std::to_string(*cpu.realtime_period), "realtimePeriod", true);
  }
  if (is_set(cpu.realtime_runtime)) {
    append("cpu.rt_runtime_us", std::to_string(*cpu.realtime_runtime), "realtimeRuntime", false);
  }
  return writes;
}

std::vector<FileWrite> block_io_writes_v1(const BlockIoResources& block_io) {
  std::vector<FileWrite> writes;
  if (is_set(block_io.weight)) {
    const std::string value = std::to_string(*block_io.weight);
    // The weights of CFQ went away with it in Linux 5.0; BFQ has its own.
    writes.push_back({.file = "blkio.bfq.weight",
                      .value = value,
                      .field = "/linux/resources/blockIO/weight",
                      .alternative = FileValue{.file = "blkio.weight", .value = value}});
  }
  if (is_set(block_io.leaf_weight)) {
    writes.push_back({.file = "blkio.leaf_weight",
                      .value = std::to_string(*block_io.leaf_weight),
                      .field = "/linux/resources/blockIO/leafWeight"});
  }
  append_weight_devices(writes, block_io.weight_device);
  append_throttle(writes, "blkio.throttle.read_bps_device", block_io.throttle_read_bps,
                  "throttleReadBpsDevice");
  append_throttle(writes, "blkio.throttle.write_bps_device", block_io.throttle_write_bps,
                  "throttleWriteBpsDevice");
  append_throttle(writes, "blkio.throttle.read_iops_device",
                  as_kernel_counts(block_io.throttle_read_iops), "throttleReadIOPSDevice");
  append_throttle(writes, "blkio.throttle.write_iops_device",
                  as_kernel_counts(block_io.throttle_write_iops), "throttleWriteIOPSDevice");
  return writes;
}

Result<std::vector<ControllerWrites>> writes_v1(const Resources& resources) {
  if (!resources.unified.empty()) {
    return std::unexpected(
        Error("/linux/resources/unified: needs cgroup v2, and this host has v1"));
  }
  std::vector<ControllerWrites> all;
  const auto append = [&](const char* controller, std::vector<FileWrite> writes) {
    if (!writes.empty()) {
      all.push_back({.controller = controller, .writes = std::move(writes)});
    }
  };
  append("cpuset", cpuset_writes(resources.cpu));
  MYRT_TRY(check_shares(resources.cpu));
  append("cpu", cpu_writes_v1(resources.cpu));
  append("memory", MYRT_TRY(memory_writes_v1(resources.memory)));
  append("pids", pids_writes(resources.pids_limit));
  append("blkio", block_io_writes_v1(resources.block_io));
  append("hugetlb", hugetlb_writes(resources.hugepage_limits, "limit_in_bytes"));
  append("net_cls", class_id_writes(resources.network));
  append("net_prio", priority_writes(resources.network));
  append("rdma", MYRT_TRY(rdma_writes(resources.rdma)));
  return all;
}

}  // namespace myrt::cgroup
