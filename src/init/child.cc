// The order of the steps is the behaviour: they stand in three flat lists, `build` (the machine),
// `prepare_program` (who runs what) and `run_program` (from Ready to execve).
#include "init/child.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <tuple>
#include <utility>

#include "cgroup/manager.h"
#include "init/apparmor.h"
#include "init/console.h"
#include "init/credentials.h"
#include "init/descriptors.h"
#include "init/exec_fifo.h"
#include "init/hooks.h"
#include "init/namespaces.h"
#include "init/program.h"
#include "init/selinux.h"
#include "init/start_program.h"
#include "init/sysctl.h"
#include "sys/process.h"
#include "sys/resolve.h"
#include "sys/spent_fds.h"

namespace myrt::init {

namespace {

std::vector<int> numbers(const Inherited& own) {
  std::vector<int> list = {own.channel.fd(), own.exec_fifo.get(), own.cgroup.get(),
                           own.procfs.get(), own.sources.root.get()};
  for (const auto* group : {&own.sources.binds, &own.joins, &own.tasks}) {
    for (const sys::UniqueFd& fd : *group) {
      list.push_back(fd.get());
    }
  }
  return list;
}

/// Before anything is joined. In a user namespace of its own a process has no right to it: there
/// the runtime writes it.
Result<void> set_own_oom_score(const plan::Plan& plan) {
  return plan.process.has_value() && plan.namespaces.uid_map.empty() ? set_oom_score(*plan.process)
                                                                     : Result<void>{};
}

/// A new user namespace is ours once its maps are written.
Result<void> enter_own_namespaces(const ChildPlan& child, Inherited& own) {
  const plan::NamespacePlan& namespaces = child.plan->namespaces;
  if (!namespaces.uid_map.empty()) {
    if (!child.privileged) {
      // The files in /proc of a process that is not dumpable belong to the host's root. Never in
      // namespaces of another container: it could look into this process, which still has the
      // host's root (CVE-2016-9962).
      MYRT_TRY(sys::set_dumpable(true));
      MYRT_TRY(own.channel.send(Message::Kind::kVisible));
    }
    MYRT_TRY(own.channel.wait_for(Message::Kind::kIdMapsWritten));
  }
  if (namespaces.new_time) {
    // It belongs to the user namespace in which it is made.
    MYRT_TRY(enter_time_namespace(namespaces, own.procfs.get()));
    own.procfs.reset();
  }
  // With the caller's ids and groups: the container's root may not be allowed to search where the
  // caller keeps its files.
  MYRT_TRY(rootfs::complete_sources(child.plan->rootfs, namespaces, own.sources));
  if (namespaces.in_user_namespace) {
    MYRT_TRY(become_setup_user(namespaces));
    // A change of credentials sets it to what fs.suid_dumpable says.
    MYRT_TRY(sys::set_dumpable(false));
    // A change of credentials clears it (prctl(2)).
    MYRT_TRY(sys::set_parent_death_signal(SIGKILL));
  }
  return {};
}

Result<void> run_creation_hooks(const ChildPlan& child, Channel& runtime, mode_t callers_umask) {
  const Hooks& hooks = child.plan->hooks;
  if (!hooks.prestart.empty() || !hooks.create_runtime.empty()) {
    MYRT_TRY(runtime.send(Message::Kind::kRunHooks));
    MYRT_TRY(runtime.wait_for(Message::Kind::kHooksDone));
  }
  if (hooks.create_container.empty()) {
    return {};
  }
  ::umask(callers_umask);  // a hook's files are the host's
  MYRT_TRY(
      run_hooks(hooks.create_container, {.kind = "createContainer",
                                         .state = child.hook_state.with("creating", ::getpid()),
                                         .directory = child.plan->rootfs.path}));
  ::umask(0);
  return {};
}

/// The terminal is taken from the container's devpts and its master handed to the runtime.
Result<sys::UniqueFd> make_console(const plan::Plan& plan, int root, Channel& runtime) {
  if (!plan.process.has_value() || !plan.process->terminal) {
    return sys::UniqueFd();
  }
  Console console = MYRT_TRY(in("terminal", open_console(root, *plan.process)));
  MYRT_TRY(in("terminal", in("/dev/console", bind_to_console(root, console.slave.get()))));
  MYRT_TRY(runtime.send_with(Message::Kind::kConsole, console.name, console.master.get()));
  return std::move(console.slave);
}

/// While the root can still be written to: `readonly` is for the container. What fails here is
/// tried again, and told, when the working directory is entered.
void make_working_directory(const plan::Plan& plan, int root) {
  if (plan.rootfs.read_only && plan.process.has_value() && plan.process->make_cwd) {
    std::ignore = sys::make_directories_in_root(root, plan.process->cwd, 0755);
  }
}

/// From the clone to the pivoted root. Returns the terminal's slave, if there is a terminal.
Result<sys::UniqueFd> build(const ChildPlan& child, Inherited& own) {
  const plan::Plan& plan = *child.plan;
  MYRT_TRY(close_all_except(3 + plan.preserve_fds, numbers(own)));
  MYRT_TRY(sys::set_parent_death_signal(SIGKILL));
  if (plan.namespaces.through_joiner) {
    // The socket is shared with the joiner, which may be slower to tell of its clone.
    MYRT_TRY(own.channel.wait_for(Message::Kind::kAdopted));
  }
  MYRT_TRY(start_session());
  // First of all: nothing of the container may run, or use memory, outside its cgroups.
  MYRT_TRY(cgroup::join(own.tasks, plan.cgroup));
  if (plan.cgroup.unit.has_value()) {
    MYRT_TRY(own.channel.wait_for(Message::Kind::kInCgroups));
  }
  {
    sys::SpentFds spent;
    spent.add(std::exchange(own.tasks, {}));
    spent.add(std::move(own.cgroup));
  }
  if (!plan.namespaces.through_joiner) {
    MYRT_TRY(set_own_oom_score(plan));
    MYRT_TRY(join_namespaces(plan.namespaces, std::move(own.joins)));
  }
  MYRT_TRY(enter_own_namespaces(child, own));
  if (plan.namespaces.unshare_flags != 0) {
    MYRT_TRY(sys::unshare(static_cast<int>(plan.namespaces.unshare_flags), "later namespaces"));
  }
  if (!plan.namespaces.net_devices.empty()) {
    // Hooks may look for them, and sysctl can set what belongs to one.
    MYRT_TRY(own.channel.wait_for(Message::Kind::kDevicesMoved));
  }
  MYRT_TRY(furnish_namespaces(plan.namespaces));
  // While the host's procfs can still be seen: without one in sight a user namespace gets none
  // (mount_too_revealing).
  sys::UniqueFd procfs;
  const std::string profile = plan.process.has_value() ? plan.process->apparmor_profile : "";
  const std::string label = plan.process.has_value() ? plan.process->selinux_label : "";
  if (!plan.sysctl.empty() || !profile.empty() || !label.empty()) {
    procfs = MYRT_TRY(in("procfs of our own", rootfs::own_procfs()));
  }
  if (plan.new_keyring) {
    MYRT_TRY(set_key_label(procfs.get(), label));
    MYRT_TRY(new_session_keyring());
  }
  const mode_t callers_umask = ::umask(0);
  rootfs::Root root =
      MYRT_TRY(rootfs::prepare(plan.rootfs, plan.namespaces, std::move(own.sources)));
  MYRT_TRY(run_creation_hooks(child, own.channel, callers_umask));
  sys::UniqueFd terminal = MYRT_TRY(make_console(plan, root.fd.get(), own.channel));
  MYRT_TRY(write_sysctls(procfs.get(), plan.sysctl));
  // After the createContainer hooks, which are none of the container's programs.
  MYRT_TRY(set_apparmor_profile(procfs.get(), profile));
  MYRT_TRY(set_exec_label(procfs.get(), label));
  procfs.reset();
  make_working_directory(plan, root.fd.get());
  MYRT_TRY(rootfs::finish(plan.rootfs, root));
  MYRT_TRY(rootfs::enter(plan.rootfs, std::move(root)));
  return terminal;
}

/// Ready is the last message of the set-up: what fails later is told through the fifo.
Result<void> hand_over(Channel& runtime) {
  MYRT_TRY(runtime.send(Message::Kind::kReady));
  return runtime.wait_for_plain(Message::Kind::kCommitted);
}

Result<StartProgram> create_container(const ChildPlan& child, Inherited& own) {
  sys::UniqueFd terminal = MYRT_TRY(build(child, own));
  const bool has_terminal = terminal.is_open();
  StartProgram program = MYRT_TRY(prepare_program(child, std::move(terminal)));
  if (has_terminal) {
    MYRT_TRY(in("terminal", control_console()));
  }
  MYRT_TRY(close_all_except(3 + child.plan->preserve_fds, {own.channel.fd(), own.exec_fifo.get()}));
  MYRT_TRY(confine(child, own.channel));
  MYRT_TRY(hand_over(own.channel));
  return program;
}

Result<void> join_and_clone(const ChildPlan& child, Inherited& own) {
  const plan::NamespacePlan& namespaces = child.plan->namespaces;
  MYRT_TRY(close_all_except(3 + child.plan->preserve_fds, numbers(own)));
  MYRT_TRY(sys::set_parent_death_signal(SIGKILL));
  MYRT_TRY(set_own_oom_score(*child.plan));
  if (namespaces.in_user_namespace) {
    forget_groups();
  }
  MYRT_TRY(join_namespaces(namespaces, std::move(own.joins)));
  const sys::CloneRequest request = {.flags = namespaces.clone_flags | CLONE_PARENT,
                                     .cgroup = own.cgroup.get()};
  const sys::Cloned cloned =
      MYRT_TRY(in("clone the container process", sys::clone_process(request)));
  if (cloned.pid == 0) {
    child_main(child, std::move(own));
  }
  return own.channel.send(Message::Kind::kCloned, std::to_string(cloned.pid));
}

}  // namespace

void child_main(const ChildPlan& child, Inherited inherited) {
  const Result<StartProgram> program = create_container(child, inherited);
  if (!program.has_value()) {
    // Without a listener on the other side there is nobody to tell: the runtime is gone, and so are
    // we.
    std::ignore = inherited.channel.send_failure(program.error());
    sys::child_exit(1);
  }
  inherited.channel.close();
  run_program(child, *program, inherited.exec_fifo.get());
}

void joiner_main(const ChildPlan& child, Inherited inherited) {
  const Result<void> done = join_and_clone(child, inherited);
  if (!done.has_value()) {
    // As in child_main.
    std::ignore = inherited.channel.send_failure(done.error());
    sys::child_exit(1);
  }
  sys::child_exit(0);
}

}  // namespace myrt::init
