#include "init/launch.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>

#include <cerrno>
#include <tuple>

#include "base/text.h"
#include "init/id_map_helper.h"
#include "init/start_program.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "sys/socket.h"
#include "sys/spent_fds.h"

namespace myrt::init {

namespace {

void close_inherited(Inherited inherited) {
  sys::SpentFds spent;
  spent.add(std::move(inherited.sources.root));
  spent.add(std::move(inherited.sources.binds));
  spent.add(std::move(inherited.joins));
  spent.add(std::move(inherited.tasks));
  spent.add(std::move(inherited.cgroup));
  spent.add(std::move(inherited.exec_fifo));
  spent.add(std::move(inherited.procfs));
}

std::string ended(const sys::ExitStatus& status) {
  if (status.signal != 0) {
    return "killed by signal " + std::to_string(status.signal);
  }
  return "exited with status " + std::to_string(status.code);
}

/// Whether it is a child of ours that nobody has waited for.
bool is_child(pid_t pid) {
  siginfo_t info{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT | __WALL) == 0;
}

Result<void> write_maps(pid_t pid, const plan::NamespacePlan& namespaces) {
  const sys::UniqueFd process =
      MYRT_TRY(sys::open_at(AT_FDCWD, "/proc/" + std::to_string(pid), O_PATH | O_DIRECTORY));
  if (namespaces.uid_by_helper) {
    MYRT_TRY(write_map_by_helper(IdKind::kUid, pid, namespaces.uid_map));
  } else {
    MYRT_TRY(sys::write_value(process.get(), "uid_map", namespaces.uid_map));
  }
  if (namespaces.gid_by_helper) {
    // It denies setgroups(2) itself where the ids want that.
    return write_map_by_helper(IdKind::kGid, pid, namespaces.gid_map);
  }
  if (namespaces.deny_setgroups) {
    MYRT_TRY(sys::write_value(process.get(), "setgroups", "deny"));
  }
  return sys::write_value(process.get(), "gid_map", namespaces.gid_map);
}

}  // namespace

Launched::Launched(Launched&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      pidfd_(std::move(other.pidfd_)),
      channel_(std::move(other.channel_)),
      before_reaping_(std::move(other.before_reaping_)) {}

Launched::~Launched() {
  if (pid_ <= 0) {
    return;
  }
  // Nothing can be told from here, and a process that is gone already is what is wanted.
  std::ignore = sys::pidfd_send_signal(pidfd_.get(), SIGKILL);
  std::ignore = sys::wait_for(pid_);
}

Error Launched::gone(std::string_view before) {
  // A process closes its end of the socket before it leaves its cgroups (do_exit in the kernel).
  if (before_reaping_) {
    before_reaping_();
  }
  const Result<sys::ExitStatus> status = sys::wait_for(pid_);
  if (!status.has_value()) {
    return status.error();
  }
  pid_ = 0;
  return Error::sentence(
      status->signal == SIGKILL ? ECHILD : 0,
      base::concat({"the container process was gone before ", before, ": ", ended(*status)}));
}

Result<void> Launched::send(Message::Kind kind) {
  Result<void> sent = channel_.send(kind);
  if (sent.has_value() || sent.error().code() != EPIPE) {
    return sent;
  }
  // It may have said why before it ended.
  Result<Channel::Received> last = channel_.wait_for(kind);
  return std::unexpected(last.has_value() || last.error().code() == EPIPE
                             ? gone(base::quote(kind_name(kind)))
                             : last.error());
}

Result<Channel::Received> Launched::wait_for(Message::Kind kind) {
  Result<Channel::Received> received = channel_.wait_for(kind);
  if (received.has_value() || received.error().code() != EPIPE) {
    return received;
  }
  return std::unexpected(gone(base::quote(kind_name(kind))));
}

sys::UniqueFd Launched::release() {
  pid_ = 0;
  channel_.close();
  return std::move(pidfd_);
}

Result<Launched> Launched::successor() {
  const Channel::Received told = MYRT_TRY(wait_for(Message::Kind::kCloned));
  const auto pid = base::parse_integer<pid_t>(told.text, 1);
  if (!pid.has_value()) {
    return std::unexpected(Error::from_code(EPROTO, {"sync socket: pid \"", told.text, "\""}));
  }
  // The clone has the sync socket as well, and whoever may trace it in its pid namespace can write
  // there before the joiner does. A pid of theirs would be killed when something fails.
  if (*pid == pid_ || !is_child(*pid)) {
    return std::unexpected(
        Error::from_code(EPROTO, {"sync socket: pid ", told.text, " is not the joiner's clone"}));
  }
  sys::UniqueFd pidfd = MYRT_TRY(sys::pidfd_open(*pid));
  Launched other(*pid, std::move(pidfd), std::move(channel_));
  MYRT_TRY(sys::wait_for(std::exchange(pid_, 0)));
  return other;
}

Result<void> Launched::wait_executed() {
  // Whatever comes is an error; the end of file alone is none.
  const Result<Channel::Received> last = channel_.wait_for(Message::Kind::kFailed);
  if (!last.has_value() && last.error().code() != EPIPE) {
    return std::unexpected(last.error());
  }
  // Executed, or killed on the way? A process that died keeps its name until it is reaped, and
  // execve(2) would have changed ours.
  const std::optional<sys::ProcessStat> stat = decided([this]() -> std::optional<sys::ProcessStat> {
    Result<sys::ProcessStat> now = sys::process_stat(pid_);
    return now.has_value() ? std::optional(*std::move(now)) : std::nullopt;
  });
  if (stat.has_value() && stat->state == 'Z' && stat->comm == kWaitingName) {
    return std::unexpected(gone("its program was executed"));
  }
  return {};
}

Result<Launched> launch(const ChildPlan& child, Inherited inherited) {
  auto [ours, theirs] = MYRT_TRY(sys::seqpacket_pair());
  Channel channel(std::move(ours));
  inherited.channel = Channel(std::move(theirs));
  const bool through_joiner = child.plan->namespaces.through_joiner;
  const sys::CloneRequest request =
      through_joiner ? sys::CloneRequest{}
                     : sys::CloneRequest{.flags = child.plan->namespaces.clone_flags,
                                         .cgroup = inherited.cgroup.get()};
  sys::Cloned cloned =
      MYRT_TRY(in(through_joiner ? "clone the joiner" : "clone the container process",
                  sys::clone_process(request)));
  if (cloned.pid == 0) {
    // The other end of the channel is among what both close first.
    through_joiner ? joiner_main(child, std::move(inherited))
                   : child_main(child, std::move(inherited));
  }
  close_inherited(std::move(inherited));
  Launched launched(cloned.pid, std::move(cloned.pidfd), std::move(channel));
  if (!through_joiner) {
    return launched;
  }
  Launched process = MYRT_TRY(launched.successor());
  MYRT_TRY(process.send(Message::Kind::kAdopted));
  return process;
}

Result<void> write_id_maps(Launched& launched, const plan::NamespacePlan& namespaces) {
  MYRT_TRY(write_maps(launched.pid(), namespaces));
  return launched.send(Message::Kind::kIdMapsWritten);
}

}  // namespace myrt::init
