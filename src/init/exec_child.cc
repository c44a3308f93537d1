#include "init/exec_child.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <tuple>
#include <utility>

#include "init/apparmor.h"
#include "init/console.h"
#include "init/credentials.h"
#include "init/descriptors.h"
#include "init/namespaces.h"
#include "init/selinux.h"
#include "init/start_program.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/scheduling.h"
#include "sys/socket.h"

namespace myrt::init {

namespace {

std::vector<int> numbers(const Channel& runtime, const ExecDoors& doors) {
  std::vector<int> list = {runtime.fd(), doors.process.get(), doors.root.get()};
  for (const sys::UniqueFd& task : doors.tasks) {
    list.push_back(task.get());
  }
  return list;
}

/// What the clone inherits of the security modules. execve(2) takes the label of keys back.
Result<void> set_own_labels(const plan::ProcessPlan& process) {
  if (process.apparmor_profile.empty() && process.selinux_label.empty()) {
    return {};
  }
  const sys::UniqueFd procfs = MYRT_TRY(sys::open_at(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY));
  MYRT_TRY(set_apparmor_profile(procfs.get(), process.apparmor_profile));
  MYRT_TRY(set_key_label(procfs.get(), process.selinux_label));
  return set_exec_label(procfs.get(), process.selinux_label);
}

Result<void> join_cgroups(const std::vector<sys::UniqueFd>& tasks) {
  for (const sys::UniqueFd& task : tasks) {
    MYRT_TRY(in("join the container's cgroup", sys::write_all(task.get(), "0", "tasks")));
  }
  return {};
}

Result<void> set_cpus(const char* field, const NumberSet& cpus) {
  return cpus.empty() ? Result<void>{} : in(field, sys::sched_setaffinity(cpus));
}

/// Without a mount namespace of its own the container's root is not that of the namespace.
Result<void> change_root(int root) {
  if (root >= 0 && (::fchdir(root) != 0 || ::chroot(".") != 0)) {
    return std::unexpected(Error::from_errno({"chroot to the container's root"}));
  }
  return {};
}

Result<void> become_setup_user_inside(const plan::NamespacePlan& namespaces) {
  if (!namespaces.in_user_namespace) {
    return {};
  }
  MYRT_TRY(become_setup_user(namespaces));
  // Both are lost by a change of credentials (prctl(2)).
  MYRT_TRY(sys::set_dumpable(false));
  return sys::set_parent_death_signal(SIGKILL);
}

Result<sys::UniqueFd> make_console(const plan::ProcessPlan& process, Channel& runtime) {
  if (!process.terminal) {
    return sys::UniqueFd();
  }
  const sys::UniqueFd root =
      MYRT_TRY(sys::open_at(AT_FDCWD, "/", O_PATH | O_DIRECTORY));  // the container's by now
  Console console = MYRT_TRY(in("terminal", open_console(root.get(), process)));
  MYRT_TRY(runtime.send_with(Message::Kind::kConsole, console.name, console.master.get()));
  return std::move(console.slave);
}

Result<StartProgram> join(const ChildPlan& child, ExecDoors doors, Channel& runtime) {
  const plan::Plan& plan = *child.plan;
  doors.cgroup.reset();
  MYRT_TRY(close_all_except(3 + plan.preserve_fds, numbers(runtime, doors)));
  MYRT_TRY(sys::set_parent_death_signal(SIGKILL));
  // While this /proc is still the host's.
  MYRT_TRY(sys::forget_arguments());
  MYRT_TRY(set_own_labels(*plan.process));
  MYRT_TRY(set_oom_score(*plan.process));
  MYRT_TRY(join_cgroups(doors.tasks));
  doors.tasks.clear();
  MYRT_TRY(set_cpus("process.execCPUAffinity.final", plan.process->execution.final_cpus));
  if (plan.namespaces.in_user_namespace) {
    forget_groups();
  }
  if (doors.namespaces != 0) {
    MYRT_TRY(sys::setns(doors.process.get(), static_cast<int>(doors.namespaces),
                        "the namespaces of the container"));
  }
  doors.process.reset();
  MYRT_TRY(change_root(doors.root.get()));
  doors.root.reset();
  MYRT_TRY(become_setup_user_inside(plan.namespaces));
  if (plan.new_keyring) {
    MYRT_TRY(new_session_keyring());  // the setup user's, as in create
  }
  sys::UniqueFd terminal = MYRT_TRY(make_console(*plan.process, runtime));
  StartProgram program = MYRT_TRY(prepare_program(child, std::move(terminal)));
  MYRT_TRY(close_all_except(3 + plan.preserve_fds, {runtime.fd()}));
  MYRT_TRY(confine(child, runtime));
  return program;
}

Result<void> run_released(const ChildPlan& child, const StartProgram& program, Channel& runtime) {
  // First of all: what is said before the joiner has told of us would be taken for its words.
  MYRT_TRY(runtime.wait_for_plain(Message::Kind::kCommitted));
  MYRT_TRY(start_session());
  if (child.plan->process->terminal) {
    MYRT_TRY(in("terminal", control_console()));
  }
  return std::unexpected(execute_program(child, program));
}

[[noreturn]] void tell(Channel& runtime, const Result<void>& result) {
  if (!result.has_value()) {
    // When nobody listens any more, the runtime is gone, and so are we.
    std::ignore = runtime.send_failure(result.error());
  }
  sys::child_exit(result.has_value() ? 0 : 1);
}

/// Returns in the joiner alone.
Result<void> join_and_clone(const ChildPlan& child, ExecDoors doors, Channel& runtime) {
  const StartProgram program = MYRT_TRY(join(child, std::move(doors), runtime));
  const sys::Cloned cloned =
      MYRT_TRY(in("clone the process", sys::clone_process({.flags = CLONE_PARENT})));
  if (cloned.pid == 0) {
    tell(runtime, run_released(child, program, runtime));
  }
  return runtime.send(Message::Kind::kCloned, std::to_string(cloned.pid));
}

}  // namespace

Result<Launched> launch_exec(const ChildPlan& child, ExecDoors doors) {
  auto [ours, theirs] = MYRT_TRY(sys::seqpacket_pair());
  // Of the runtime, for the clone to inherit: on v2 that is born in the cgroup.
  const NumberSet& initial = child.plan->process->execution.initial_cpus;
  const NumberSet own = initial.empty() ? NumberSet{} : MYRT_TRY(sys::sched_getaffinity());
  MYRT_TRY(set_cpus("process.execCPUAffinity.initial", initial));
  Result<sys::Cloned> cloned = sys::clone_process({.cgroup = doors.cgroup.get()});
  if (cloned.has_value() && cloned->pid == 0) {
    // Our end of the socket pair is among what it closes first.
    Channel runtime(std::move(theirs));
    tell(runtime, join_and_clone(child, std::move(doors), runtime));
  }
  const Result<void> restored = set_cpus("the runtime's own CPUs", own);
  if (!cloned.has_value() && cloned.error().code() == EACCES) {
    // cgroups(7), "Cgroups delegation containment".
    cloned =
        in("enter the container's cgroup, which a user may only from one in the same tree of "
           "his",
           std::move(cloned));
  }
  sys::Cloned joiner = MYRT_TRY(in("clone the joiner", std::move(cloned)));
  Launched launched(joiner.pid, std::move(joiner.pidfd), Channel(std::move(ours)));
  MYRT_TRY(restored);
  return launched;
}

}  // namespace myrt::init
