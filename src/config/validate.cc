#include "config/validate.h"

#include <linux/sched.h>

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace myrt::config {

namespace {

void check_names_need_uts(const Spec& spec, Findings& findings) {
  if (find_namespace(spec.linux, NamespaceKind::kUts) != nullptr) {
    return;
  }
  if (!spec.hostname.empty()) {
    findings.fault("/hostname", "want a uts namespace with it, or the host would be renamed");
  }
  if (!spec.domainname.empty()) {
    findings.fault("/domainname", "want a uts namespace with it, or the host would be renamed");
  }
}

/// Without a mount namespace of the container's own these mounts would be made on the host.
void check_protected_paths_need_mount(const Spec& spec, Findings& findings) {
  if (find_namespace(spec.linux, NamespaceKind::kMount) != nullptr) {
    return;
  }
  if (!spec.linux.masked_paths.empty()) {
    findings.fault("/linux/maskedPaths", "want a mount namespace with it");
  }
  if (!spec.linux.readonly_paths.empty()) {
    findings.fault("/linux/readonlyPaths", "want a mount namespace with it");
  }
}

/// The root of a namespace that others share cannot be made read-only for the container alone.
void check_readonly_root_needs_mount(const Spec& spec, Findings& findings) {
  const Namespace* mount = find_namespace(spec.linux, NamespaceKind::kMount);
  if (spec.root.readonly && (mount == nullptr || !mount->path.empty())) {
    findings.fault("/root/readonly", "want a new mount namespace with it");
  }
}

/// A deadline process may not fork, unless its children get another policy (sched(7)); hooks of the
/// container process are its children.
void check_deadline_and_hooks(const Spec& spec, Findings& findings) {
  const bool deadline = spec.process.has_value() && spec.process->scheduler.has_value() &&
                        spec.process->scheduler->policy == SCHED_DEADLINE;
  if (deadline && !spec.hooks.start_container.empty() &&
      (spec.process->scheduler->flags & SCHED_FLAG_RESET_ON_FORK) == 0) {
    findings.fault("/process/scheduler",
                   "want SCHED_FLAG_RESET_ON_FORK with SCHED_DEADLINE and startContainer hooks");
  }
}

constexpr std::array kChecks{
    Check{.reads = {"/hostname", "/domainname", "/linux/namespaces"}, .run = check_names_need_uts},
    Check{.reads = {"/linux/maskedPaths", "/linux/readonlyPaths", "/linux/namespaces"},
          .run = check_protected_paths_need_mount},
    Check{.reads = {"/root/readonly", "/linux/namespaces"}, .run = check_readonly_root_needs_mount},
    Check{.reads = {"/process/scheduler", "/hooks/startContainer"},
          .run = check_deadline_and_hooks},
};

}  // namespace

void validate(const Spec& spec, Findings& findings) {
  std::vector<Check> due(kChecks.begin(), kChecks.end());
  due.insert(due.end(), linux_checks().begin(), linux_checks().end());
  due.insert(due.end(), mount_checks().begin(), mount_checks().end());
  // Before any runs: what one finds does not keep another from being asked.
  std::erase_if(due, [&findings](const Check& check) {
    return std::ranges::any_of(check.reads, [&findings](std::string_view pointer) {
      return !pointer.empty() && findings.touch(pointer);
    });
  });
  for (const Check& check : due) {
    check.run(spec, findings);
  }
}

}  // namespace myrt::config
