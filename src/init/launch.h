// The runtime's half of the clone: starting the container process and speaking with it.
#pragma once

#include <sys/types.h>

#include <functional>

#include <myrt/result.h>

#include "init/channel.h"
#include "init/child.h"
#include "sys/process.h"
#include "sys/unique_fd.h"

namespace myrt::init {

/// The container process as the runtime holds it until the container is created. It is killed and
/// reaped when this is destroyed without `release`.
class Launched {
 public:
  Launched(pid_t pid, sys::UniqueFd pidfd, Channel channel)
      : pid_(pid), pidfd_(std::move(pidfd)), channel_(std::move(channel)) {}
  Launched(const Launched&) = delete;
  Launched& operator=(const Launched&) = delete;
  Launched(Launched&& other) noexcept;
  Launched& operator=(Launched&&) = delete;
  ~Launched();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int pidfd() const { return pidfd_.get(); }

  /// When the process is gone, the errors of all below say how it ended, unless it said why itself.
  /// ECHILD: SIGKILL ended it, the end that the kernel has for those that are out of memory.
  Result<void> send(Message::Kind kind);
  /// As Channel::wait_for.
  Result<Channel::Received> wait_for(Message::Kind kind);

  /// `look` is called when the process ends before `release`, as long as it is there: systemd
  /// removes the cgroups of a scope with its last process.
  void before_reaping(std::function<void()> look) { before_reaping_ = std::move(look); }

  /// The process that it has cloned beside itself, as the joiners do: it ends, and its end of the
  /// sync socket is the other's from now on.
  Result<Launched> successor();

  /// Waits until the process has executed its program, which closes the sync socket. Errors: what
  /// it says instead, or how it ended.
  Result<void> wait_executed();

  /// The container lives on by itself: the sync socket is closed. Gives the pidfd away.
  sys::UniqueFd release();

 private:
  /// Reaps the process, whose end of the socket is closed.
  Error gone(std::string_view before);

  pid_t pid_ = 0;
  sys::UniqueFd pidfd_;
  Channel channel_;
  std::function<void()> before_reaping_;
};

/// Clones the container process, through a joiner where the plan wants one. `inherited` is closed
/// in the runtime.
Result<Launched> launch(const ChildPlan& child, Inherited inherited);

/// Writes the id maps of the process's new user namespace, itself or by newuidmap(1) and
/// newgidmap(1), and says so to the process. Whoever is not privileged has waited for kVisible
/// before.
Result<void> write_id_maps(Launched& launched, const plan::NamespacePlan& namespaces);

}  // namespace myrt::init
