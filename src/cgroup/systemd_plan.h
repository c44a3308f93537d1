// The scope of a container: everything that systemd is told of it. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <myrt/result.h>
#include <myrt/spec_resources.h>

#include "cgroup/plan.h"
#include "cgroup/systemd_properties.h"

namespace myrt::cgroup {

/// What the plan of a scope is made of.
struct UnitRequest {
  std::string_view cgroups_path;  // `linux.cgroupsPath`
  std::string_view id;
  std::span<const std::pair<std::string, std::string>> annotations;
};

/// The plan of a container that systemd manages: that of cgroup_plan(), in the place that systemd
/// will choose, and the scope. `owner` as there. Errors name the place in config.json.
Result<CgroupPlan> unit_cgroup_plan(const UnitRequest& request, const Resources& resources,
                                    const Layout& layout, const SystemdFacts& systemd,
                                    std::optional<std::uint32_t> owner = std::nullopt);

/// Whether systemd makes and removes the directories of its units in this hierarchy.
bool is_managed(const Hierarchy& hierarchy);

}  // namespace myrt::cgroup
