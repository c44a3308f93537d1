#include <algorithm>
#include <array>

#include "base/text.h"
#include "plan/parts.h"

namespace myrt::plan {

namespace {

struct DefaultDevice {
  std::string_view path;
  std::uint32_t major = 0;
  std::uint32_t minor = 0;
};

// config-linux.md, "Default Devices"; the numbers are the kernel's (admin-guide/devices.txt).
constexpr std::array<DefaultDevice, 6> kDefaultDevices = {{
    {"/dev/null", 1, 3},
    {"/dev/zero", 1, 5},
    {"/dev/full", 1, 7},
    {"/dev/random", 1, 8},
    {"/dev/urandom", 1, 9},
    {"/dev/tty", 5, 0},
}};
constexpr std::uint32_t kDefaultMode = 0666;

}  // namespace

Result<DevicePlan> device_plan(const std::vector<Device>& devices,
                               const std::vector<MountStep>& mounts) {
  // What is bound to /dev is the host's or another container's: it has its nodes, and links made
  // there would stay.
  const bool dev_is_bound = std::ranges::any_of(mounts, [](const MountStep& step) {
    return step.kind == MountKind::kBind && step.destination == "/dev";
  });
  DevicePlan plan;
  plan.default_links = !dev_is_bound;
  // What config.json mounts at the place of a default device is meant instead of it.
  const auto is_mounted = [&mounts](std::string_view path) {
    return std::ranges::find(mounts, path, &MountStep::destination) != mounts.end();
  };
  if (!dev_is_bound) {
    for (const DefaultDevice& device : kDefaultDevices) {
      if (is_mounted(device.path)) {
        continue;
      }
      plan.nodes.push_back({.path = std::string(device.path),
                            .type = 'c',
                            .major = device.major,
                            .minor = device.minor,
                            .mode = kDefaultMode});
    }
  }
  for (std::size_t i = 0; i < devices.size(); ++i) {
    Device node = devices[i];
    const std::string pointer = base::concat({"/linux/devices/", std::to_string(i), "/path"});
    node.path = MYRT_TRY(path_in_root(node.path, pointer));
    const auto same_path = std::ranges::find(plan.nodes, node.path, &Device::path);
    if (same_path != plan.nodes.end()) {
      *same_path = std::move(node);
    } else {
      plan.nodes.push_back(std::move(node));
    }
  }
  return plan;
}

}  // namespace myrt::plan
