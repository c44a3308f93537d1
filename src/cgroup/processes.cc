#include <signal.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <map>
#include <tuple>
#include <utility>

#include "base/text.h"
#include "cgroup/freezer.h"
#include "cgroup/manager.h"
#include "cgroup/tree.h"
#include "cgroup/wait.h"
#include "sys/file.h"
#include "sys/process.h"

namespace myrt::cgroup {

namespace {

Result<std::vector<pid_t>> processes_below(std::span<const OpenCgroup> cgroups) {
  std::vector<pid_t> pids;
  const Visitor visitor{.enter = [&](int cgroup) -> Result<void> {
                          const std::vector<pid_t> here = MYRT_TRY(processes_in(cgroup));
                          pids.insert(pids.end(), here.begin(), here.end());
                          return {};
                        },
                        .leave = {}};
  for (const OpenCgroup& cgroup : cgroups) {
    MYRT_TRY(walk(cgroup.fd.get(), visitor));
  }
  std::ranges::sort(pids);
  const auto repeated = std::ranges::unique(pids);
  pids.erase(repeated.begin(), repeated.end());
  return pids;
}

/// Signals those of `pids` that are in the cgroups. First a pidfd, then another look whether the
/// pid is still listed: so what the pidfd stands for is in the cgroups, even if the pid has been
/// given to another process meanwhile.
Result<void> signal_listed(std::span<const pid_t> pids, std::span<const OpenCgroup> cgroups,
                           int signal) {
  std::map<pid_t, sys::UniqueFd> held;
  for (const pid_t pid : pids) {
    Result<sys::UniqueFd> pidfd = sys::pidfd_open(pid);
    if (pidfd.has_value()) {
      held.emplace(pid, *std::move(pidfd));
    } else if (pidfd.error().code() != ESRCH) {
      return std::unexpected(std::move(pidfd).error());
    }
  }
  for (const pid_t pid : MYRT_TRY(processes_below(cgroups))) {
    const auto process = held.find(pid);
    if (process == held.end()) {
      continue;
    }
    Result<void> sent = sys::pidfd_send_signal(process->second.get(), signal);
    if (!sent.has_value() && sent.error().code() != ESRCH) {
      return sent;
    }
  }
  return {};
}

/// Signals what is in the cgroups at the moment.
Result<void> signal_present(std::span<const OpenCgroup> cgroups, int signal) {
  const std::vector<pid_t> pids = MYRT_TRY(processes_below(cgroups));
  constexpr std::size_t kAtOnce = 256;  // descriptors held at a time
  for (std::size_t start = 0; start < pids.size(); start += kAtOnce) {
    const std::size_t count = std::min(kAtOnce, pids.size() - start);
    MYRT_TRY(signal_listed(std::span(pids).subspan(start, count), cgroups, signal));
  }
  return {};
}

/// One round against processes that may fork as fast as they are listed.
Result<void> kill_frozen(std::span<const std::string> directories,
                         std::span<const OpenCgroup> cgroups) {
  // Best effort: without a freezer, or with a process that does not freeze, the next round gets
  // those that got away.
  constexpr std::chrono::milliseconds kFreezeLimit{200};
  std::ignore = freeze_within(kFreezeLimit, directories);
  Result<void> killed = signal_present(cgroups, SIGKILL);
  // Also after a failure: nobody else would. Without a freezer there is nothing to thaw.
  Result<void> thawed = thaw(directories);
  if (killed.has_value() && !thawed.has_value() && thawed.error().code() != ENOENT) {
    return thawed;
  }
  return killed;
}

/// cgroup.kill (Linux 5.14) takes the whole tree at once, forks and frozen processes included.
bool kill_by_kernel(std::span<const OpenCgroup> cgroups) {
  return std::ranges::all_of(cgroups, [](const OpenCgroup& cgroup) {
    return cgroup.v2 && sys::write_value(cgroup.fd.get(), "cgroup.kill", "1").has_value();
  });
}

}  // namespace

Result<std::vector<pid_t>> processes(std::span<const std::string> directories) {
  const std::vector<OpenCgroup> cgroups = MYRT_TRY(open_own(directories));
  return processes_below(cgroups);
}

Result<void> signal_all(std::span<const std::string> directories, int signal) {
  const std::vector<OpenCgroup> cgroups = MYRT_TRY(open_own(directories));
  return signal_present(cgroups, signal);
}

Result<void> kill_all(std::span<const std::string> directories) {
  const std::vector<OpenCgroup> cgroups = MYRT_TRY(open_own(directories));
  std::vector<pid_t> left = MYRT_TRY(processes_below(cgroups));
  if (left.empty()) {
    return {};
  }
  const bool by_kernel = kill_by_kernel(cgroups);
  const auto is_empty = [&]() -> Result<bool> {
    left = MYRT_TRY(processes_below(cgroups));
    return left.empty();
  };
  const auto kill_round = [&]() -> Result<bool> {
    if (!by_kernel) {
      MYRT_TRY(kill_frozen(directories, cgroups));
    }
    constexpr std::chrono::milliseconds kTimeToEnd{50};  // frozen again at once, they could not end
    return wait_until(kTimeToEnd, is_empty);
  };
  const bool emptied = MYRT_TRY(
      in("kill the processes of the container's cgroups", wait_until(kPatience, kill_round)));
  if (!emptied) {
    return std::unexpected(Error::from_code(
        EBUSY, {"kill the processes of ", directories.front(), ": ", std::to_string(left.size()),
                " left after 10 s, such as ", std::to_string(left.front())}));
  }
  return {};
}

}  // namespace myrt::cgroup
