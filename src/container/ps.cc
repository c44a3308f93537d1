// `ps`: the processes of a container, as numbers or as rows of ps(1).
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>
#include <optional>

#include <myrt/container.h>

#include "base/text.h"
#include "cgroup/manager.h"
#include "container/process_id.h"
#include "container/process_table.h"
#include "container/store.h"
#include "init/c_strings.h"
#include "sys/file.h"
#include "sys/process.h"

namespace myrt {

namespace {

constexpr std::size_t kMaxTableBytes = std::size_t{64} << 20U;

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

/// The processes whose pid namespace is that of `pid`. Those that end meanwhile have none.
Result<std::vector<pid_t>> namespace_of(pid_t pid) {
  const auto link = [](std::string_view process) {
    return sys::read_link(AT_FDCWD, base::concat({"/proc/", process, "/ns/pid"}));
  };
  const std::string own = MYRT_TRY(link(std::to_string(pid)));
  const std::unique_ptr<DIR, CloseDirectory> proc(::opendir("/proc"));
  if (!proc) {
    return std::unexpected(Error::from_errno({"read directory /proc"}));
  }
  std::vector<pid_t> pids;
  while (const struct ::dirent* entry = ::readdir(proc.get())) {
    const std::string_view name = entry->d_name;
    if (const std::optional<pid_t> number = base::parse_integer<pid_t>(name, 1)) {
      const Result<std::string> other = link(name);
      if (other.has_value() && *other == own) {
        pids.push_back(*number);
      }
    }
  }
  std::ranges::sort(pids);
  return pids;
}

Result<std::vector<pid_t>> processes_without_cgroups(const container::Record& record) {
  if (!container::is_alive(record.process)) {
    return std::vector<pid_t>{};
  }
  if (!record.own_pid_namespace) {
    return std::vector<pid_t>{record.process.pid};
  }
  return namespace_of(record.process.pid);
}

/// posix_spawn(3) of ps: both of its outputs go to `output`, and its signals are as they are by
/// default, which ours are not.
Result<pid_t> spawn_ps(const std::vector<std::string>& argv, int output) {
  // Not looked for in $PATH, which engines leave out.
  constexpr std::array<const char*, 2> kPlaces = {"/usr/bin/ps", "/bin/ps"};
  ::posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
  ::posix_spawn_file_actions_adddup2(&actions, output, STDERR_FILENO);
  ::posix_spawnattr_t attributes;
  ::posix_spawnattr_init(&attributes);
  ::sigset_t defaults;
  ::sigemptyset(&defaults);
  ::sigaddset(&defaults, SIGPIPE);
  ::posix_spawnattr_setsigdefault(&attributes, &defaults);
  ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
  pid_t pid = 0;
  int code = ENOENT;
  for (const char* place : kPlaces) {
    if (code == ENOENT) {
      code = ::posix_spawn(&pid, place, &actions, &attributes, init::c_strings(argv).data(),
                           ::environ);
    }
  }
  ::posix_spawnattr_destroy(&attributes);
  ::posix_spawn_file_actions_destroy(&actions);
  if (code != 0) {
    return std::unexpected(Error::from_code(code, {"execute ", kPlaces.front()}));
  }
  return pid;
}

/// What ps(1) prints.
Result<std::string> output_of_ps(const std::vector<std::string>& arguments) {
  std::vector<std::string> argv = {"ps"};
  argv.insert(argv.end(), arguments.begin(), arguments.end());
  if (arguments.empty()) {
    argv.emplace_back("-ef");
  }
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    return std::unexpected(Error::from_errno({"pipe"}));
  }
  sys::UniqueFd reading(ends[0]);
  sys::UniqueFd writing(ends[1]);
  const pid_t pid = MYRT_TRY(spawn_ps(argv, writing.get()));
  writing = {};
  Result<std::string> output = sys::read_all(reading.get(), "the output of ps", kMaxTableBytes);
  reading = {};  // one that writes on ends by it
  const sys::ExitStatus status = MYRT_TRY(sys::wait_for(pid));
  if (output.has_value() && status.shell_code() != 0) {
    const std::vector<std::string_view> lines = base::split(*output, '\n');
    const auto said =
        std::ranges::find_if(lines, [](std::string_view line) { return !line.empty(); });
    return std::unexpected(Error(
        base::concat({"ps: exit status ", std::to_string(status.shell_code()),
                      said == lines.end() ? "" : ", output: ", said == lines.end() ? "" : *said})));
  }
  return output;
}

}  // namespace

Result<std::vector<pid_t>> processes(const Store& store, std::string_view id) {
  const container::Entry entry = MYRT_TRY(container::open_entry(store, id));
  const container::Record record =
      MYRT_TRY(in("container " + entry.id, container::read_record(entry.directory.get())));
  return record.cgroups.empty() ? processes_without_cgroups(record)
                                : cgroup::processes(record.cgroups);
}

Result<std::string> process_table(const Store& store, std::string_view id,
                                  const std::vector<std::string>& arguments) {
  const std::vector<pid_t> pids = MYRT_TRY(processes(store, id));
  return container::rows_of(MYRT_TRY(output_of_ps(arguments)), pids);
}

}  // namespace myrt
