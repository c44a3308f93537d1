#include "cgroup/cgroup_plan.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include "base/text.h"
#include "cgroup/devices.h"
#include "cgroup/devices_bpf.h"
#include "cgroup/devices_v1.h"
#include "cgroup/tree.h"
#include "cgroup/writes_v1.h"
#include "cgroup/writes_v2.h"

namespace myrt::cgroup {

namespace {

bool has_controller(const Directory& directory, const std::string& controller) {
  const std::vector<std::string>& controllers = directory.hierarchy.controllers;
  return std::ranges::find(controllers, controller) != controllers.end();
}

Result<void> add_writes(CgroupPlan& plan, ControllerWrites asked) {
  const auto takes = [&](const Directory& directory) {
    return has_controller(directory, asked.controller);
  };
  const auto directory = std::ranges::find_if(plan.directories, takes);
  if (directory == plan.directories.end()) {
    return std::unexpected(
        Error(base::concat({asked.writes.front().field, ": this host has no cgroup v1 controller ",
                            base::quote(asked.controller)})));
  }
  std::ranges::move(asked.writes, std::back_inserter(directory->writes));
  return {};
}

Result<void> add_limits_v1(CgroupPlan& plan, const Resources& resources) {
  std::vector<ControllerWrites> all = MYRT_TRY(writes_v1(resources));
  for (ControllerWrites& asked : all) {
    MYRT_TRY(add_writes(plan, std::move(asked)));
  }
  return {};
}

Result<void> add_limits_v2(CgroupPlan& plan, const Resources& resources) {
  plan.warnings = warnings_v2(resources);
  std::vector<ControllerWrites> all = MYRT_TRY(writes_v2(resources));
  for (ControllerWrites& asked : all) {
    std::ranges::move(asked.writes, std::back_inserter(plan.directories.front().writes));
    // The files that start with "cgroup." belong to every cgroup.
    const bool known =
        std::ranges::find(plan.controllers_v2, asked.controller) != plan.controllers_v2.end();
    if (!known && asked.controller != "cgroup") {
      plan.controllers_v2.push_back(std::move(asked.controller));
    }
  }
  return {};
}

Result<CgroupPlan> plan_v1(const Resources& resources, const Layout& layout,
                           const std::string& container_path) {
  CgroupPlan plan;
  for (const Hierarchy& hierarchy : layout.hierarchies) {
    // In a hybrid layout the v2 hierarchy has no controllers that could hold the container to
    // anything.
    if (!hierarchy.unified) {
      plan.directories.push_back({.hierarchy = hierarchy, .path = container_path, .writes = {}});
    }
  }
  if (plan.directories.empty()) {
    return std::unexpected(
        Error("no cgroup hierarchy is mounted, neither v1 nor v2 on /sys/fs/cgroup"));
  }
  MYRT_TRY(add_limits_v1(plan, resources));
  const auto controls_devices = [](const Directory& directory) {
    return has_controller(directory, "devices");
  };
  // Without rules in config.json, a host that cannot control devices is no reason to fail.
  if (!resources.devices.empty() || std::ranges::any_of(plan.directories, controls_devices)) {
    const std::vector<OrderedRule> rules = MYRT_TRY(ordered_rules(resources.devices));
    ControllerWrites devices{.controller = "devices", .writes = MYRT_TRY(device_writes_v1(rules))};
    devices.writes.front().field = "/linux/resources/devices";
    MYRT_TRY(add_writes(plan, std::move(devices)));
  }
  return plan;
}

Result<CgroupPlan> plan_v2(const Resources& resources, const Layout& layout,
                           const std::string& container_path) {
  CgroupPlan plan;
  plan.pure_v2 = true;
  plan.directories.push_back(
      {.hierarchy = layout.hierarchies.front(), .path = container_path, .writes = {}});
  MYRT_TRY(add_limits_v2(plan, resources));
  plan.device_program = device_program(MYRT_TRY(ordered_rules(resources.devices)));
  return plan;
}

}  // namespace

Result<CgroupPlan> cgroup_plan(const Resources& resources, const Layout& layout,
                               const std::string& container_path,
                               std::optional<std::uint32_t> owner) {
  CgroupPlan plan = MYRT_TRY(layout.pure_v2 ? plan_v2(resources, layout, container_path)
                                            : plan_v1(resources, layout, container_path));
  if (plan.pure_v2) {
    plan.owner = owner;
  }
  return plan;
}

Result<CgroupPlan> update_plan(const Resources& changes, const Layout& layout,
                               std::span<const std::string> directories) {
  CgroupPlan plan;
  plan.pure_v2 = layout.pure_v2;
  for (const std::string& path : split_record(directories).own) {
    const auto holds = [&](const Hierarchy& hierarchy) {
      return hierarchy.unified == layout.pure_v2 && path.starts_with(hierarchy.mount_point + "/");
    };
    const auto hierarchy = std::ranges::find_if(layout.hierarchies, holds);
    if (hierarchy != layout.hierarchies.end()) {
      plan.directories.push_back({.hierarchy = *hierarchy,
                                  .path = path.substr(hierarchy->mount_point.size()),
                                  .writes = {}});
    }
  }
  if (plan.directories.empty()) {
    return std::unexpected(Error("none of the container's cgroups is below a mounted hierarchy"));
  }
  MYRT_TRY(layout.pure_v2 ? add_limits_v2(plan, changes) : add_limits_v1(plan, changes));
  return plan;
}

}  // namespace myrt::cgroup
