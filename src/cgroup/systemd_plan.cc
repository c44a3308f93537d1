#include "cgroup/systemd_plan.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "cgroup/cgroup_plan.h"
#include "cgroup/systemd_annotations.h"
#include "cgroup/systemd_unit.h"

namespace myrt::cgroup {

namespace {

UnitProperty flag(std::string name, bool value) {
  return {.name = std::move(name), .signature = "b", .values = {value ? "1" : "0"}};
}

UnitProperty text(std::string name, std::string value) {
  return {.name = std::move(name), .signature = "s", .values = {std::move(value)}};
}

/// What every container's scope has. An annotation may say otherwise.
std::vector<UnitProperty> usual_properties(std::string_view id, bool v2) {
  return {
      text("Description", base::concat({"container ", id})),
      // It lives as long as its processes, and is not stopped early when the machine goes down.
      flag("DefaultDependencies", false),
      // Nothing stays behind, however the processes end.
      text("CollectMode", "inactive-or-failed"),
      // Without them systemd would use no controller for this scope that no limit needs, and
      // engines read figures.
      flag("CPUAccounting", true),
      flag(v2 ? "IOAccounting" : "BlockIOAccounting", true),
      flag("MemoryAccounting", true),
      flag("TasksAccounting", true),
  };
}

/// Puts an annotation's property in the place of the usual one of its name, or adds it.
void put(std::vector<UnitProperty>& properties, UnitProperty property) {
  const auto same = std::ranges::find(properties, property.name, &UnitProperty::name);
  if (same != properties.end()) {
    *same = std::move(property);
  } else {
    properties.push_back(std::move(property));
  }
}

void append(std::vector<UnitProperty>& all, std::vector<UnitProperty> more) {
  std::ranges::move(more, std::back_inserter(all));
}

/// The part that the runtime decides: the place, and what config.json limits.
Result<std::vector<UnitProperty>> own_properties(const UnitPlace& place, const Resources& resources,
                                                 bool v2, const SystemdFacts& systemd) {
  // Delegated: systemd keeps its hands off what is written in it and below.
  std::vector<UnitProperty> own = {text("Slice", place.slice), flag("Delegate", true)};
  append(own, limit_properties(resources, v2, systemd.version));
  if (!systemd.user) {  // that of a user has no right to load a program, nor files of v1
    append(own, device_properties(MYRT_TRY(ordered_rules(resources.devices)), v2));
  }
  return own;
}

}  // namespace

bool is_managed(const Hierarchy& hierarchy) {
  // What systemd knows of v1 (cg_attach_everywhere). On v2 there is but one.
  constexpr std::array<std::string_view, 7> kManaged = {"name=systemd", "blkio",  "cpu", "cpuacct",
                                                        "devices",      "memory", "pids"};
  return hierarchy.unified ||
         std::ranges::any_of(hierarchy.controllers, [&](const std::string& controller) {
           return std::ranges::find(kManaged, controller) != kManaged.end();
         });
}

Result<CgroupPlan> unit_cgroup_plan(const UnitRequest& request, const Resources& resources,
                                    const Layout& layout, const SystemdFacts& systemd,
                                    std::optional<std::uint32_t> owner) {
  const UnitPlace place = MYRT_TRY(unit_place(request.cgroups_path, request.id, systemd.user));
  std::vector<UnitProperty> annotated = MYRT_TRY(annotated_properties(request.annotations));
  const std::string control_group = systemd.control_group + place.path;
  // First, as it refuses what has no meaning, such as a limit of swap alone on v2.
  CgroupPlan plan = MYRT_TRY(cgroup_plan(resources, layout, control_group, owner));
  std::vector<UnitProperty> own =
      MYRT_TRY(own_properties(place, resources, layout.pure_v2, systemd));
  UnitPlan unit{.name = place.name,
                .slice = place.slice,
                .control_group = control_group,
                .properties = usual_properties(request.id, layout.pure_v2)};
  for (UnitProperty& property : annotated) {
    if (std::ranges::find(own, property.name, &UnitProperty::name) != own.end()) {
      return std::unexpected(
          Error(base::concat({"/annotations/org.systemd.property.", property.name,
                              ": /linux/resources sets it already"})));
    }
    put(unit.properties, std::move(property));
  }
  append(unit.properties, std::move(own));
  plan.unit = std::move(unit);
  return plan;
}

}  // namespace myrt::cgroup
