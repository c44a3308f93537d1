#include "plan/make_plan.h"

#include <iterator>

#include "plan/parts.h"

namespace myrt::plan {

namespace {

void append(std::vector<std::string>& all, std::vector<std::string> more) {
  all.insert(all.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

/// Beside v1, containers have never been shown the v2 hierarchy.
std::vector<cgroup::Directory> visible_cgroups(const cgroup::CgroupPlan& plan) {
  std::vector<cgroup::Directory> visible = plan.directories;
  if (!plan.pure_v2 && cgroup::unified_directory(plan) != nullptr) {
    visible.pop_back();
  }
  return visible;
}

}  // namespace

Result<Plan> make_plan(const Spec& spec, const Request& request, const host::HostFacts& host,
                       const cgroup::Layout& cgroups) {
  NamespacePlan namespaces = MYRT_TRY(namespace_plan(spec, host));
  RootfsPlan rootfs = MYRT_TRY(rootfs_plan(spec, request));
  MYRT_TRY(require_rights_for_id_maps(rootfs.mounts, host));
  Noted<cgroup::CgroupPlan> cgroup = MYRT_TRY(cgroup_part(spec, request, cgroups, rootfs.mounts));
  rootfs.cgroups = visible_cgroups(cgroup.value);
  rootfs.pure_v2 = cgroups.pure_v2;
  Plan plan;
  plan.id = request.id;
  plan.bundle = request.bundle;
  plan.warnings = spec.warnings;
  append(plan.warnings, std::move(cgroup.warnings));
  if (spec.process.has_value()) {
    const std::uint64_t grantable = grantable_capabilities(host, namespaces.in_user_namespace);
    Noted<ProcessPlan> process = process_plan(*spec.process, grantable);
    append(plan.warnings, std::move(process.warnings));
    plan.process = std::move(process.value);
    plan.process->execution = execution_plan(*spec.process, spec.linux, host);
  }
  Noted<std::optional<NotifyPart>> notify = notify_part(spec, request);
  append(plan.warnings, std::move(notify.warnings));
  if (notify.value.has_value()) {
    plan.notify = true;
    rootfs.mounts.push_back(std::move(notify.value->mount));
    plan.process->env.push_back(std::move(notify.value->variable));
  }
  plan.namespaces = std::move(namespaces);
  plan.cgroup = std::move(cgroup.value);
  plan.resctrl = MYRT_TRY(resctrl_plan(spec.linux.intel_rdt, request.id));
  plan.rootfs = std::move(rootfs);
  plan.sysctl = MYRT_TRY(sysctl_writes(spec.linux.sysctl));
  plan.new_keyring = !request.no_new_keyring;
  plan.preserve_fds = request.listen_fds + request.preserve_fds;
  plan.listen_fds = request.listen_fds;
  plan.listen_names = request.listen_fds > 0 ? request.listen_names : "";
  plan.hooks = spec.hooks;
  return plan;
}

}  // namespace myrt::plan
