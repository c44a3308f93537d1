#include "cgroup/systemd.h"

#include <cerrno>
#include <cstdint>
#include <string_view>

#include "base/text.h"

namespace myrt::cgroup {

namespace {

constexpr std::string_view kManager = "org.freedesktop.systemd1.Manager";
constexpr std::string_view kProperties = "org.freedesktop.DBus.Properties";
constexpr std::string_view kScope = "org.freedesktop.systemd1.Scope";
constexpr std::string_view kUnit = "org.freedesktop.systemd1.Unit";

/// Adds the properties as the D-Bus type a(sv).
void append(std::vector<std::string>& arguments, std::span<const UnitProperty> properties) {
  arguments.push_back(std::to_string(properties.size()));
  for (const UnitProperty& property : properties) {
    arguments.push_back(property.name);
    arguments.push_back(property.signature);
    arguments.insert(arguments.end(), property.values.begin(), property.values.end());
  }
}

/// One property of an object, with its type and value.
Result<UnitProperty> property_of(SystemdBus& bus, std::string_view path, std::string_view interface,
                                 const std::string& name) {
  BusCall call{.interface = kProperties,
               .member = "Get",
               .signature = "ss",
               .arguments = {std::string(interface), name}};
  if (!path.empty()) {
    call.path = path;
  }
  std::vector<std::string> answer = MYRT_TRY(in(name, bus.call(call)));
  if (answer.empty()) {
    return std::unexpected(Error(name + ": no value"));
  }
  UnitProperty property{.name = name, .signature = answer.front(), .values = {}};
  property.values.assign(answer.begin() + 1, answer.end());
  return property;
}

Result<std::string> text_of(SystemdBus& bus, std::string_view path, std::string_view interface,
                            const std::string& name) {
  const UnitProperty property = MYRT_TRY(property_of(bus, path, interface, name));
  if (property.signature != "s" || property.values.size() != 1) {
    return std::unexpected(Error(name + ": want a string"));
  }
  return property.values.front();
}

/// The object of a unit.
Result<std::string> path_of(SystemdBus& bus, const std::string& unit) {
  const std::vector<std::string> answer = MYRT_TRY(bus.call(
      {.interface = kManager, .member = "GetUnit", .signature = "s", .arguments = {unit}}));
  if (answer.size() != 1) {
    return std::unexpected(Error("GetUnit: want a path"));
  }
  return answer.front();
}

std::string step(std::string_view what, const std::string& unit) {
  return base::concat({"systemd: ", what, " ", unit});
}

/// The array of bytes as systemd prints it.
Result<std::string> invocation_of(SystemdBus& bus, std::string_view path) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  const UnitProperty property = MYRT_TRY(property_of(bus, path, kUnit, "InvocationID"));
  if (property.signature != "ay" || property.values.empty()) {
    return std::unexpected(Error("InvocationID: want an array of bytes"));
  }
  std::string text;
  for (const std::string& byte : std::span(property.values).subspan(1)) {
    const unsigned value = base::parse_integer<std::uint8_t>(byte).value_or(0);
    text += kDigits[value >> 4U];
    text += kDigits[value & 0xFU];
  }
  return text;
}

/// Where the unit's processes are, and where the plan has them. Returns its invocation.
Result<std::string> check_place(SystemdBus& bus, const UnitPlan& unit) {
  const std::string path = MYRT_TRY(path_of(bus, unit.name));
  const std::string place = MYRT_TRY(text_of(bus, path, kScope, "ControlGroup"));
  if (place != unit.control_group) {
    return std::unexpected(Error(base::concat(
        {"its cgroup is ", base::quote(place), ", want ", base::quote(unit.control_group)})));
  }
  return invocation_of(bus, path);
}

}  // namespace

Result<SystemdFacts> systemd_facts(SystemdBus& bus, bool user) {
  const std::string version = MYRT_TRY(in("systemd", text_of(bus, {}, kManager, "Version")));
  std::string place = MYRT_TRY(in("systemd", text_of(bus, {}, kManager, "ControlGroup")));
  if (!bus.address().peer) {
    // A bus daemon passes on what happens to jobs only when somebody wants to know.
    MYRT_TRY(
        in("systemd",
           bus.call(
               {.interface = kManager, .member = "Subscribe", .signature = "", .arguments = {}})));
  }
  if (place == "/") {
    place.clear();
  }
  return SystemdFacts{
      .version = systemd_version(version), .control_group = std::move(place), .user = user};
}

Result<std::string> start_scope(SystemdBus& bus, const UnitPlan& unit, pid_t pid) {
  std::vector<UnitProperty> properties = unit.properties;
  properties.push_back({.name = "PIDs", .signature = "au", .values = {"1", std::to_string(pid)}});
  std::vector<std::string> arguments = {unit.name, "fail"};
  append(arguments, properties);
  arguments.emplace_back("0");  // no other units
  MYRT_TRY(in(step("start", unit.name), bus.job({.interface = kManager,
                                                 .member = "StartTransientUnit",
                                                 .signature = "ssa(sv)a(sa(sv))",
                                                 .arguments = std::move(arguments)})));
  return in(step("start", unit.name), check_place(bus, unit));
}

Result<std::optional<UnitIdentity>> identity_of(SystemdBus& bus, const std::string& unit) {
  const Result<std::string> path = path_of(bus, unit);
  if (!path.has_value() && path.error().code() == ENOENT) {
    return std::nullopt;
  }
  const std::string known = MYRT_TRY(in(step("ask for", unit), path));
  UnitIdentity identity;
  identity.slice = MYRT_TRY(in(step("ask for", unit), text_of(bus, known, kScope, "Slice")));
  identity.invocation = MYRT_TRY(in(step("ask for", unit), invocation_of(bus, known)));
  return identity;
}

Result<std::vector<UnitProperty>> current_properties(SystemdBus& bus, const std::string& unit,
                                                     std::span<const UnitProperty> properties) {
  const std::string path = MYRT_TRY(in(step("ask for", unit), path_of(bus, unit)));
  std::vector<UnitProperty> current;
  for (const UnitProperty& property : properties) {
    current.push_back(
        MYRT_TRY(in(step("ask for", unit), property_of(bus, path, kScope, property.name))));
  }
  return current;
}

Result<void> set_properties(SystemdBus& bus, const std::string& unit,
                            std::span<const UnitProperty> properties) {
  std::vector<std::string> arguments = {unit, "1"};  // in memory alone
  append(arguments, properties);
  MYRT_TRY(in(step("change", unit), bus.call({.interface = kManager,
                                              .member = "SetUnitProperties",
                                              .signature = "sba(sv)",
                                              .arguments = std::move(arguments)})));
  return {};
}

Result<void> stop_unit(SystemdBus& bus, const std::string& unit) {
  Result<void> stopped = bus.job({.interface = kManager,
                                  .member = "StopUnit",
                                  .signature = "ss",
                                  .arguments = {unit, "replace"}});
  if (!stopped.has_value() && stopped.error().code() == ENOENT) {
    return {};
  }
  return in(step("stop", unit), std::move(stopped));
}

}  // namespace myrt::cgroup
