#include <algorithm>
#include <utility>

#include "cgroup/cgroup_plan.h"
#include "cgroup/paths.h"
#include "cgroup/systemd_plan.h"
#include "plan/parts.h"

namespace myrt::plan {

namespace {

/// Who gets the container's directory: the host's id of the process, when the container has a view
/// of its own that it may write to (config-linux.md, "Cgroup ownership").
std::optional<std::uint32_t> owner(const Spec& spec, const std::vector<MountStep>& mounts) {
  const bool writable_view = std::ranges::any_of(mounts, [](const MountStep& step) {
    return step.kind == MountKind::kCgroup && step.destination == "/sys/fs/cgroup" &&
           !is_read_only(step);
  });
  if (!writable_view || !is_new(spec.linux, NamespaceKind::kCgroup) || !spec.process.has_value()) {
    return std::nullopt;
  }
  const std::uint32_t uid = spec.process->user.uid;
  if (find_namespace(spec.linux, NamespaceKind::kUser) == nullptr) {
    return uid;
  }
  return host_id(spec.linux.uid_mappings, uid);
}

}  // namespace

Result<Noted<cgroup::CgroupPlan>> cgroup_part(const Spec& spec, const Request& request,
                                              const cgroup::Layout& layout,
                                              const std::vector<MountStep>& mounts) {
  Noted<cgroup::CgroupPlan> part;
  if (request.cgroups_disabled) {
    // The caller's own decision, and every engine's config has limits: a reason to tell, not to
    // fail.
    if (spec.linux.resources != Resources{}) {
      part.warnings.emplace_back("/linux/resources: not applied, cgroups are disabled");
    }
    return part;
  }
  if (request.systemd.has_value()) {
    const cgroup::UnitRequest unit{
        .cgroups_path = spec.linux.cgroups_path, .id = request.id, .annotations = spec.annotations};
    part.value = MYRT_TRY(cgroup::unit_cgroup_plan(unit, spec.linux.resources, layout,
                                                   *request.systemd, owner(spec, mounts)));
  } else {
    const std::string path = MYRT_TRY(cgroup::container_path(spec.linux.cgroups_path, request.id));
    part.value =
        MYRT_TRY(cgroup::cgroup_plan(spec.linux.resources, layout, path, owner(spec, mounts)));
  }
  part.warnings = std::exchange(part.value.warnings, {});
  return part;
}

}  // namespace myrt::plan
