// `update`: all of the new limits are set and remembered, or none.
#include "cgroup/update.h"

#include <cerrno>

#include <myrt/log.h>
#include <myrt/update.h>

#include "cgroup/cgroup_plan.h"
#include "cgroup/layout.h"
#include "container/inputs.h"
#include "container/lifecycle.h"
#include "container/process_id.h"
#include "container/resctrl.h"
#include "container/resources.h"
#include "container/systemd_scope.h"

namespace myrt {

namespace {

/// The schemata that the options ask for. Nothing is written without them.
Result<container::SchemataChange> update_schemata(const container::Entry& entry,
                                                  const UpdateOptions& options) {
  if (options.l3_cache_schema.empty() && options.mem_bw_schema.empty()) {
    return container::SchemataChange();
  }
  const std::string option =
      options.l3_cache_schema.empty() ? "--mem-bw-schema" : "--l3-cache-schema";
  const std::string mount_point = MYRT_TRY(in(option, container::resctrl_mount_point()));
  const Spec spec = MYRT_TRY(container::saved_spec(entry));
  const std::optional<plan::ResctrlPlan> plan =
      MYRT_TRY(plan::resctrl_plan(spec.linux.intel_rdt, entry.id));
  if (!plan.has_value()) {
    return std::unexpected(
        Error(option + ": the container was created without /linux/intelRdt in config.json"));
  }
  if (plan->group.empty()) {
    return std::unexpected(
        Error(option + ": the container is in the default resctrl group, which is the host's"));
  }
  return in(option, container::SchemataChange::apply(
                        mount_point, *plan,
                        plan::combined_schema(options.l3_cache_schema, options.mem_bw_schema)));
}

Result<void> check_updatable(const container::Record& record, Status status) {
  if (status == Status::kStopped) {
    return std::unexpected(Error::sentence(ESRCH, "container not running"));
  }
  if (record.cgroups.empty()) {
    return std::unexpected(container::without_cgroups("cannot update"));
  }
  return {};
}

Result<void> update_cgroups(const container::Entry& entry, const container::Record& record,
                            const Resources& asked) {
  const Resources known = MYRT_TRY(container::current_resources(entry));
  const Resources changes = container::completed(asked, known);
  const cgroup::Layout layout = MYRT_TRY(cgroup::detect_layout());
  const cgroup::CgroupPlan plan = MYRT_TRY(cgroup::update_plan(changes, layout, record.cgroups));
  for (const std::string& warning : plan.warnings) {
    log(LogLevel::kWarning, warning);
  }
  cgroup::Journal journal = MYRT_TRY(cgroup::update(plan));
  container::UnitUpdate unit =
      MYRT_TRY(container::UnitUpdate::apply(record, changes, layout.pure_v2));
  if (!unit.is_empty()) {
    // systemd has written the same files, in steps of its own.
    MYRT_TRY(cgroup::update(plan)).commit();
  }
  MYRT_TRY(container::save_resources(entry, container::merged(known, changes, layout.pure_v2)));
  unit.commit();
  journal.commit();
  return {};
}

}  // namespace

Result<void> update(const Store& store, std::string_view id, const UpdateOptions& options) {
  const container::Entry entry = MYRT_TRY(container::open_entry(store, id));
  const container::Record before =
      MYRT_TRY(in("container " + entry.id, container::read_record(entry.directory.get())));
  MYRT_TRY(container::refuse_creating(before, "update"));
  MYRT_TRY(container::lock(entry, -1));
  const container::Record record =
      MYRT_TRY(in("container " + entry.id, container::read_record(entry.directory.get())));
  MYRT_TRY(check_updatable(record, container::status_of(record, entry.directory.get())));
  container::SchemataChange schemata = MYRT_TRY(update_schemata(entry, options));
  MYRT_TRY(update_cgroups(entry, record, options.changes));
  schemata.commit();
  return {};
}

}  // namespace myrt
