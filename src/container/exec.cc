// `exec`, the runtime's half: the steps stand in one flat list, `bring_up`. The other half is
// init/exec_child.cc.
#include <fcntl.h>

#include <cerrno>

#include <myrt/exec.h>
#include <myrt/log.h>

#include "base/text.h"
#include "cgroup/manager.h"
#include "config/process_file.h"
#include "container/exec_process.h"
#include "container/foreground.h"
#include "container/hand_over.h"
#include "container/inputs.h"
#include "container/json_text.h"
#include "container/lifecycle.h"
#include "container/out_of_memory.h"
#include "container/process_id.h"
#include "container/resctrl.h"
#include "host/binfmt.h"
#include "host/probe.h"
#include "init/exec_child.h"
#include "init/execution.h"
#include "init/namespaces.h"
#include "sys/file.h"
#include "sys/proc.h"
#include "sys/process.h"

namespace myrt {

namespace container {

namespace {

using Kind = init::Message::Kind;

Result<void> check_status(Status status, bool ignore_paused) {
  if (status == Status::kStopped) {
    return std::unexpected(Error::sentence(ESRCH, "cannot exec in a stopped container"));
  }
  if (status == Status::kPaused && !ignore_paused) {
    return std::unexpected(
        Error("cannot exec in a paused container (use --ignore-paused to override)"));
  }
  return {};
}

/// A terminal needs somebody at the other end.
Result<void> check_terminal(const Process& process, const ExecOptions& options) {
  if (!process.terminal && !options.console_socket.empty()) {
    return std::unexpected(Error("--console-socket: the process asks for no terminal"));
  }
  if (process.terminal && options.detach && options.console_socket.empty()) {
    return std::unexpected(
        Error("a terminal needs --console-socket, or an exec in the foreground"));
  }
  return {};
}

Result<Process> asked_process(const Spec& spec, const ExecOptions& options) {
  const Process container = spec.process.value_or(Process{.cwd = "/"});
  if (options.process_file.empty()) {
    Process process = MYRT_TRY(changed_process(container, options.changes));
    process.terminal = options.terminal;
    return process;
  }
  if (options.changes != ExecChanges{}) {
    return std::unexpected(
        Error("--process: want neither a program beside it nor options that change the process"));
  }
  const std::string text =
      MYRT_TRY(in("--process", sys::read_file(AT_FDCWD, options.process_file, kMaxConfigBytes)));
  config::ProcessFile file = MYRT_TRY(config::parse_process_file(text, options.process_file));
  for (const std::string& warning : file.warnings) {
    log(LogLevel::kWarning, warning);
  }
  file.process.terminal = file.process.terminal || options.terminal;
  return completed_process(container, std::move(file));
}

/// Everything about the process and its container, before anything is done.
struct ExecInputs {
  Record record;
  Status status = Status::kRunning;
  plan::Plan plan;
  std::optional<seccomp::Filter> filter;
  std::uint64_t namespaces = 0;
  std::string resctrl_mount_point;  // with plan.resctrl
};

Result<ExecInputs> read_exec_inputs(const Store& store, const Entry& entry,
                                    const ExecOptions& options) {
  ExecInputs inputs;
  inputs.record = MYRT_TRY(in("container " + entry.id, read_record(entry.directory.get())));
  MYRT_TRY(refuse_creating(inputs.record, "exec in"));
  inputs.status = status_of(inputs.record, entry.directory.get());
  MYRT_TRY(check_status(inputs.status, options.ignore_paused));
  const Spec spec = MYRT_TRY(saved_spec(entry));
  plan::ExecRequest request{.id = entry.id,
                            .process = MYRT_TRY(asked_process(spec, options)),
                            .new_keyring = inputs.record.new_keyring,
                            .listen_fds = options.listen_fds,
                            .listen_names = options.listen_names,
                            .preserve_fds = options.preserve_fds};
  MYRT_TRY(check_terminal(request.process, options));
  const host::HostFacts host = MYRT_TRY(host::probe());
  inputs.plan = MYRT_TRY(plan::make_exec_plan(spec, request, host));
  MYRT_TRY(settle_apparmor(*inputs.plan.process));
  MYRT_TRY(require_selinux(inputs.plan));
  for (const std::string& warning : inputs.plan.warnings) {
    log(LogLevel::kWarning, warning);
  }
  inputs.namespaces = plan::exec_namespaces(spec.linux, host);
  inputs.plan.resctrl = MYRT_TRY(plan::resctrl_plan(spec.linux.intel_rdt, entry.id));
  if (inputs.plan.resctrl.has_value()) {
    inputs.resctrl_mount_point = MYRT_TRY(resctrl_mount_point());
  }
  const sys::UniqueFd root = MYRT_TRY(open_root(store, false));
  inputs.filter = MYRT_TRY(make_filter(spec, root.get()));
  return inputs;
}

/// Without those that the caller is in already: setns(2) refuses that for the user namespace, and
/// for the others it wants rights over their owner, which a caller in a user namespace need not
/// have.
Result<std::uint64_t> without_own(std::uint64_t namespaces, pid_t pid) {
  for (int number = 0; number < kNamespaceKinds; ++number) {
    const auto kind = static_cast<NamespaceKind>(number);
    const auto flag = static_cast<std::uint64_t>(init::clone_flag(kind));
    if ((namespaces & flag) == 0) {
      continue;
    }
    const std::string file =
        base::concat({"/proc/", std::to_string(pid), "/ns/", init::proc_name(kind)});
    const bool own = MYRT_TRY(init::is_own_namespace(AT_FDCWD, file, kind));
    if (own) {
      namespaces &= ~flag;
    }
  }
  return namespaces;
}

Result<init::ExecDoors> open_doors(const ExecInputs& inputs, const ExecOptions& options) {
  const pid_t pid = inputs.record.process.pid;
  init::ExecDoors doors;
  doors.process = MYRT_TRY(open_process(inputs.record.process));
  Result<std::uint64_t> namespaces = without_own(inputs.namespaces, pid);
  if (!namespaces.has_value() && namespaces.error().code() == EACCES &&
      inputs.status == Status::kCreated) {
    // Until it executes the program, the container process is a clone of a runtime of the host,
    // and only the host's root may look into that (ptrace(2), "access mode checking").
    return std::unexpected(
        Error("cannot exec in a container that was not started, as a user "
              "without privileges"));
  }
  doors.namespaces = MYRT_TRY(std::move(namespaces));
  if (!inputs.record.own_mount_namespace) {
    doors.root = MYRT_TRY(
        sys::open_at(AT_FDCWD, "/proc/" + std::to_string(pid) + "/root", O_PATH | O_DIRECTORY));
  }
  std::vector<cgroup::SubCgroup> below;
  below.reserve(options.cgroups.size());
  for (const std::string& text : options.cgroups) {
    below.push_back(MYRT_TRY(cgroup::parse_sub_cgroup(text)));
  }
  cgroup::Entrance entrance = MYRT_TRY(cgroup::open_entrance(inputs.record.cgroups, below));
  doors.tasks = std::move(entrance.tasks);
  doors.cgroup = std::move(entrance.directory);
  return doors;
}

Result<init::Launched> launch_joiner(const ExecInputs& inputs, const init::ChildPlan& child,
                                     const ExecOptions& options) {
  init::ExecDoors doors = MYRT_TRY(open_doors(inputs, options));
  const bool in_own_cgroup = doors.cgroup.is_open() && options.cgroups.empty();
  Result<init::Launched> joiner = init::launch_exec(child, std::move(doors));
  if (joiner.has_value() || joiner.error().code() != EBUSY || !in_own_cgroup) {
    return joiner;
  }
  doors = MYRT_TRY(open_doors(inputs, options));
  cgroup::Entrance entrance =
      MYRT_TRY(cgroup::open_entrance_of(inputs.record.cgroups, inputs.record.process.pid));
  doors.cgroup = std::move(entrance.directory);
  return init::launch_exec(child, std::move(doors));
}

/// A process on its way: nothing of it has run yet that is the container's.
struct Ready {
  init::Launched process;
  sys::UniqueFd terminal;
  PidFile pid_file;
};

Result<Ready> bring_up(const ExecInputs& inputs, const ExecOptions& options) {
  PidFile pid_file = MYRT_TRY(open_pid_file(options.pid_file));
  const sys::UniqueFd agent = MYRT_TRY(connect_agent(inputs.filter));
  const sys::ProcessStat self = MYRT_TRY(sys::process_stat(::getpid()));
  const init::ChildPlan child{.plan = &inputs.plan,
                              .filter = inputs.filter.has_value() ? &*inputs.filter : nullptr,
                              .hook_state = {},
                              .ignored_signals = self.ignored_signals,
                              .filter_first = true,
                              .foreign_formats = host::foreign_formats()};
  init::Launched joiner = MYRT_TRY(launch_joiner(inputs, child, options));
  Terminal terminal = MYRT_TRY(receive_terminal(inputs.plan, joiner));
  if (agent.is_open()) {
    MYRT_TRY(take_listener(seccomp_process_state(inputs.record, inputs.status, joiner.pid(),
                                                 inputs.filter->listener_metadata),
                           agent.get(), joiner));
  }
  init::Launched process = MYRT_TRY(joiner.successor());
  MYRT_TRY(init::schedule(inputs.plan.process->execution, process.pid()));
  // What can fail for the caller's sake comes after the clone is known: it would be left behind,
  // and the container's first process cannot end before it is reaped (pid_namespaces(7)).
  sys::UniqueFd master = MYRT_TRY(give_terminal(std::move(terminal), options.console_socket));
  if (inputs.plan.resctrl.has_value()) {
    MYRT_TRY(in("resctrl",
                enter_resctrl(inputs.resctrl_mount_point, *inputs.plan.resctrl, process.pid())));
  }
  MYRT_TRY(send_pidfd(options.pidfd_socket, process.pidfd()));
  return Ready{.process = std::move(process),
               .terminal = std::move(master),
               .pid_file = std::move(pid_file)};
}

Result<void> release(Ready& ready) {
  MYRT_TRY(ready.process.send(Kind::kCommitted));
  MYRT_TRY(ready.process.wait_executed());
  // Not before: for an engine this file says that the program runs.
  return write_pid_file(ready.pid_file, ready.process.pid());
}

Result<int> run_in_foreground(Ready& ready) {
  Foreground foreground = MYRT_TRY(Foreground::begin(std::move(ready.terminal)));
  MYRT_TRY(release(ready));
  const pid_t pid = ready.process.pid();
  const sys::UniqueFd pidfd = ready.process.release();
  const sys::ExitStatus status = MYRT_TRY(foreground.wait(pid, pidfd.get()));
  return status.shell_code();
}

}  // namespace

}  // namespace container

Result<int> exec(const Store& store, std::string_view id, const ExecOptions& options) {
  const container::Entry entry = MYRT_TRY(container::open_entry(store, id));
  const container::ExecInputs inputs = MYRT_TRY(container::read_exec_inputs(store, entry, options));
  Result<container::Ready> ready = container::bring_up(inputs, options);
  if (!ready.has_value()) {
    // The container may have ended meanwhile, which says more than what failed because of that.
    MYRT_TRY(container::check_status(container::status_of(inputs.record, entry.directory.get()),
                                     options.ignore_paused));
    return std::unexpected(container::with_out_of_memory(std::move(ready), inputs.record).error());
  }
  if (!options.detach) {
    return container::with_out_of_memory(container::run_in_foreground(*ready), inputs.record);
  }
  MYRT_TRY(container::with_out_of_memory(container::release(*ready), inputs.record));
  ready->process.release();
  return 0;
}

}  // namespace myrt
