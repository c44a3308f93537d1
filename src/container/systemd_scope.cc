#include "container/systemd_scope.h"

#include <array>
#include <cerrno>
#include <utility>

#include <myrt/log.h>

#include "base/text.h"
#include "cgroup/manager.h"
#include "container/process_id.h"

namespace myrt::container {

namespace {

constexpr const char* kSystemBus = "unix:path=/run/dbus/system_bus_socket";
/// Where systemd listens for root itself, also before there is a bus daemon.
constexpr const char* kPrivate = "unix:path=/run/systemd/private";

Result<cgroup::SystemdBus> connect(const RecordedUnit& unit) {
  const std::array<cgroup::BusAddress, 1> addresses = {unit.manager};
  return cgroup::SystemdBus::connect(addresses);
}

Result<UnitHolder> ask_holder(cgroup::SystemdBus& bus, const RecordedUnit& unit) {
  return holder_of(unit, MYRT_TRY(cgroup::identity_of(bus, unit.name)));
}

void warn(const Result<void>& result) {
  if (!result.has_value()) {
    log(LogLevel::kWarning, result.error().text());
  }
}

}  // namespace

bool has_user_manager(const BusEnvironment& environment, const host::HostFacts& host,
                      std::optional<bool> asked) {
  const bool is_user =
      host.uid != 0 ||
      (host.in_user_namespace && environment.user_name != "root" &&
       !(environment.runtime_directory.empty() && environment.session_bus.empty()));
  return asked.value_or(is_user);
}

Result<std::vector<cgroup::BusAddress>> bus_addresses(const BusEnvironment& environment,
                                                      bool rootless) {
  const std::string& given = rootless ? environment.session_bus : environment.system_bus;
  if (!given.empty()) {
    return std::vector<cgroup::BusAddress>{{.address = given}};
  }
  if (!rootless) {
    return std::vector<cgroup::BusAddress>{{.address = kSystemBus},
                                           {.address = kPrivate, .peer = true}};
  }
  const std::string& directory = environment.runtime_directory;
  if (directory.empty()) {
    return std::unexpected(
        Error("systemd: neither DBUS_SESSION_BUS_ADDRESS nor XDG_RUNTIME_DIR tells where the "
              "user's service manager is"));
  }
  return std::vector<cgroup::BusAddress>{
      {.address = base::concat({"unix:path=", directory, "/bus"})},
      {.address = base::concat({"unix:path=", directory, "/systemd/private"}), .peer = true}};
}

Result<SystemdManager> reach_systemd(const BusEnvironment& environment, bool rootless) {
  const std::vector<cgroup::BusAddress> addresses = MYRT_TRY(bus_addresses(environment, rootless));
  cgroup::SystemdBus bus = MYRT_TRY(cgroup::SystemdBus::connect(addresses));
  cgroup::SystemdFacts facts = MYRT_TRY(cgroup::systemd_facts(bus, rootless));
  return SystemdManager{.bus = std::move(bus), .facts = std::move(facts)};
}

UnitHolder holder_of(const RecordedUnit& unit, const std::optional<cgroup::UnitIdentity>& found) {
  if (!found.has_value() || found->slice != unit.slice) {
    return UnitHolder::kNobody;
  }
  return unit.invocation.empty() || found->invocation == unit.invocation ? UnitHolder::kContainer
                                                                         : UnitHolder::kOther;
}

Scope::~Scope() {
  if (started_) {
    const Result<void> stopped = stop();
    if (!stopped.has_value()) {
      // The first failure is what the user must hear of.
      log(LogLevel::kDebug, "undo: " + stopped.error().text());
    }
  }
}

Result<void> Scope::stop() {
  const UnitHolder holder = MYRT_TRY(ask_holder(manager_->bus, *unit_));
  return holder == UnitHolder::kContainer ? cgroup::stop_unit(manager_->bus, unit_->name)
                                          : Result<void>{};
}

Result<std::optional<RecordedUnit>> Scope::record() {
  if (!plan_.unit.has_value()) {
    return std::nullopt;
  }
  MYRT_TRY(in("cgroup", cgroup::check_unused(plan_)));
  unit_ = {.name = plan_.unit->name,
           .slice = plan_.unit->slice,
           .invocation = "",
           .manager = manager_->bus.address()};
  return unit_;
}

Result<std::optional<RecordedUnit>> Scope::start(init::Launched& launched) {
  if (!plan_.unit.has_value()) {
    return std::nullopt;
  }
  started_ = true;
  Result<std::string> made = cgroup::start_scope(manager_->bus, *plan_.unit, launched.pid());
  if (!made.has_value()) {
    started_ = made.error().code() != EEXIST;  // somebody else's
    return std::unexpected(std::move(made).error());
  }
  unit_->invocation = *std::move(made);
  MYRT_TRY(in("cgroup", cgroup::adopt(plan_, launched.pid())));
  MYRT_TRY(launched.send(init::Message::Kind::kInCgroups));
  return unit_;
}

Result<bool> stop_scope(const Record& record) {
  if (!record.unit.has_value()) {
    return true;
  }
  Result<cgroup::SystemdBus> bus = connect(*record.unit);
  const Result<UnitHolder> holder =
      bus.has_value() ? ask_holder(*bus, *record.unit) : std::unexpected(bus.error());
  if (!holder.has_value()) {
    log(LogLevel::kWarning, holder.error().text());
  }
  if (holder.has_value() && *holder == UnitHolder::kOther) {
    return false;
  }
  // systemd would ask the processes to end, and wait.
  MYRT_TRY(in("cgroup", cgroup::kill_all(record.cgroups)));
  if (holder.has_value() && *holder == UnitHolder::kContainer) {
    warn(cgroup::stop_unit(*bus, record.unit->name));
  }
  return true;
}

bool has_lost_place(const Record& record) {
  if (!record.unit.has_value() || is_alive(record.process)) {
    return false;
  }
  Result<cgroup::SystemdBus> bus = connect(*record.unit);
  const Result<UnitHolder> holder =
      bus.has_value() ? ask_holder(*bus, *record.unit) : std::unexpected(bus.error());
  return holder.has_value() && *holder == UnitHolder::kOther;
}

UnitUpdate::UnitUpdate(UnitUpdate&& other) noexcept
    : unit_(std::move(other.unit_)),
      bus_(std::move(other.bus_)),
      before_(std::exchange(other.before_, {})) {}

UnitUpdate::~UnitUpdate() {
  if (!before_.empty()) {
    warn(in("undo", cgroup::set_properties(*bus_, unit_, before_)));
  }
}

Result<UnitUpdate> UnitUpdate::apply(const Record& record, const Resources& changes, bool v2) {
  UnitUpdate update;
  if (!record.unit.has_value()) {
    return update;
  }
  update.unit_ = record.unit->name;
  update.bus_.emplace(MYRT_TRY(connect(*record.unit)));
  const cgroup::SystemdFacts facts = MYRT_TRY(cgroup::systemd_facts(*update.bus_, false));
  const std::vector<cgroup::UnitProperty> wanted =
      cgroup::limit_properties(changes, v2, facts.version);
  if (wanted.empty()) {
    return update;
  }
  update.before_ = MYRT_TRY(cgroup::current_properties(*update.bus_, update.unit_, wanted));
  Result<void> set = cgroup::set_properties(*update.bus_, update.unit_, wanted);
  if (!set.has_value()) {
    update.before_.clear();  // all or none
    return std::unexpected(std::move(set).error());
  }
  return update;
}

}  // namespace myrt::container
