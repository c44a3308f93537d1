// Spec and host to Plan. Pure: no system call, no environment.
#pragma once

#include <optional>
#include <string>

#include <myrt/result.h>
#include <myrt/spec.h>

#include "cgroup/plan.h"
#include "host/facts.h"
#include "plan/plan.h"

namespace myrt::plan {

/// What the caller of `create` asked for beside config.json.
struct Request {
  std::string id;
  std::string bundle;  // absolute, real
  bool no_pivot = false;
  bool no_new_keyring = false;
  bool cgroups_disabled = false;
  int listen_fds = 0;    // descriptors 3 and up that came by LISTEN_FDS (sd_listen_fds(3))
  int preserve_fds = 0;  // how many to keep after those
  std::optional<OverlayPlan> overlay;  // absolute directories
};

/// Errors name the JSON pointer of what cannot be done, and why.
Result<Plan> make_plan(const Spec& spec, const Request& request, const host::HostFacts& host,
                       const cgroup::Layout& cgroups);

}  // namespace myrt::plan
