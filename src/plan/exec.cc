#include <linux/capability.h>
#include <sched.h>

#include "plan/make_plan.h"
#include "plan/parts.h"

namespace myrt::plan {

Result<Plan> make_exec_plan(const Spec& spec, const ExecRequest& request,
                            const host::HostFacts& host) {
  Spec with_process = spec;
  with_process.process = request.process;
  const IdMaps ids = MYRT_TRY(id_maps(with_process, host));
  Plan plan;
  plan.id = request.id;
  plan.namespaces.deny_setgroups = ids.deny_setgroups;
  plan.namespaces.setup_uid = ids.setup_uid;
  plan.namespaces.setup_gid = ids.setup_gid;
  plan.namespaces.in_user_namespace = find_namespace(spec.linux, NamespaceKind::kUser) != nullptr;
  Noted<ProcessPlan> process = process_plan(
      request.process, grantable_capabilities(host, plan.namespaces.in_user_namespace));
  plan.process = std::move(process.value);
  plan.process->execution = MYRT_TRY(exec_execution_plan(request.process, spec.linux, host));
  // Engines tell by the error that the directory was misspelt.
  plan.process->make_cwd = false;
  plan.warnings = std::move(process.warnings);
  plan.new_keyring = request.new_keyring;
  plan.preserve_fds = request.listen_fds + request.preserve_fds;
  plan.listen_fds = request.listen_fds;
  plan.listen_names = request.listen_fds > 0 ? request.listen_names : "";
  return plan;
}

std::uint64_t exec_namespaces(const Linux& linux, const host::HostFacts& host) {
  // One that the container shares with its creator need not be the caller's own. Not the time
  // namespace: kernels without them refuse the flag.
  constexpr std::uint64_t kAll =
      CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWCGROUP;
  std::uint64_t flags = host::has_capability(host, CAP_SYS_ADMIN) ? kAll : 0;
  for (const Namespace& entry : linux.namespaces) {
    flags |= namespace_flag(entry.kind);
  }
  return flags;
}

}  // namespace myrt::plan
