// Other limits for the cgroups of a container that exists.
#pragma once

#include <myrt/result.h>

#include "cgroup/journal.h"
#include "cgroup/plan.h"

namespace myrt::cgroup {

/// Makes the writes of an update_plan(). The changes stay when the journal is committed; when it
/// goes without, and after an error, the files say again what they said before.
Result<Journal> update(const CgroupPlan& plan);

}  // namespace myrt::cgroup
