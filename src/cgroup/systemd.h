// What the runtime asks of systemd's service manager, one function each: about itself, to make a
// scope with a process in it, to change a unit, to end it (org.freedesktop.systemd1(5)).
#pragma once

#include <sys/types.h>

#include <optional>
#include <span>
#include <string>
#include <vector>

#include <myrt/result.h>

#include "cgroup/plan.h"
#include "cgroup/systemd_bus.h"
#include "cgroup/systemd_properties.h"

namespace myrt::cgroup {

/// What the manager says of itself. `user`: it is that of a user.
Result<SystemdFacts> systemd_facts(SystemdBus& bus, bool user);

/// What tells a unit from others of its name.
struct UnitIdentity {
  std::string slice;       // with the name, its place among the cgroups
  std::string invocation;  // InvocationID, in hexadecimal: another one each time it is started
  friend bool operator==(const UnitIdentity&, const UnitIdentity&) = default;
};

/// Makes the scope of `unit` with the process `pid` in it, and waits until it is there. Returns its
/// invocation. Errors: systemd's reason; EEXIST there is such a unit; another place than the one in
/// the plan.
Result<std::string> start_scope(SystemdBus& bus, const UnitPlan& unit, pid_t pid);

/// Nothing when there is no unit of this name.
Result<std::optional<UnitIdentity>> identity_of(SystemdBus& bus, const std::string& unit);

/// What `properties` are now, by their names and in their order.
Result<std::vector<UnitProperty>> current_properties(SystemdBus& bus, const std::string& unit,
                                                     std::span<const UnitProperty> properties);

/// Changes all of the properties or none, until the next boot.
Result<void> set_properties(SystemdBus& bus, const std::string& unit,
                            std::span<const UnitProperty> properties);

/// Stops a unit and waits for its end. One that does not exist is fine.
Result<void> stop_unit(SystemdBus& bus, const std::string& unit);

}  // namespace myrt::cgroup
