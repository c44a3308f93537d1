// What the runtime asks of systemd's service manager, one function each: about itself, to make a
// scope with a process in it, to change a unit, to end it (org.freedesktop.systemd1(5)).
#pragma once

#include <sys/types.h>

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

/// Makes the scope of `unit` with the process `pid` in it, and waits until it is there. Errors:
/// systemd's reason; EEXIST there is such a unit; another place than the one in the plan.
Result<void> start_scope(SystemdBus& bus, const UnitPlan& unit, pid_t pid);

/// What `properties` are now, by their names and in their order.
Result<std::vector<UnitProperty>> current_properties(SystemdBus& bus, const std::string& unit,
                                                     std::span<const UnitProperty> properties);

/// Changes all of the properties or none, until the next boot.
Result<void> set_properties(SystemdBus& bus, const std::string& unit,
                            std::span<const UnitProperty> properties);

/// Stops a unit and waits for its end. One that does not exist is fine.
Result<void> stop_unit(SystemdBus& bus, const std::string& unit);

}  // namespace myrt::cgroup
