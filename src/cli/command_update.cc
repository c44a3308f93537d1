// `update`.
#include <myrt/update.h>

#include "cli/commands.h"
#include "cli/update_options.h"

namespace myrt::cli {

Result<int> execute(const Globals& globals, const UpdateCommand& command) {
  const Store store = MYRT_TRY(store_of(globals));
  UpdateOptions options = MYRT_TRY(update_options(command.limits));
  if (command.resources.has_value()) {
    if (!command.limits.empty()) {
      return std::unexpected(
          Error("--resources: cannot be combined with --" + command.limits.begin()->first));
    }
    options.changes = MYRT_TRY(in("--resources", read_resources(*command.resources)));
  }
  MYRT_TRY(update(store, command.id, options));
  return 0;
}

}  // namespace myrt::cli
