#include "cgroup/update.h"

#include "cgroup/apply.h"
#include "cgroup/controllers.h"

namespace myrt::cgroup {

Result<Journal> update(const CgroupPlan& plan) {
  if (unified_directory(plan) != nullptr) {
    // What this enables stays after a failure too. Others may have come to rely on it meanwhile,
    // and would lose their limits without a word; a controller without limits holds nobody to
    // anything.
    MYRT_TRY(enable_controllers_above(plan));
  }
  Journal journal;
  for (const Directory& directory : plan.directories) {
    MYRT_TRY(apply_writes(host_path(directory), directory.writes, journal));
  }
  return journal;
}

}  // namespace myrt::cgroup
