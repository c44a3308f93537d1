#include <algorithm>
#include <array>

#include "config/id_mappings.h"
#include "config/parse.h"

namespace myrt::config {

namespace {

// What mknod(2) takes apart: 12 and 20 bits (new_decode_dev, include/linux/kdev_t.h). A number
// beyond would be cut, and the device another one.
constexpr std::uint32_t kMaxMajor = (1U << 12U) - 1;
constexpr std::uint32_t kMaxMinor = (1U << 20U) - 1;

// A fileMode may have the file's type in it; only these bits are for chmod(2).
constexpr std::uint32_t kModeBits = 07777;

constexpr auto kDeviceTypes =
    std::to_array<Named<char>>({{"b", 'b'}, {"c", 'c'}, {"p", 'p'}, {"u", 'c'}});

std::vector<Namespace> parse_namespaces(const Value& in) {
  std::vector<Namespace> namespaces_found;
  for (const Value& value : in.elements("an array of objects")) {
    if (!value.object()) {
      continue;
    }
    const Value type = value.need("type");
    const std::optional<NamespaceKind> kind = type.word(namespaces(), "a namespace type");
    std::string path = value["path"].absolute_path();
    if (!kind.has_value()) {
      continue;
    }
    if (std::ranges::find(namespaces_found, *kind, &Namespace::kind) != namespaces_found.end()) {
      type.want("each namespace type once");
    }
    namespaces_found.push_back({.kind = *kind, .path = std::move(path)});
  }
  return namespaces_found;
}

Device parse_device(const Value& in) {
  Device device;
  if (!in.object()) {
    return device;
  }
  device.path = in.need("path").filled_text("a path");
  const std::span<const Named<char>> types = kDeviceTypes;
  device.type = in.need("type").word(types, "a device type").value_or('c');
  if (device.type != 'p') {  // a pipe has no numbers
    device.major = in.need("major").integer<std::uint32_t>(0, kMaxMajor).value_or(0);
    device.minor = in.need("minor").integer<std::uint32_t>(0, kMaxMinor).value_or(0);
  }
  device.mode = in["fileMode"].integer<std::uint32_t>().value_or(device.mode) & kModeBits;
  device.uid = in["uid"].integer<std::uint32_t>(0, kMaxId);
  device.gid = in["gid"].integer<std::uint32_t>(0, kMaxId);
  return device;
}

std::vector<Device> parse_devices(const Value& in) {
  const Values values = in.elements("an array of objects");
  std::vector<Device> devices;
  devices.reserve(values.size());
  for (const Value& value : values) {
    devices.push_back(parse_device(value));
  }
  return devices;
}

/// An absolute or relative path, or systemd's slice:prefix:name. It comes from names that a user
/// may have chosen, so it may not climb out of what the caller put in front.
std::string parse_cgroups_path(const Value& in) {
  std::string path = in.text();
  const std::vector<std::string_view> steps = base::split(path, '/');
  if (std::ranges::find(steps, "..") != steps.end()) {
    in.want("a path without \"..\"");
  }
  return path;
}

std::vector<std::pair<std::string, std::string>> parse_sysctl(const Value& in) {
  const Values members = in.members("an object of strings");
  std::vector<std::pair<std::string, std::string>> settings;
  settings.reserve(members.size());
  for (const Value& value : members) {
    settings.emplace_back(value.key(), value.text());
  }
  return settings;
}

unsigned long parse_propagation(const Value& in) {
  return in.is_empty() ? 0 : in.word(propagations(), "a propagation type").value_or(0);
}

}  // namespace

Linux parse_linux(const Value& in) {
  Linux section;
  if (!in.object()) {
    return section;
  }
  section.namespaces = parse_namespaces(in["namespaces"]);
  section.time_offsets = parse_time_offsets(in["timeOffsets"]);
  section.net_devices = parse_net_devices(in["netDevices"]);
  section.intel_rdt = parse_intel_rdt(in["intelRdt"]);
  section.uid_mappings = parse_id_mappings(in["uidMappings"]);
  section.gid_mappings = parse_id_mappings(in["gidMappings"]);
  section.devices = parse_devices(in["devices"]);
  section.cgroups_path = parse_cgroups_path(in["cgroupsPath"]);
  section.resources = parse_resources(in["resources"]);
  section.rootfs_propagation = parse_propagation(in["rootfsPropagation"]);
  section.seccomp = parse_seccomp(in["seccomp"]);
  section.sysctl = parse_sysctl(in["sysctl"]);
  section.mount_label = in["mountLabel"].text();
  section.masked_paths = in["maskedPaths"].absolute_paths();
  section.readonly_paths = in["readonlyPaths"].absolute_paths();
  section.memory_policy = parse_memory_policy(in["memoryPolicy"]);
  section.personality = parse_personality(in["personality"]);
  return section;
}

}  // namespace myrt::config
