// `kill`: signals for the container process, or for all processes of the container.
#include <signal.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>
#include <optional>
#include <tuple>

#include <myrt/container.h>

#include "base/text.h"
#include "cgroup/manager.h"
#include "container/lifecycle.h"
#include "container/pid_namespace.h"
#include "container/process_id.h"
#include "container/store.h"
#include "container/systemd_scope.h"
#include "sys/process.h"

namespace myrt {

namespace {

struct SignalName {
  std::string_view name;
  int number;
};

// signal(7), sorted by name, without SIG. The aliases CLD, IOT, POLL and UNUSED are accepted as
// kill(1) does.
constexpr auto kSignals = std::to_array<SignalName>({
    {"ABRT", SIGABRT},   {"ALRM", SIGALRM}, {"BUS", SIGBUS},   {"CHLD", SIGCHLD},
    {"CLD", SIGCHLD},    {"CONT", SIGCONT}, {"FPE", SIGFPE},   {"HUP", SIGHUP},
    {"ILL", SIGILL},     {"INT", SIGINT},   {"IO", SIGIO},     {"IOT", SIGABRT},
    {"KILL", SIGKILL},   {"PIPE", SIGPIPE}, {"POLL", SIGIO},   {"PROF", SIGPROF},
    {"PWR", SIGPWR},     {"QUIT", SIGQUIT}, {"SEGV", SIGSEGV}, {"STKFLT", SIGSTKFLT},
    {"STOP", SIGSTOP},   {"SYS", SIGSYS},   {"TERM", SIGTERM}, {"TRAP", SIGTRAP},
    {"TSTP", SIGTSTP},   {"TTIN", SIGTTIN}, {"TTOU", SIGTTOU}, {"UNUSED", SIGSYS},
    {"URG", SIGURG},     {"USR1", SIGUSR1}, {"USR2", SIGUSR2}, {"VTALRM", SIGVTALRM},
    {"WINCH", SIGWINCH}, {"XCPU", SIGXCPU}, {"XFSZ", SIGXFSZ},
});
static_assert(std::ranges::is_sorted(kSignals, {}, &SignalName::name));

// As the kernel and bash count them, not glibc, which keeps the first two for itself.
constexpr int kRealTimeMin = 34;
constexpr int kRealTimeMax = 64;

std::optional<int> named_signal(std::string_view name) {
  const auto* found = std::ranges::lower_bound(kSignals, name, {}, &SignalName::name);
  if (found != kSignals.end() && found->name == name) {
    return found->number;
  }
  for (const auto& [word, base, sign] : {std::tuple{std::string_view("RTMIN"), kRealTimeMin, 1},
                                         {std::string_view("RTMAX"), kRealTimeMax, -1}}) {
    if (!name.starts_with(word)) {
      continue;
    }
    const std::string_view rest = name.substr(word.size());
    if (rest.empty()) {
      return base;
    }
    const auto offset = base::parse_integer<int>(rest.substr(1), 0, kRealTimeMax - kRealTimeMin);
    if (rest.front() == (sign > 0 ? '+' : '-') && offset.has_value()) {
      return base + sign * *offset;
    }
  }
  return std::nullopt;
}

Result<void> signal_one(const container::Record& record, int signal) {
  const auto not_running = [] {
    return std::unexpected(Error::sentence(ESRCH, "container not running"));
  };
  Result<sys::UniqueFd> pidfd = container::open_process(record.process);
  if (!pidfd.has_value() && pidfd.error().code() == ESRCH) {
    return not_running();
  }
  const sys::UniqueFd open = MYRT_TRY(std::move(pidfd));
  Result<void> sent = sys::pidfd_send_signal(open.get(), signal);
  if (!sent.has_value() && sent.error().code() == ESRCH) {
    return not_running();
  }
  MYRT_TRY(std::move(sent));
  if (signal != SIGKILL) {
    return {};
  }
  if (!record.own_pid_namespace && !record.cgroups.empty()) {
    // No pid namespace goes down with its first process: the others have to be found.
    return cgroup::kill_all(record.cgroups);
  }
  return container::thaw_all(record);
}

}  // namespace

Result<int> parse_signal(std::string_view text) {
  std::string name(text);
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  std::optional<int> number = base::parse_integer<int>(name, 0, kRealTimeMax);
  if (!number.has_value()) {
    number = named_signal(name.starts_with("SIG") ? std::string_view(name).substr(3) : name);
  }
  if (!number.has_value()) {
    return std::unexpected(Error("unknown signal " + base::quote(text)));
  }
  return *number;
}

Result<void> kill(const Store& store, std::string_view id, int signal, bool all) {
  const container::Entry entry = MYRT_TRY(container::open_entry(store, id));
  const container::Record record =
      MYRT_TRY(in("container " + entry.id, container::read_record(entry.directory.get())));
  MYRT_TRY(container::refuse_creating(record, "kill"));
  if (all && record.cgroups.empty() && !record.own_pid_namespace) {
    return std::unexpected(Error("cannot find all processes of container " + entry.id +
                                 ", which has neither cgroups nor a pid namespace of its own"));
  }
  // The end of the container process is that of its pid namespace.
  const bool one_is_all =
      record.cgroups.empty() &&
      (!record.own_pid_namespace || signal == SIGKILL || !container::is_alive(record.process));
  if (!all || one_is_all) {
    return signal_one(record, signal);
  }
  if (record.cgroups.empty()) {
    return container::signal_without_cgroups(record, signal);
  }
  if (container::has_lost_place(record)) {
    return {};  // nothing of it is left
  }
  return signal == SIGKILL ? cgroup::kill_all(record.cgroups)
                           : cgroup::signal_all(record.cgroups, signal);
}

}  // namespace myrt
