// `ps`: the processes of a container, as numbers or as rows of ps(1).
#include <unistd.h>

#include <array>
#include <cerrno>

#include <myrt/container.h>

#include "base/text.h"
#include "cgroup/manager.h"
#include "container/pid_namespace.h"
#include "container/process_table.h"
#include "container/store.h"
#include "sys/captured.h"

namespace myrt {

namespace {

constexpr std::size_t kMaxTableBytes = std::size_t{64} << 20U;

/// What ps(1) prints.
Result<std::string> output_of_ps(const std::vector<std::string>& arguments) {
  // Not looked for in $PATH, which engines leave out.
  constexpr std::array<const char*, 2> kPlaces = {"/usr/bin/ps", "/bin/ps"};
  std::vector<std::string> argv = {"ps"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  if (arguments.empty()) {
    argv.emplace_back("-ef");
  }
  Result<sys::Captured> ran = sys::run_captured(kPlaces[0], argv, kMaxTableBytes);
  if (!ran.has_value() && ran.error().code() == ENOENT && ::access(kPlaces[1], X_OK) == 0) {
    ran = sys::run_captured(kPlaces[1], argv, kMaxTableBytes);
  }
  sys::Captured ps = MYRT_TRY(std::move(ran));
  if (ps.status.shell_code() != 0) {
    const std::string_view said = base::first_line(ps.output);
    return std::unexpected(
        Error(base::concat({"ps: exit status ", std::to_string(ps.status.shell_code()),
                            said.empty() ? "" : ", output: ", said})));
  }
  return std::move(ps.output);
}

}  // namespace

Result<std::vector<pid_t>> processes(const Store& store, std::string_view id) {
  const container::Entry entry = MYRT_TRY(container::open_entry(store, id));
  const container::Record record =
      MYRT_TRY(in("container " + entry.id, container::read_record(entry.directory.get())));
  return record.cgroups.empty() ? container::processes_without_cgroups(record)
                                : cgroup::processes(record.cgroups);
}

Result<std::string> process_table(const Store& store, std::string_view id,
                                  const std::vector<std::string>& arguments) {
  const std::vector<pid_t> pids = MYRT_TRY(processes(store, id));
  return container::rows_of(MYRT_TRY(output_of_ps(arguments)), pids);
}

}  // namespace myrt
