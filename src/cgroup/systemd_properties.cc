#include "cgroup/systemd_properties.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>
#include <optional>
#include <utility>

#include "base/number_set.h"
#include "base/text.h"
#include "cgroup/writes.h"
#include "cgroup/writes_v2.h"

namespace myrt::cgroup {

namespace {

constexpr std::uint64_t kInfinity = std::numeric_limits<std::uint64_t>::max();
// The versions that brought a property.
constexpr unsigned kHasQuotaPeriod = 242;
constexpr unsigned kHasAllowedCpus = 244;
constexpr unsigned kHasIdleWeight = 252;

UnitProperty number(std::string name, std::uint64_t value) {
  return {.name = std::move(name), .signature = "t", .values = {std::to_string(value)}};
}

/// -1 is no limit.
std::uint64_t limit_of(std::int64_t value) {
  return value < 0 ? kInfinity : static_cast<std::uint64_t>(value);
}

void add_memory(std::vector<UnitProperty>& all, const MemoryResources& memory, bool v2) {
  if (is_set(memory.limit)) {
    all.push_back(number(v2 ? "MemoryMax" : "MemoryLimit", limit_of(*memory.limit)));
  }
  if (!v2) {
    return;  // systemd has a property for no other file of v1
  }
  if (is_set(memory.reservation)) {
    all.push_back(number("MemoryLow", limit_of(*memory.reservation)));
  }
  const bool unlimited = is_set(memory.limit) && *memory.limit == kUnlimited;
  if (is_set(memory.swap) || unlimited) {
    const std::int64_t both = is_set(memory.swap) ? *memory.swap : kUnlimited;
    // Of swap alone, as the kernel's file has it.
    all.push_back(
        number("MemorySwapMax", limit_of(both == kUnlimited ? kUnlimited : both - *memory.limit)));
  }
}

/// `quota` of each `period`, both in microseconds, as time of each second: in steps of 10 ms,
/// rounded up, as systemd thinks in percents and writes the file again from it.
void add_quota(std::vector<UnitProperty>& all, std::optional<std::int64_t> quota,
               std::optional<std::uint64_t> period, unsigned version) {
  constexpr std::uint64_t kDefaultPeriod = 100'000;
  constexpr std::uint64_t kSecond = 1'000'000;
  constexpr std::uint64_t kStep = 10'000;
  if (!is_set(quota) && !is_set(period)) {
    return;
  }
  if (is_set(period) && version >= kHasQuotaPeriod) {
    all.push_back(number("CPUQuotaPeriodUSec", *period));
  }
  std::uint64_t per_second = kInfinity;
  if (quota.value_or(0) > 0) {
    const std::uint64_t time = static_cast<std::uint64_t>(*quota);
    const std::uint64_t every = is_set(period) ? *period : kDefaultPeriod;
    per_second = time > kInfinity / kSecond ? kInfinity : time * kSecond / every;
    if (per_second < kInfinity - kStep) {
      per_second = (per_second + kStep - 1) / kStep * kStep;
    }
  }
  all.push_back(number("CPUQuotaPerSecUSec", per_second));
}

void add_mask(std::vector<UnitProperty>& all, std::string name, std::string_view list) {
  if (std::optional<UnitProperty> mask = cpu_mask(std::move(name), list)) {
    all.push_back(*std::move(mask));
  }
}

void add_cpu(std::vector<UnitProperty>& all, const CpuResources& cpu, bool v2, unsigned version) {
  if (v2 && cpu.idle.value_or(0) != 0) {
    if (version >= kHasIdleWeight) {
      all.push_back(number("CPUWeight", 0));
    }
  } else if (is_set(cpu.shares)) {
    all.push_back(v2 ? number("CPUWeight", cpu_weight(*cpu.shares))
                     : number("CPUShares", *cpu.shares));
  }
  add_quota(all, cpu.quota, cpu.period, version);
  if (v2 && version >= kHasAllowedCpus) {
    add_mask(all, "AllowedCPUs", cpu.cpus);
    add_mask(all, "AllowedMemoryNodes", cpu.mems);
  }
}

/// One property for all devices; systemd finds a device that has no node of this name as well.
template <typename Device, typename Value>
void add_devices(std::vector<UnitProperty>& all, std::string name,
                 const std::vector<Device>& devices, Value value_of) {
  UnitProperty property{.name = std::move(name), .signature = "a(st)", .values = {""}};
  std::size_t count = 0;
  for (const Device& device : devices) {
    if (const std::optional<std::uint64_t> value = value_of(device)) {
      property.values.push_back(base::concat(
          {"/dev/block/", std::to_string(device.major), ":", std::to_string(device.minor)}));
      property.values.push_back(std::to_string(*value));
      ++count;
    }
  }
  property.values.front() = std::to_string(count);
  if (count != 0) {
    all.push_back(std::move(property));
  }
}

void add_block_io(std::vector<UnitProperty>& all, const BlockIoResources& block_io, bool v2) {
  if (is_set(block_io.weight)) {
    all.push_back(v2 ? number("IOWeight", io_weight(*block_io.weight))
                     : number("BlockIOWeight", *block_io.weight));
  }
  if (!v2) {
    return;
  }
  using Value = std::optional<std::uint64_t>;
  add_devices(all, "IODeviceWeight", block_io.weight_device, [](const WeightDevice& device) {
    return is_set(device.weight) ? Value(io_weight(*device.weight)) : std::nullopt;
  });
  const auto rate = [](const ThrottleDevice& device) {
    return Value(device.rate == 0 ? kInfinity : device.rate);
  };
  add_devices(all, "IOReadBandwidthMax", block_io.throttle_read_bps, rate);
  add_devices(all, "IOWriteBandwidthMax", block_io.throttle_write_bps, rate);
  add_devices(all, "IOReadIOPSMax", block_io.throttle_read_iops, rate);
  add_devices(all, "IOWriteIOPSMax", block_io.throttle_write_iops, rate);
}

void add_pids(std::vector<UnitProperty>& all, std::optional<std::int64_t> limit) {
  if (limit.has_value()) {
    // systemd takes no 0, which the kernel does, and which the file gets: no further process in
    // both cases.
    all.push_back(number("TasksMax", *limit == 0 ? 1 : limit_of(*limit)));
  }
}

/// A file of `unified` whose value is one number or "max".
struct NumberFile {
  std::string_view file;
  const char* property;
};
constexpr std::array<NumberFile, 7> kNumberFiles = {{{"cpu.weight", "CPUWeight"},
                                                     {"memory.high", "MemoryHigh"},
                                                     {"memory.low", "MemoryLow"},
                                                     {"memory.max", "MemoryMax"},
                                                     {"memory.min", "MemoryMin"},
                                                     {"memory.swap.max", "MemorySwapMax"},
                                                     {"pids.max", "TasksMax"}}};

std::optional<std::uint64_t> number_or_max(std::string_view text) {
  return text == "max" ? kInfinity : base::parse_integer<std::uint64_t>(text);
}

/// "QUOTA PERIOD" or "QUOTA".
void add_cpu_max(std::vector<UnitProperty>& all, std::string_view value, unsigned version) {
  const std::vector<std::string_view> words = base::split(value, ' ');
  const std::optional<std::int64_t> quota = words[0] == "max"
                                                ? std::optional(kUnlimited)
                                                : base::parse_integer<std::int64_t>(words[0], 1);
  const std::optional<std::uint64_t> period =
      words.size() == 2 ? base::parse_integer<std::uint64_t>(words[1]) : std::nullopt;
  if (quota.has_value() && words.size() <= 2) {
    add_quota(all, quota, period, version);
  }
}

/// The kernel judges what is written to its files; a value of another form just has no property.
void add_unified(std::vector<UnitProperty>& all, const std::map<std::string, std::string>& unified,
                 unsigned version) {
  for (const auto& [file, value] : unified) {
    const auto simple = std::ranges::find(kNumberFiles, file, &NumberFile::file);
    if (simple != kNumberFiles.end()) {
      if (const std::optional<std::uint64_t> parsed = number_or_max(value)) {
        const bool none = file == "pids.max" && *parsed == 0;
        all.push_back(number(simple->property, none ? 1 : *parsed));
      }
    } else if (file == "cpu.max") {
      add_cpu_max(all, value, version);
    } else if (version >= kHasAllowedCpus && (file == "cpuset.cpus" || file == "cpuset.mems")) {
      add_mask(all, file == "cpuset.cpus" ? "AllowedCPUs" : "AllowedMemoryNodes", value);
    }
  }
}

/// The last one of each name: `unified` comes after the fields, as its files are written after
/// theirs.
std::vector<UnitProperty> without_repeats(std::vector<UnitProperty> all) {
  std::vector<UnitProperty> last;
  for (UnitProperty& property : all) {
    const auto same = std::ranges::find(last, property.name, &UnitProperty::name);
    if (same != last.end()) {
      *same = std::move(property);
    } else {
      last.push_back(std::move(property));
    }
  }
  return last;
}

}  // namespace

std::optional<UnitProperty> cpu_mask(std::string name, std::string_view list) {
  const std::optional<NumberSet> set = base::parse_number_list(list, base::kMaxCpus);
  if (!set.has_value()) {
    return std::nullopt;
  }
  std::vector<std::uint8_t> bytes;
  for (const std::uint64_t word : *set) {
    for (unsigned shift = 0; shift < 64; shift += 8) {
      bytes.push_back(static_cast<std::uint8_t>(word >> shift & 0xFFU));
    }
  }
  while (bytes.back() == 0) {
    bytes.pop_back();
  }
  UnitProperty property{.name = std::move(name), .signature = "ay", .values = {}};
  property.values.push_back(std::to_string(bytes.size()));
  for (const std::uint8_t byte : bytes) {
    property.values.push_back(std::to_string(byte));
  }
  return property;
}

std::vector<UnitProperty> limit_properties(const Resources& resources, bool v2, unsigned version) {
  std::vector<UnitProperty> all;
  add_cpu(all, resources.cpu, v2, version);
  add_memory(all, resources.memory, v2);
  add_pids(all, resources.pids_limit);
  add_block_io(all, resources.block_io, v2);
  if (v2) {
    add_unified(all, resources.unified, version);
  }
  return without_repeats(std::move(all));
}

unsigned systemd_version(std::string_view text) {
  const std::size_t first = text.find_first_of("0123456789");
  if (first == std::string_view::npos) {
    return 0;
  }
  const std::size_t end = text.find_first_not_of("0123456789", first);
  return base::parse_integer<unsigned>(text.substr(first, end - first)).value_or(0);
}

}  // namespace myrt::cgroup
