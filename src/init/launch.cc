#include "init/launch.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>

#include <cerrno>
#include <tuple>

#include "base/text.h"
#include "sys/file.h"
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
}

/// The joiner tells the pid of the process that it cloned beside itself.
Result<sys::Cloned> through_joiner(const ChildPlan& child, Inherited& inherited, Channel& channel) {
  const sys::Cloned joiner = MYRT_TRY(in("clone the joiner", sys::clone_process({})));
  if (joiner.pid == 0) {
    channel.close();
    joiner_main(child, std::move(inherited));
  }
  close_inherited(std::move(inherited));
  Result<Channel::Received> told = channel.wait_for(Message::Kind::kCloned);
  const sys::ExitStatus status = MYRT_TRY(sys::wait_for(joiner.pid));
  if (!told.has_value() && told.error().code() == EPIPE && status.signal != 0) {
    return std::unexpected(
        Error("the joiner was killed by signal " + std::to_string(status.signal)));
  }
  Channel::Received cloned = MYRT_TRY(std::move(told));
  const auto pid = base::parse_integer<pid_t>(cloned.text);
  if (!pid.has_value() || cloned.descriptors.size() != 1) {
    return std::unexpected(Error::from_code(EPROTO, {"sync socket: pid \"", cloned.text, "\""}));
  }
  return sys::Cloned{.pid = *pid, .pidfd = std::move(cloned.descriptors.front())};
}

Result<sys::Cloned> directly(const ChildPlan& child, Inherited& inherited) {
  sys::Cloned cloned = MYRT_TRY(in("clone the container process",
                                   sys::clone_process({.flags = child.plan->namespaces.clone_flags,
                                                       .cgroup = inherited.cgroup.get()})));
  if (cloned.pid == 0) {
    // The other end of the channel is among what the child closes first.
    child_main(child, std::move(inherited));
  }
  close_inherited(std::move(inherited));
  return cloned;
}

std::string ended(const sys::ExitStatus& status) {
  if (status.signal != 0) {
    return "killed by signal " + std::to_string(status.signal);
  }
  return "exited with status " + std::to_string(status.code);
}

}  // namespace

Launched::Launched(Launched&& other) noexcept
    : pid_(std::exchange(other.pid_, 0)),
      pidfd_(std::move(other.pidfd_)),
      channel_(std::move(other.channel_)) {}

Launched::~Launched() {
  if (pid_ <= 0) {
    return;
  }
  // Nothing can be told from here, and a process that is gone already is what is wanted.
  std::ignore = sys::pidfd_send_signal(pidfd_.get(), SIGKILL);
  std::ignore = sys::wait_for(pid_);
}

Error Launched::gone(Message::Kind kind) {
  const Result<sys::ExitStatus> status = sys::wait_for(pid_);
  if (!status.has_value()) {
    return status.error();
  }
  pid_ = 0;
  return Error("the container process was gone before \"" + std::string(kind_name(kind)) +
               "\": " + ended(*status));
}

Result<void> Launched::send(Message::Kind kind) {
  Result<void> sent = channel_.send(kind);
  if (sent.has_value() || sent.error().code() != EPIPE) {
    return sent;
  }
  // It may have said why before it ended.
  Result<Channel::Received> last = channel_.wait_for(kind);
  return std::unexpected(last.has_value() || last.error().code() == EPIPE ? gone(kind)
                                                                          : last.error());
}

Result<Channel::Received> Launched::wait_for(Message::Kind kind) {
  Result<Channel::Received> received = channel_.wait_for(kind);
  if (received.has_value() || received.error().code() != EPIPE) {
    return received;
  }
  return std::unexpected(gone(kind));
}

sys::UniqueFd Launched::release() {
  pid_ = 0;
  channel_.close();
  return std::move(pidfd_);
}

Result<Launched> launch(const ChildPlan& child, Inherited inherited) {
  auto [ours, theirs] = MYRT_TRY(sys::seqpacket_pair());
  Channel channel(std::move(ours));
  inherited.channel = Channel(std::move(theirs));
  sys::Cloned cloned =
      MYRT_TRY(child.plan->namespaces.through_joiner ? through_joiner(child, inherited, channel)
                                                     : directly(child, inherited));
  return Launched(cloned.pid, std::move(cloned.pidfd), std::move(channel));
}

Result<void> write_id_maps(Launched& launched, const plan::NamespacePlan& namespaces) {
  if (namespaces.uid_map.empty()) {
    return {};
  }
  const sys::UniqueFd process = MYRT_TRY(
      sys::open_at(AT_FDCWD, "/proc/" + std::to_string(launched.pid()), O_PATH | O_DIRECTORY));
  if (namespaces.deny_setgroups) {
    MYRT_TRY(sys::write_value(process.get(), "setgroups", "deny"));
  }
  MYRT_TRY(sys::write_value(process.get(), "uid_map", namespaces.uid_map));
  MYRT_TRY(sys::write_value(process.get(), "gid_map", namespaces.gid_map));
  return launched.send(Message::Kind::kIdMapsWritten);
}

}  // namespace myrt::init
