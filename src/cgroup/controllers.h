// Which controllers the children of a cgroup v2 have: cgroup.subtree_control (cgroups(7)).
#pragma once

#include <string>

#include <myrt/result.h>

#include "cgroup/plan.h"

namespace myrt::cgroup {

/// Enables, for the children of `directory` (absolute), the controllers that `plan` needs, and
/// those that engines read figures from or that a container hands on, as far as there are any.
/// Errors name the field that needs a controller, and what stands in the way.
Result<void> enable_controllers(const std::string& directory, const CgroupPlan& plan);

/// enable_controllers() for each directory above the container's, from the top on, which is the
/// only way for controllers to reach it.
Result<void> enable_controllers_above(const CgroupPlan& plan);

}  // namespace myrt::cgroup
