// A container whose cgroups systemd manages: its scope in the life cycle.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include <myrt/container.h>
#include <myrt/result.h>

#include "cgroup/plan.h"
#include "cgroup/systemd.h"
#include "container/record.h"
#include "host/facts.h"
#include "init/launch.h"

namespace myrt::container {

/// Where the service manager is asked, in the order to try: that of the system, and for a runtime
/// without rights over the host that of its user. Pure. Errors: nothing tells where the user's is.
Result<std::vector<cgroup::BusAddress>> bus_addresses(const BusEnvironment& environment,
                                                      bool rootless);

/// The service manager of the caller, and what it says of itself.
struct SystemdManager {
  cgroup::SystemdBus bus;
  cgroup::SystemdFacts facts;
};
Result<SystemdManager> reach_systemd(const BusEnvironment& environment, bool rootless);

/// The scope of a container that is being created. It is stopped when this is destroyed without
/// commit(). Without a unit in the plan, all of it does nothing.
class Scope {
 public:
  /// `plan` has to outlive it.
  Scope(const cgroup::CgroupPlan& plan, std::optional<SystemdManager> manager)
      : plan_(plan), manager_(std::move(manager)) {}
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;
  Scope(Scope&&) = delete;
  Scope& operator=(Scope&&) = delete;
  ~Scope();

  /// What the record has to say before the scope is made. Errors: its cgroups are in use.
  Result<std::optional<RecordedUnit>> record() const;
  /// Makes the scope with the process in it and applies the plan, then tells the process.
  Result<void> start(init::Launched& launched);
  void commit() { started_ = false; }

 private:
  const cgroup::CgroupPlan& plan_;
  std::optional<SystemdManager> manager_;
  bool started_ = false;
};

/// Ends the scope of a container, if it has one, with all that is left in it. That the manager
/// cannot be asked is worth a warning: a scope ends with its last process.
Result<void> stop_scope(const Record& record);

/// The unit's share of an update: sets the properties that `changes` have, and puts back what they
/// were when it is destroyed without commit(). Nothing for a container without a unit.
class UnitUpdate {
 public:
  static Result<UnitUpdate> apply(const Record& record, const Resources& changes, bool v2);
  UnitUpdate(const UnitUpdate&) = delete;
  UnitUpdate& operator=(const UnitUpdate&) = delete;
  UnitUpdate(UnitUpdate&& other) noexcept;
  UnitUpdate& operator=(UnitUpdate&&) = delete;
  ~UnitUpdate();

  [[nodiscard]] bool is_empty() const { return before_.empty(); }
  void commit() { before_.clear(); }

 private:
  UnitUpdate() = default;

  std::string unit_;
  std::optional<cgroup::SystemdBus> bus_;
  std::vector<cgroup::UnitProperty> before_;
};

}  // namespace myrt::container
