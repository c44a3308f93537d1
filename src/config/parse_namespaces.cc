// What is put into namespaces: the clocks of a new time namespace, network devices.
#include <algorithm>

#include "config/parse.h"

namespace myrt::config {

namespace {

TimeOffset parse_time_offset(const Value& in) {
  constexpr std::uint32_t kMaxNanoseconds = 999'999'999;  // of a struct timespec (timespec(3))
  if (!in.object()) {
    return {};
  }
  return {.seconds = in["secs"].integer<std::int64_t>().value_or(0),
          .nanoseconds = in["nanosecs"].integer<std::uint32_t>(0, kMaxNanoseconds).value_or(0)};
}

constexpr std::string_view kWantedName =
    "a name of a network device (1 to 15 bytes, without '/', ':' and spaces, not \".\" or \"..\")";

/// What the kernel takes (dev_valid_name, net/core/dev.c); its spaces are those of Latin-1.
bool is_device_name(std::string_view name) {
  constexpr std::size_t kMaxBytes = 15;  // IFNAMSIZ with its zero: include/uapi/linux/if.h
  constexpr std::string_view kOutside = "/: \t\n\v\f\r\xa0";
  return !name.empty() && name.size() <= kMaxBytes && name != "." && name != ".." &&
         name.find_first_of(kOutside) == std::string_view::npos;
}

/// Whether a '%' stands for a number as the kernel takes it: one "%d" (__dev_alloc_name).
bool is_name_or_template(std::string_view name) {
  const std::size_t place = name.find('%');
  return place == std::string_view::npos || (name.substr(place).starts_with("%d") &&
                                             name.find('%', place + 1) == std::string_view::npos);
}

std::string parse_device_name(const Value& in, std::string_view host_name) {
  if (in.is_empty()) {
    return std::string(host_name);
  }
  std::string name = in.text();
  if (!name.empty() && !is_device_name(name)) {
    in.want(kWantedName);
  } else if (!is_name_or_template(name)) {
    in.want("\"%d\" once, or no '%'");
  }
  return name;
}

}  // namespace

TimeOffsets parse_time_offsets(const Value& in) {
  TimeOffsets offsets;
  for (const Value& value : in.members("an object of clocks")) {
    if (value.key() == "monotonic") {
      offsets.monotonic = parse_time_offset(value);
    } else if (value.key() == "boottime") {
      offsets.boottime = parse_time_offset(value);
    } else {
      value.fault("want a clock of time namespaces (boottime, monotonic) as key");
    }
  }
  return offsets;
}

std::vector<NetDevice> parse_net_devices(const Value& in) {
  const Values members = in.members("an object of network devices");
  std::vector<NetDevice> devices;
  devices.reserve(members.size());
  for (const Value& value : members) {
    const std::string_view host_name = value.key();
    if (!is_device_name(host_name)) {
      value.fault(base::concat({"want ", kWantedName, " as key"}));
    }
    std::string name = value.object() ? parse_device_name(value["name"], host_name) : "";
    const bool is_again = !name.empty() && name.find('%') == std::string::npos &&
                          std::ranges::find(devices, name, &NetDevice::name) != devices.end();
    if (is_again) {
      value.fault(base::concat(
          {"want each name once in the container, got ", base::quote(name), " again"}));
    }
    devices.push_back({.host_name = std::string(host_name), .name = std::move(name)});
  }
  return devices;
}

}  // namespace myrt::config
