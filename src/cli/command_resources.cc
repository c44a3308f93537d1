// `pause`, `resume` and `ps`.
#include "base/text.h"
#include "cli/commands.h"
#include "cli/output.h"

namespace myrt::cli {

namespace {

/// A JSON array: "[1,2]".
std::string pids_json(const std::vector<pid_t>& pids) {
  std::vector<std::string> numbers;
  numbers.reserve(pids.size());
  for (const pid_t pid : pids) {
    numbers.push_back(std::to_string(pid));
  }
  return "[" + base::join(numbers, ",") + "]\n";
}

}  // namespace

Result<int> execute(const Globals& globals, const PauseCommand& command) {
  const Store store = MYRT_TRY(store_of(globals));
  MYRT_TRY(pause(store, command.id));
  return 0;
}

Result<int> execute(const Globals& globals, const ResumeCommand& command) {
  const Store store = MYRT_TRY(store_of(globals));
  MYRT_TRY(resume(store, command.id));
  return 0;
}

Result<int> execute(const Globals& globals, const PsCommand& command) {
  const Store store = MYRT_TRY(store_of(globals));
  if (command.json) {
    const std::vector<pid_t> pids = MYRT_TRY(processes(store, command.id));
    MYRT_TRY(print(pids_json(pids)));
  } else {
    const std::string table = MYRT_TRY(process_table(store, command.id, command.arguments));
    MYRT_TRY(print(table));
  }
  return 0;
}

}  // namespace myrt::cli
