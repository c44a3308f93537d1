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

/// Whether it is the service manager of the user that makes the caller's scopes. `asked`: what
/// --rootless says. Root of a user namespace is the user who made it only where default_store()
/// takes him for one: elsewhere the namespace is that of a machine with a systemd of its own. Pure.
bool has_user_manager(const BusEnvironment& environment, const host::HostFacts& host,
                      std::optional<bool> asked);

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

/// Whose a unit of the recorded name is.
enum class UnitHolder {
  kNobody,     // there is none in the recorded place
  kContainer,  // the record's
  kOther,      // of another container, which has been given the same place since
};
/// `found`: what systemd has by that name. Pure.
UnitHolder holder_of(const RecordedUnit& unit, const std::optional<cgroup::UnitIdentity>& found);

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
  Result<std::optional<RecordedUnit>> record();
  /// Makes the scope with the process in it and applies the plan, then tells the process. Returns
  /// what the record has to say from then on.
  Result<std::optional<RecordedUnit>> start(init::Launched& launched);
  void commit() { started_ = false; }

 private:
  Result<void> stop();

  const cgroup::CgroupPlan& plan_;
  std::optional<SystemdManager> manager_;
  std::optional<RecordedUnit> unit_;
  bool started_ = false;
};

/// Ends the scope of a container, if it has one, with all that is left in it. That the manager
/// cannot be asked is worth a warning: a scope ends with its last process. False: the place is
/// another container's by now, and nothing in it is touched.
Result<bool> stop_scope(const Record& record);

/// Whether the place of a container that systemd manages is another one's by now, which it can be
/// only when its process has ended. Unknown is no.
bool has_lost_place(const Record& record);

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
