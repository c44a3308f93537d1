#include "container/systemd_scope.h"

#include <array>
#include <cerrno>
#include <utility>

#include <myrt/log.h>

#include "base/text.h"
#include "cgroup/manager.h"

namespace myrt::container {

namespace {

constexpr const char* kSystemBus = "unix:path=/run/dbus/system_bus_socket";
/// Where systemd listens for root itself, also before there is a bus daemon.
constexpr const char* kPrivate = "unix:path=/run/systemd/private";

Result<cgroup::SystemdBus> connect(const RecordedUnit& unit) {
  const std::array<cgroup::BusAddress, 1> addresses = {unit.manager};
  return cgroup::SystemdBus::connect(addresses);
}

void warn(const Result<void>& result) {
  if (!result.has_value()) {
    log(LogLevel::kWarning, result.error().text());
  }
}

}  // namespace

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

Scope::~Scope() {
  if (started_) {
    const Result<void> stopped = cgroup::stop_unit(manager_->bus, plan_.unit->name);
    if (!stopped.has_value()) {
      // The first failure is what the user must hear of.
      log(LogLevel::kDebug, "undo: " + stopped.error().text());
    }
  }
}

Result<std::optional<RecordedUnit>> Scope::record() const {
  if (!plan_.unit.has_value()) {
    return std::nullopt;
  }
  MYRT_TRY(in("cgroup", cgroup::check_unused(plan_)));
  return RecordedUnit{.name = plan_.unit->name, .manager = manager_->bus.address()};
}

Result<void> Scope::start(init::Launched& launched) {
  if (!plan_.unit.has_value()) {
    return {};
  }
  started_ = true;
  Result<void> made = cgroup::start_scope(manager_->bus, *plan_.unit, launched.pid());
  if (!made.has_value()) {
    started_ = made.error().code() != EEXIST;  // somebody else's
    return made;
  }
  MYRT_TRY(in("cgroup", cgroup::adopt(plan_, launched.pid())));
  return launched.send(init::Message::Kind::kInCgroups);
}

Result<void> stop_scope(const Record& record) {
  if (!record.unit.has_value()) {
    return {};
  }
  // systemd would ask the processes to end, and wait.
  MYRT_TRY(in("cgroup", cgroup::kill_all(record.cgroups)));
  Result<cgroup::SystemdBus> bus = connect(*record.unit);
  warn(bus.has_value() ? cgroup::stop_unit(*bus, record.unit->name) : std::unexpected(bus.error()));
  return {};
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
