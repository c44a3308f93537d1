#include "cgroup/writes_v2.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>

#include "base/text.h"

namespace myrt::cgroup {

namespace {

/// `pointer` is below /linux/resources.
Error no_form(std::string_view pointer) {
  return Error(base::concat({"/linux/resources/", pointer, ": cgroup v2 has nothing like it"}));
}

std::string limit_text(std::int64_t value) {
  return value == kUnlimited ? "max" : std::to_string(value);
}

/// The limit of swap alone, which is what v2 counts; nothing is unset.
std::optional<FileWrite> swap_write(const MemoryResources& memory) {
  const bool unlimited = is_set(memory.limit) && *memory.limit == kUnlimited;
  if (!is_set(memory.swap) && !unlimited) {
    return std::nullopt;
  }
  const bool given = is_set(memory.swap);
  const std::int64_t both = given ? *memory.swap : kUnlimited;
  std::string value = limit_text(both == kUnlimited ? kUnlimited : both - *memory.limit);
  // A kernel without swap has no such file, and then needs neither an end to the limit nor a ban.
  const bool optional = value == "max" || value == "0";
  return FileWrite{
      .file = "memory.swap.max",
      .value = std::move(value),
      .field = given ? "/linux/resources/memory/swap" : "/linux/resources/memory/limit",
      .optional = optional};
}

void append_throttle(std::vector<FileWrite>& writes, const std::vector<ThrottleDevice>& devices,
                     std::string_view key, std::string_view field) {
  for (std::size_t i = 0; i < devices.size(); ++i) {
    const ThrottleDevice& device = devices[i];
    // v1 takes 0 for no limit, v2 refuses it.
    const std::string rate = device.rate == 0 ? "max" : std::to_string(device.rate);
    writes.push_back(
        {.file = "io.max",
         .value = base::concat({device_prefix(device.major, device.minor), key, "=", rate}),
         .field = base::concat({"/linux/resources/blockIO/", field, "/", std::to_string(i)})});
  }
}

/// BFQ takes the weight as it is; the cost model that io.weight belongs to has a range of its own.
FileWrite weight_write(const std::string& prefix, std::uint64_t weight, std::string field) {
  return {.file = "io.bfq.weight",
          .value = prefix + std::to_string(weight),
          .field = std::move(field),
          .alternative =
              FileValue{.file = "io.weight", .value = prefix + std::to_string(io_weight(weight))}};
}

Result<void> check_network(const NetworkResources& network) {
  if (is_set(network.class_id)) {
    return std::unexpected(no_form("network/classID"));
  }
  if (!network.priorities.empty()) {
    return std::unexpected(no_form("network/priorities"));
  }
  return {};
}

}  // namespace

std::uint64_t cpu_weight(std::uint64_t shares) {
  constexpr std::uint64_t kMinShares = 2;
  constexpr std::uint64_t kMaxShares = 262144;
  if (shares <= kMinShares) {
    return 1;
  }
  if (shares >= kMaxShares) {
    return 10000;
  }
  const double l = std::log2(static_cast<double>(shares));
  const double exponent = (l * l + 125 * l) / 612.0 - 7.0 / 34.0;
  return static_cast<std::uint64_t>(std::ceil(std::pow(10, exponent)));
}

std::uint64_t io_weight(std::uint64_t weight) {
  constexpr std::uint64_t kMinWeight = 10;
  return weight <= kMinWeight ? 1 : 1 + (weight - kMinWeight) * 9999 / 990;
}

Result<std::vector<FileWrite>> memory_writes_v2(const MemoryResources& memory) {
  MYRT_TRY(check_memory(memory));
  if (memory.swappiness.has_value()) {
    return std::unexpected(no_form("memory/swappiness"));
  }
  if (memory.disable_oom_killer.value_or(false)) {
    return std::unexpected(no_form("memory/disableOOMKiller"));
  }
  if (!memory.use_hierarchy.value_or(true)) {
    return std::unexpected(no_form("memory/useHierarchy: false"));
  }
  std::vector<FileWrite> writes;
  if (is_set(memory.limit)) {
    writes.push_back({.file = "memory.max",
                      .value = limit_text(*memory.limit),
                      .field = "/linux/resources/memory/limit"});
    if (memory.check_before_update.value_or(false) && *memory.limit != kUnlimited) {
      // v2 takes any limit and kills until it holds; v1 refused one below what is in use.
      writes.back().usage_file = "memory.current";
    }
  }
  if (std::optional<FileWrite> swap = swap_write(memory)) {
    writes.push_back(*std::move(swap));
  }
  if (is_set(memory.reservation)) {
    writes.push_back({.file = "memory.low",
                      .value = limit_text(*memory.reservation),
                      .field = "/linux/resources/memory/reservation"});
  }
  return writes;
}

Result<std::vector<FileWrite>> cpu_writes_v2(const CpuResources& cpu) {
  if (is_set(cpu.realtime_runtime)) {
    return std::unexpected(no_form("cpu/realtimeRuntime"));
  }
  if (is_set(cpu.realtime_period)) {
    return std::unexpected(no_form("cpu/realtimePeriod"));
  }
  std::vector<FileWrite> writes;
  if (is_set(cpu.shares)) {
    // Refused while the group is idle.
    writes.push_back({.file = "cpu.weight",
                      .value = std::to_string(cpu_weight(*cpu.shares)),
                      .field = "/linux/resources/cpu/shares",
                      .deferrable = true});
  }
  if (cpu.idle.has_value()) {
    writes.push_back({.file = "cpu.idle",
                      .value = std::to_string(*cpu.idle),
                      .field = "/linux/resources/cpu/idle"});
  }
  if (is_set(cpu.quota) || is_set(cpu.period)) {
    constexpr std::uint64_t kDefaultPeriod = 100000;
    const std::string quota =
        is_set(cpu.quota) && *cpu.quota > 0 ? std::to_string(*cpu.quota) : "max";
    const std::uint64_t period = is_set(cpu.period) ? *cpu.period : kDefaultPeriod;
    // The burst may not be above the quota, so either can have to come first.
    writes.push_back(
        {.file = "cpu.max",
         .value = base::concat({quota, " ", std::to_string(period)}),
         .field = is_set(cpu.quota) ? "/linux/resources/cpu/quota" : "/linux/resources/cpu/period",
         .deferrable = true});
  }
  if (cpu.burst.has_value()) {
    writes.push_back(
        {.file = "cpu.max.burst",
         .value = std::to_string(*cpu.burst),
         .field = "/linux/resources/cpu/burst",
         .optional =
             *cpu.burst == 0});  // kernels before 5.14 have no burst, which is what 0 asks for
  }
  return writes;
}

Result<std::vector<FileWrite>> block_io_writes_v2(const BlockIoResources& block_io) {
  if (is_set(block_io.leaf_weight)) {
    return std::unexpected(no_form("blockIO/leafWeight"));
  }
  std::vector<FileWrite> writes;
  if (is_set(block_io.weight)) {
    writes.push_back(weight_write("", *block_io.weight, "/linux/resources/blockIO/weight"));
  }
  for (std::size_t i = 0; i < block_io.weight_device.size(); ++i) {
    const WeightDevice& device = block_io.weight_device[i];
    const std::string pointer = "blockIO/weightDevice/" + std::to_string(i);
    if (is_set(device.leaf_weight)) {
      return std::unexpected(no_form(pointer + "/leafWeight"));
    }
    if (is_set(device.weight)) {
      writes.push_back(weight_write(device_prefix(device.major, device.minor), *device.weight,
                                    base::concat({"/linux/resources/", pointer, "/weight"})));
    }
  }
  append_throttle(writes, block_io.throttle_read_bps, "rbps", "throttleReadBpsDevice");
  append_throttle(writes, block_io.throttle_write_bps, "wbps", "throttleWriteBpsDevice");
  append_throttle(writes, block_io.throttle_read_iops, "riops", "throttleReadIOPSDevice");
  append_throttle(writes, block_io.throttle_write_iops, "wiops", "throttleWriteIOPSDevice");
  return writes;
}

namespace {

// What the runtime itself sets, or what is no limit but an order: "cgroup.procs" would bring
// processes of the host in, "cgroup.freeze" stop the creation for ever.
constexpr std::array<std::string_view, 6> kNotResources = {
    "cgroup.freeze",          "cgroup.kill",    "cgroup.procs",
    "cgroup.subtree_control", "cgroup.threads", "cgroup.type"};

/// The kernel takes one setting a write: "8:0 rbps=1\n8:16 rbps=1" is two.
std::vector<FileWrite> unified_file_writes(const std::string& file, const std::string& value) {
  std::vector<FileWrite> writes;
  const std::string field = "/linux/resources/unified/" + file;
  for (const std::string_view line : base::split(value, '\n')) {
    if (!line.empty()) {
      writes.push_back({.file = file, .value = std::string(line), .field = field});
    }
  }
  if (writes.empty()) {
    // One write(2) of nothing at all would not reach the kernel's file.
    writes.push_back({.file = file, .value = "\n", .field = field});
  }
  return writes;
}

}  // namespace

Result<std::vector<ControllerWrites>> unified_writes(
    const std::map<std::string, std::string>& unified) {
  std::vector<ControllerWrites> all;
  for (const auto& [file, value] : unified) {
    const std::size_t dot = file.find('.');
    if (dot == std::string::npos || dot == 0 || file.find('/') != std::string::npos) {
      return std::unexpected(Error(
          base::concat({"/linux/resources/unified: want file names like \"memory.high\", got ",
                        base::quote(file)})));
    }
    if (std::ranges::find(kNotResources, file) != kNotResources.end()) {
      return std::unexpected(
          Error(base::concat({"/linux/resources/unified: ", file, " is not a resource"})));
    }
    all.push_back({.controller = file.substr(0, dot), .writes = unified_file_writes(file, value)});
  }
  return all;
}

Result<std::vector<ControllerWrites>> writes_v2(const Resources& resources) {
  MYRT_TRY(check_network(resources.network));
  std::vector<ControllerWrites> all;
  const auto append = [&](const char* controller, std::vector<FileWrite> writes) {
    if (!writes.empty()) {
      all.push_back({.controller = controller, .writes = std::move(writes)});
    }
  };
  append("cpuset", cpuset_writes(resources.cpu));
  append("cpu", MYRT_TRY(cpu_writes_v2(resources.cpu)));
  append("memory", MYRT_TRY(memory_writes_v2(resources.memory)));
  append("pids", pids_writes(resources.pids_limit));
  append("io", MYRT_TRY(block_io_writes_v2(resources.block_io)));
  append("hugetlb", hugetlb_writes(resources.hugepage_limits, "max"));
  append("rdma", MYRT_TRY(rdma_writes(resources.rdma)));
  std::vector<ControllerWrites> unified = MYRT_TRY(unified_writes(resources.unified));
  std::ranges::move(unified, std::back_inserter(all));
  return all;
}

std::vector<std::string> warnings_v2(const Resources& resources) {
  std::vector<std::string> warnings;
  if (is_set(resources.memory.kernel)) {
    warnings.emplace_back(
        "/linux/resources/memory/kernel: ignored, cgroup v2 counts it in the memory limit");
  }
  if (is_set(resources.memory.kernel_tcp)) {
    warnings.emplace_back(
        "/linux/resources/memory/kernelTCP: ignored, cgroup v2 counts it in the memory limit");
  }
  return warnings;
}

}  // namespace myrt::cgroup
