// Inputs that several tests of the plan share.
#pragma once

#include <myrt/spec.h>

#include "cgroup/plan.h"
#include "host/facts.h"
#include "plan/make_plan.h"

namespace myrt::plan {

/// Root with all 41 capabilities of Linux 6.18.
inline host::HostFacts root_host() {
  return {.uid = 0, .gid = 0, .capabilities = 0x1ffffffffff, .last_capability = 40};
}

/// An ordinary user.
inline host::HostFacts user_host() {
  return {.uid = 1000, .gid = 1001, .capabilities = 0, .last_capability = 40};
}

inline Request sample_request() {
  return {.id = "c1", .bundle = "/bundle", .overlay = std::nullopt};
}

inline cgroup::Layout v2_layout() {
  return {.pure_v2 = true,
          .hierarchies = {
              {.mount_point = "/sys/fs/cgroup", .root = "/", .controllers = {}, .unified = true}}};
}

}  // namespace myrt::plan
