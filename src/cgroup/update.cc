#include "cgroup/update.h"

#include "cgroup/apply.h"
#include "cgroup/controllers.h"

namespace myrt::cgroup {

Result<Journal> update(const CgroupPlan& plan) {
  if (unified_directory(plan) != nullptr) {
    MYRT_TRY(enable_controllers_above(plan));
  }
  Journal journal;
  for (const Directory& directory : plan.directories) {
    MYRT_TRY(apply_writes(host_path(directory), directory.writes, journal));
  }
  return journal;
}

}  // namespace myrt::cgroup
