// Cgroups for a runtime that has no rights over the host's: where its containers' cgroups are, and
// which of them it may make. What may not be made is left out, unless config.json asks for it.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <myrt/result.h>

#include "cgroup/membership.h"
#include "cgroup/plan.h"

namespace myrt::cgroup {

/// Puts the directories of `plan` below where the caller is, `own`, as runc does for a cgroupsPath
/// that is not absolute: on v1 below its cgroup, on pure v2 beside it, since a cgroup that has
/// processes hands on no controllers (cgroups(7)). A directory of a hierarchy in which the caller's
/// place is not known stays. Pure.
void place_below(CgroupPlan& plan, std::span<const Membership> own);

/// What stands in the way of entering a directory: a file that the caller may not write to.
struct Refusal {
  std::string path;
  int code = 0;  // errno value
  friend bool operator==(const Refusal&, const Refusal&) = default;
};
using Permit = std::function<std::optional<Refusal>(const Directory&)>;

/// Leaves out the directories of `plan` that `permit` refuses. Errors: a limit, or an absolute
/// `cgroups_path`, asks for one of them; they name the field, the controller and the file. Pure but
/// for `permit`.
Result<void> leave_out_refused(CgroupPlan& plan, std::string_view cgroups_path,
                               const Permit& permit);

/// Asks access(2) whether the caller, which is in `own`, may make or enter the directory.
std::optional<Refusal> refusal_of(const Directory& directory, std::span<const Membership> own);

/// Whether anything of `plan` controls devices, and takes that out: both cgroup v1 and bpf(2) want
/// CAP_SYS_ADMIN on the host for it.
bool leave_out_devices(CgroupPlan& plan);

}  // namespace myrt::cgroup
