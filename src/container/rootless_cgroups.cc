#include "container/rootless_cgroups.h"

#include <linux/capability.h>

#include <algorithm>
#include <span>
#include <vector>

#include <myrt/log.h>

#include "cgroup/membership.h"
#include "cgroup/rootless.h"

namespace myrt::container {

namespace {

/// What a mount of type `cgroup` shows of each hierarchy: the container's own cgroup, or the
/// caller's, in which it stays.
void show_actual_cgroups(plan::Plan& plan, std::span<const cgroup::Membership> own) {
  for (cgroup::Directory& shown : plan.rootfs.cgroups) {
    const auto actual =
        std::ranges::find(plan.cgroup.directories, shown.hierarchy, &cgroup::Directory::hierarchy);
    if (actual != plan.cgroup.directories.end()) {
      shown.path = actual->path;
    } else {
      shown.path = cgroup::path_in(shown.hierarchy, own).value_or("/");
    }
  }
}

}  // namespace

void leave_out_devices_beyond_rights(plan::Plan& plan, const host::HostFacts& host) {
  const bool may_control_devices =
      host::has_capability(host, CAP_SYS_ADMIN) && !host.in_user_namespace;
  if (!may_control_devices && cgroup::leave_out_devices(plan.cgroup)) {
    log(LogLevel::kDebug, "/linux/resources/devices: not applied, it takes CAP_SYS_ADMIN");
  }
}

Result<void> settle_rootless_cgroups(plan::Plan& plan, const std::string& cgroups_path) {
  if (plan.cgroup.directories.empty()) {
    return {};
  }
  const std::vector<cgroup::Membership> own = MYRT_TRY(cgroup::own_memberships());
  if (!cgroups_path.starts_with('/')) {
    cgroup::place_below(plan.cgroup, own);
  }
  const auto permit = [&own](const cgroup::Directory& directory) {
    return cgroup::refusal_of(directory, own);
  };
  MYRT_TRY(cgroup::leave_out_refused(plan.cgroup, cgroups_path, permit));
  show_actual_cgroups(plan, own);
  return {};
}

}  // namespace myrt::container
