// `linux.resources` to properties of a systemd unit (systemd.resource-control(5)), so that systemd
// knows of the limits that the runtime writes, shows them, and writes the same again. Pure.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <myrt/spec_resources.h>

#include "cgroup/devices.h"
#include "cgroup/plan.h"

namespace myrt::cgroup {

/// What the service manager says about itself.
struct SystemdFacts {
  unsigned version = 0;       // 252
  std::string control_group;  // of the manager, below which all its units are; empty: the root
  bool user = false;          // that of a user, not the system's
  friend bool operator==(const SystemdFacts&, const SystemdFacts&) = default;
};

/// A set of numbers in the list form of cpuset(7) as systemd takes it: a bit mask, the first byte
/// has the lowest. Nothing when it is no such list.
std::optional<UnitProperty> cpu_mask(std::string name, std::string_view list);

/// The limits that have a property, device rules aside. What `resources` leaves out, and what this
/// version of systemd does not know, is left out. `v2`: the host has cgroup v2 alone.
std::vector<UnitProperty> limit_properties(const Resources& resources, bool v2, unsigned version);

/// The device rules as systemd's list of what is allowed. Where that cannot say it exactly (an
/// exception from what is allowed), on v2 more is allowed, as the runtime's own program is asked as
/// well; on v1 less, as systemd writes the same files.
std::vector<UnitProperty> device_properties(std::span<const OrderedRule> rules, bool v2);

/// The number that systemd's Version property begins with: "252.38-1~deb12u1", "v245.4-4". 0: none.
unsigned systemd_version(std::string_view text);

}  // namespace myrt::cgroup
