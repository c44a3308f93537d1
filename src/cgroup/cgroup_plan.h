// `linux.resources` and the host's layout to a CgroupPlan. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include <myrt/result.h>
#include <myrt/spec_resources.h>

#include "cgroup/plan.h"

namespace myrt::cgroup {

/// The plan for the container at `container_path` (see paths.h): its own directory in each v1
/// hierarchy, named ones included, or one directory in v2. `owner` is the host uid that gets the
/// directory (v2 only). Errors name the JSON pointer of what the host cannot do and the controller
/// that it lacks.
Result<CgroupPlan> cgroup_plan(const Resources& resources, const Layout& layout,
                               const std::string& container_path,
                               std::optional<std::uint32_t> owner = std::nullopt);

/// The plan that gives a container which exists other limits. `directories` are those of its
/// record; they stay, and device rules are left as they are. Errors as above.
Result<CgroupPlan> update_plan(const Resources& changes, const Layout& layout,
                               std::span<const std::string> directories);

}  // namespace myrt::cgroup
