// `exec`.
#include "cli/commands.h"

namespace myrt::cli {

Result<int> execute(const Globals& globals, const ExecCommand& command) {
  const Store store = MYRT_TRY(store_of(globals));
  ExecOptions options = command.options;
  options.listen_fds = listen_fds();
  options.listen_names = listen_names();
  if (command.user.has_value()) {
    options.changes.user = MYRT_TRY(in("--user", parse_exec_user(*command.user)));
  }
  return exec(store, command.id, options);
}

}  // namespace myrt::cli
