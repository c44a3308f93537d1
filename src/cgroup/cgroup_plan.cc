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

/// The directory of the v1 hierarchy that has `controller`; null when none has.
Directory* find_v1(CgroupPlan& plan, const std::string& controller) {
  const auto has_it = [&](const Directory& directory) {
    return has_controller(directory, controller);
  };
  const auto directory = std::ranges::find_if(plan.directories, has_it);
  return directory == plan.directories.end() ? nullptr : &*directory;
}

void take(Directory& directory, std::vector<FileWrite> writes) {
  std::ranges::move(writes, std::back_inserter(directory.writes));
}

std::unexpected<Error> missing_v1(const std::string& field, const std::string& controller) {
  return std::unexpected(Error(
      base::concat({field, ": this host has no cgroup v1 controller ", base::quote(controller)})));
}

/// To the v2 directory, which is the last.
void add_writes_v2(CgroupPlan& plan, ControllerWrites asked) {
  take(plan.directories.back(), std::move(asked.writes));
  // The files that start with "cgroup." belong to every cgroup.
  const bool known =
      std::ranges::find(plan.controllers_v2, asked.controller) != plan.controllers_v2.end();
  if (!known && asked.controller != "cgroup") {
    plan.controllers_v2.push_back(std::move(asked.controller));
  }
}

Result<void> add_limits_v2(CgroupPlan& plan, const Resources& resources) {
  plan.warnings = warnings_v2(resources);
  std::vector<ControllerWrites> all = MYRT_TRY(writes_v2(resources));
  for (ControllerWrites& asked : all) {
    add_writes_v2(plan, std::move(asked));
  }
  return {};
}

/// What v2 calls a controller of v1.
std::string name_v2(const std::string& controller) {
  return controller == "blkio" ? "io" : controller;
}

/// What of `resources` the v1 controllers `names` are for. The rest must not be looked at: it may
/// have no form in v2.
Resources part_of(const Resources& resources, const std::vector<std::string>& names) {
  const auto has = [&](const char* name) { return std::ranges::find(names, name) != names.end(); };
  Resources part;
  if (has("memory")) {
    part.memory = resources.memory;
  }
  if (has("cpu") || has("cpuset")) {
    part.cpu = resources.cpu;
  }
  if (has("pids")) {
    part.pids_limit = resources.pids_limit;
  }
  if (has("blkio")) {
    part.block_io = resources.block_io;
  }
  if (has("hugetlb")) {
    part.hugepage_limits = resources.hugepage_limits;
  }
  if (has("rdma")) {
    part.rdma = resources.rdma;
  }
  return part;
}

/// The limits of the controllers `missing` in v1, which a hybrid host may have in its v2 hierarchy;
/// whether it does shows when they are enabled there.
Result<void> add_limits_beside_v1(CgroupPlan& plan, const Resources& resources,
                                  const std::vector<std::string>& missing) {
  std::vector<ControllerWrites> all = MYRT_TRY(writes_v2(part_of(resources, missing)));
  for (ControllerWrites& asked : all) {
    if (std::ranges::find(missing, asked.controller, name_v2) != missing.end()) {
      add_writes_v2(plan, std::move(asked));
    }
  }
  return {};
}

bool is_in_v2(const std::string& controller) {
  return controller != "net_cls" && controller != "net_prio";
}

Result<void> add_limits_v1(CgroupPlan& plan, const Resources& resources) {
  std::vector<std::string> missing;
  std::vector<ControllerWrites> all = MYRT_TRY(writes_v1(resources));
  for (ControllerWrites& asked : all) {
    if (Directory* const directory = find_v1(plan, asked.controller)) {
      take(*directory, std::move(asked.writes));
    } else if (unified_directory(plan) != nullptr && is_in_v2(asked.controller)) {
      missing.push_back(std::move(asked.controller));
    } else {
      return missing_v1(asked.writes.front().field, asked.controller);
    }
  }
  return missing.empty() ? Result<void>{} : add_limits_beside_v1(plan, resources, missing);
}

Result<void> add_devices_v1(CgroupPlan& plan, const Resources& resources) {
  Directory* const directory = find_v1(plan, "devices");
  const bool by_program = directory == nullptr && unified_directory(plan) != nullptr;
  if (directory == nullptr && !by_program) {
    // Without rules in config.json, a host that cannot control devices is no reason to fail.
    return resources.devices.empty() ? Result<void>{}
                                     : missing_v1("/linux/resources/devices", "devices");
  }
  const std::vector<OrderedRule> rules = MYRT_TRY(ordered_rules(resources.devices));
  if (by_program) {
    plan.device_program = device_program(rules);
    return {};
  }
  std::vector<FileWrite> writes = MYRT_TRY(device_writes_v1(rules));
  writes.front().field = "/linux/resources/devices";
  take(*directory, std::move(writes));
  return {};
}

void put_unified_last(std::vector<Directory>& directories) {
  std::ranges::stable_partition(
      directories, [](const Directory& directory) { return !directory.hierarchy.unified; });
}

Result<CgroupPlan> plan_v1(const Resources& resources, const Layout& layout,
                           const std::string& container_path) {
  CgroupPlan plan;
  for (const Hierarchy& hierarchy : layout.hierarchies) {
    plan.directories.push_back({.hierarchy = hierarchy, .path = container_path, .writes = {}});
  }
  if (plan.directories.empty()) {
    return std::unexpected(
        Error("no cgroup hierarchy is mounted, neither v1 nor v2 on /sys/fs/cgroup"));
  }
  put_unified_last(plan.directories);
  MYRT_TRY(add_limits_v1(plan, resources));
  MYRT_TRY(add_devices_v1(plan, resources));
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
      return path.starts_with(hierarchy.mount_point + "/");
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
  put_unified_last(plan.directories);
  MYRT_TRY(layout.pure_v2 ? add_limits_v2(plan, changes) : add_limits_v1(plan, changes));
  return plan;
}

}  // namespace myrt::cgroup
