#include <array>
#include <utility>

#include "config/parse.h"

namespace myrt::config {

namespace {

constexpr std::int64_t kUnlimited = -1;
constexpr std::uint16_t kMinWeight = 10;  // config-linux.md, "Block IO"
constexpr std::uint16_t kMaxWeight = 1000;

/// A number of bytes or tasks, or -1.
std::optional<std::int64_t> parse_limit(const Value& in) {
  return in.integer<std::int64_t>(kUnlimited);
}

/// A major or minor number in a rule: -1 is any, as absence is.
std::optional<std::int64_t> parse_number_or_any(const Value& in) {
  const std::optional<std::int64_t> number = in.integer<std::int64_t>(-1);
  return number == -1 ? std::nullopt : number;
}

char parse_rule_type(const Value& in) {
  static constexpr auto kTypes = std::to_array<Named<char>>({{"a", 'a'}, {"b", 'b'}, {"c", 'c'}});
  const std::span<const Named<char>> types = kTypes;
  return in.is_empty() ? 'a' : in.word(types, "a device type").value_or('a');
}

DeviceRule parse_device_rule(const Value& in) {
  DeviceRule rule;
  if (!in.object()) {
    return rule;
  }
  rule.allow = in.need("allow").boolean().value_or(false);
  rule.type = parse_rule_type(in["type"]);
  rule.major = parse_number_or_any(in["major"]);
  rule.minor = parse_number_or_any(in["minor"]);
  constexpr std::string_view kWanted = "one or more of r, w, m";
  const Value access = in.need("access");
  const std::optional<std::string_view> letters = access.string(kWanted);
  if (!letters.has_value()) {
    return rule;
  }
  if (letters->empty() || letters->find_first_not_of("rwm") != std::string_view::npos) {
    access.want(kWanted);
  }
  rule.read = letters->find('r') != std::string_view::npos;
  rule.write = letters->find('w') != std::string_view::npos;
  rule.mknod = letters->find('m') != std::string_view::npos;
  return rule;
}

std::vector<DeviceRule> parse_device_rules(const Value& in) {
  const Values values = in.elements("an array of objects");
  std::vector<DeviceRule> rules;
  rules.reserve(values.size());
  for (const Value& value : values) {
    rules.push_back(parse_device_rule(value));
  }
  return rules;
}

MemoryResources parse_memory(const Value& in) {
  if (!in.object()) {
    return {};
  }
  return {.limit = parse_limit(in["limit"]),
          .reservation = parse_limit(in["reservation"]),
          .swap = parse_limit(in["swap"]),
          .kernel = parse_limit(in["kernel"]),
          .kernel_tcp = parse_limit(in["kernelTCP"]),
          .swappiness = in["swappiness"].integer<std::uint64_t>(0, 100),
          .disable_oom_killer = in["disableOOMKiller"].boolean(),
          .use_hierarchy = in["useHierarchy"].boolean(),
          .check_before_update = in["checkBeforeUpdate"].boolean()};
}

CpuResources parse_cpu(const Value& in) {
  if (!in.object()) {
    return {};
  }
  return {.shares = in["shares"].integer<std::uint64_t>(),
          .quota = in["quota"].integer<std::int64_t>(),
          .burst = in["burst"].integer<std::uint64_t>(),
          .period = in["period"].integer<std::uint64_t>(),
          .realtime_runtime = in["realtimeRuntime"].integer<std::int64_t>(),
          .realtime_period = in["realtimePeriod"].integer<std::uint64_t>(),
          .cpus = in["cpus"].text(),
          .mems = in["mems"].text(),
          .idle = in["idle"].integer<std::int64_t>(0, 1)};
}

/// 10 to 1000; 0 is what engines write for none.
std::optional<std::uint16_t> parse_weight(const Value& in) {
  const bool unset = in.kind() == NodeKind::kUnsigned && in.integer<std::uint64_t>() == 0;
  return in.integer<std::uint16_t>(unset ? 0 : kMinWeight, kMaxWeight);
}

std::int64_t parse_device_number(const Value& in) {
  return in.integer<std::int64_t>(0).value_or(0);
}

std::vector<WeightDevice> parse_weight_devices(const Value& in) {
  std::vector<WeightDevice> devices;
  for (const Value& value : in.elements("an array of objects")) {
    if (value.object()) {
      devices.push_back({.major = parse_device_number(value.need("major")),
                         .minor = parse_device_number(value.need("minor")),
                         .weight = parse_weight(value["weight"]),
                         .leaf_weight = parse_weight(value["leafWeight"])});
      if (!value["weight"].present() && !value["leafWeight"].present()) {
        value.fault("want weight or leafWeight, got neither");
      }
    }
  }
  return devices;
}

std::vector<ThrottleDevice> parse_throttle_devices(const Value& in) {
  std::vector<ThrottleDevice> devices;
  for (const Value& value : in.elements("an array of objects")) {
    if (value.object()) {
      devices.push_back({.major = parse_device_number(value.need("major")),
                         .minor = parse_device_number(value.need("minor")),
                         .rate = value.need("rate").integer<std::uint64_t>().value_or(0)});
    }
  }
  return devices;
}

BlockIoResources parse_block_io(const Value& in) {
  if (!in.object()) {
    return {};
  }
  return {.weight = parse_weight(in["weight"]),
          .leaf_weight = parse_weight(in["leafWeight"]),
          .weight_device = parse_weight_devices(in["weightDevice"]),
          .throttle_read_bps = parse_throttle_devices(in["throttleReadBpsDevice"]),
          .throttle_write_bps = parse_throttle_devices(in["throttleWriteBpsDevice"]),
          .throttle_read_iops = parse_throttle_devices(in["throttleReadIOPSDevice"]),
          .throttle_write_iops = parse_throttle_devices(in["throttleWriteIOPSDevice"])};
}

/// "2MB": the middle of the file's name hugetlb.2MB.limit_in_bytes, so nothing else may come
/// through.
bool is_page_size(std::string_view text) {
  if (!text.ends_with("KB") && !text.ends_with("MB") && !text.ends_with("GB")) {
    return false;
  }
  const std::string_view number = text.substr(0, text.size() - 2);
  return base::parse_integer<std::uint32_t>(number, 1).has_value() && !number.starts_with('0');
}

std::vector<HugepageLimit> parse_hugepage_limits(const Value& in) {
  std::vector<HugepageLimit> limits;
  for (const Value& value : in.elements("an array of objects")) {
    if (!value.object()) {
      continue;
    }
    constexpr std::string_view kWanted = "a page size such as 64KB, 2MB, 1GB";
    const Value page_size = value.need("pageSize");
    const std::optional<std::string_view> text = page_size.string(kWanted);
    if (text.has_value() && !is_page_size(*text)) {
      page_size.want(kWanted);
    }
    limits.push_back({.page_size = std::string(text.value_or("")),
                      .limit = value.need("limit").integer<std::uint64_t>().value_or(0)});
  }
  return limits;
}

/// Whether a name can stand in front of numbers on a line of a cgroup file.
bool is_line_word(std::string_view name) {
  return !name.empty() && name.find_first_of(" \t\n") == std::string_view::npos;
}

NetworkResources parse_network(const Value& in) {
  NetworkResources network;
  if (!in.object()) {
    return network;
  }
  network.class_id = in["classID"].integer<std::uint32_t>();
  for (const Value& value : in["priorities"].elements("an array of objects")) {
    if (!value.object()) {
      continue;
    }
    constexpr std::string_view kWanted = "the name of a network interface";
    const Value name = value.need("name");
    const std::optional<std::string_view> text = name.string(kWanted);
    if (text.has_value() && !is_line_word(*text)) {
      name.want(kWanted);
    }
    const std::uint32_t priority = value.need("priority").integer<std::uint32_t>().value_or(0);
    network.priorities.emplace_back(text.value_or(""), priority);
  }
  return network;
}

std::map<std::string, RdmaLimit> parse_rdma(const Value& in) {
  std::map<std::string, RdmaLimit> limits;
  for (const Value& value : in.members("an object of objects")) {
    if (!is_line_word(value.key())) {
      value.fault("want the name of an RDMA device as key");
    }
    if (value.object()) {
      limits[std::string(value.key())] = {
          .hca_handles = value["hcaHandles"].integer<std::uint32_t>(),
          .hca_objects = value["hcaObjects"].integer<std::uint32_t>()};
    }
  }
  return limits;
}

std::map<std::string, std::string> parse_unified(const Value& in) {
  std::map<std::string, std::string> files;
  for (const Value& value : in.members("an object of strings")) {
    const std::string_view name = value.key();
    if (name.empty() || name == "." || name == ".." || name.find('/') != std::string_view::npos) {
      value.fault("want the name of a cgroup file as key, without '/'");
    }
    files.emplace(name, value.text());
  }
  return files;
}

}  // namespace

Resources parse_limits(const Value& in) {
  Resources resources;
  if (!in.object()) {
    return resources;
  }
  resources.memory = parse_memory(in["memory"]);
  resources.cpu = parse_cpu(in["cpu"]);
  if (const Value pids = in["pids"]; pids.object()) {
    resources.pids_limit = parse_limit(pids["limit"]);
  }
  resources.block_io = parse_block_io(in["blockIO"]);
  resources.hugepage_limits = parse_hugepage_limits(in["hugepageLimits"]);
  resources.network = parse_network(in["network"]);
  resources.rdma = parse_rdma(in["rdma"]);
  resources.unified = parse_unified(in["unified"]);
  return resources;
}

Resources parse_resources(const Value& in) {
  if (!in.object()) {
    return {};
  }
  std::vector<DeviceRule> devices = parse_device_rules(in["devices"]);
  Resources resources = parse_limits(in);
  resources.devices = std::move(devices);
  return resources;
}

}  // namespace myrt::config
