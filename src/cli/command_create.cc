// `create` and `run`.
#include <algorithm>

#include "cli/commands.h"

namespace myrt::cli {

namespace {

Result<CreateOptions> create_options(const Globals& globals, const CreateCommand& command) {
  CreateOptions options = command.options;
  options.listen_fds = listen_fds();
  options.listen_names = listen_names();
  options.notify_socket = notify_socket();
  options.systemd_cgroup = globals.systemd_cgroup || globals.cgroup_manager == "systemd";
  options.bus = bus_environment();
  options.cgroups_disabled = globals.cgroup_manager == "disabled";
  if (globals.rootless != "auto") {
    options.rootless = globals.rootless == "true";
  }
  options.overlay_annotations =
      std::ranges::find(globals.allow_annotations, "overlay") != globals.allow_annotations.end();
  if (command.overlay.has_value()) {
    options.overlay = MYRT_TRY(parse_overlay(*command.overlay));
  }
  return options;
}

}  // namespace

Result<int> execute(const Globals& globals, const CreateCommand& command) {
  const Store store = MYRT_TRY(store_of(globals));
  const CreateOptions options = MYRT_TRY(create_options(globals, command));
  MYRT_TRY(create(store, command.id, options));
  return 0;
}

Result<int> execute(const Globals& globals, const RunCommand& command) {
  const Store store = MYRT_TRY(store_of(globals));
  const CreateOptions options = MYRT_TRY(create_options(globals, command.create));
  return run(store, command.create.id, options, command.options);
}

}  // namespace myrt::cli
