// `create`, the runtime's half: the steps stand in one flat list, `create_container`. The container
// process's half is init/child.cc.
#include "container/create.h"

#include <fcntl.h>
#include <sched.h>
#include <unistd.h>

#include <cerrno>
#include <tuple>

#include <myrt/log.h>

#include "base/text.h"
#include "base/time.h"
#include "cgroup/manager.h"
#include "container/hand_over.h"
#include "container/inputs.h"
#include "container/joins.h"
#include "container/json_text.h"
#include "container/notify.h"
#include "container/out_of_memory.h"
#include "container/process_id.h"
#include "container/shared_mounts.h"
#include "container/systemd_scope.h"
#include "host/binfmt.h"
#include "init/exec_fifo.h"
#include "init/execution.h"
#include "init/hooks.h"
#include "init/launch.h"
#include "init/namespaces.h"
#include "sys/file.h"
#include "sys/proc.h"

namespace myrt::container {

namespace {

using Kind = init::Message::Kind;

/// Removes what `create` made, unless it came to its end.
class Undo {
 public:
  Undo(const Store& store, const Entry& entry, const Record& record, const Hooks& hooks)
      : store_(store), entry_(entry), record_(record), hooks_(hooks) {}
  Undo(const Undo&) = delete;
  Undo& operator=(const Undo&) = delete;

  /// The cgroups are the container's: what fails before may be that they are another's.
  void arm_cgroups() { cgroups_ = true; }
  /// As above, for the groups of resctrl.
  void arm_resctrl() { resctrl_ = true; }
  /// Hooks of the container have run: a failure from now on runs poststop (runtime.md "Lifecycle").
  void arm_poststop() { poststop_ = true; }
  void commit() { committed_ = true; }

  ~Undo() {
    if (committed_) {
      return;
    }
    // The first failure is what the user must hear of; these are told beside it.
    if (cgroups_) {
      warn(cgroup::remove(record_.cgroups));
    }
    if (record_.shared_mounts.has_value()) {
      warn(unmount_shared(*record_.shared_mounts));
    }
    if (resctrl_) {
      warn(remove_resctrl_groups(record_.resctrl));
    }
    if (poststop_) {
      for (std::size_t i = 0; i < hooks_.poststop.size(); ++i) {
        warn(init::run_hook(hooks_.poststop[i], i,
                            {.kind = "poststop",
                             .state = hook_state(record_).with("stopped", 0),
                             .directory = record_.bundle}));
      }
    }
    warn(remove_entry(store_, entry_));
  }

 private:
  static void warn(const Result<void>& result) {
    if (!result.has_value()) {
      log(LogLevel::kDebug, "undo: " + result.error().text());
    }
  }

  const Store& store_;
  const Entry& entry_;
  const Record& record_;
  const Hooks& hooks_;
  bool cgroups_ = false;
  bool resctrl_ = false;
  bool poststop_ = false;
  bool committed_ = false;
};

Record first_record(const Inputs& inputs, const ProcessId& creator) {
  const plan::Plan& plan = inputs.plan;
  return {.id = plan.id,
          .phase = Phase::kCreating,
          .creator = creator,
          .process = {},
          .bundle = plan.bundle,
          .rootfs = plan.rootfs.path,
          .created = base::now_rfc3339(9),
          .uid = ::getuid(),
          .has_process = plan.process.has_value(),
          .has_poststart = !plan.hooks.poststart.empty(),
          .has_poststop = !plan.hooks.poststop.empty(),
          .own_pid_namespace = (plan.namespaces.clone_flags & CLONE_NEWPID) != 0,
          .own_mount_namespace = plan.rootfs.new_mount_namespace,
          .new_keyring = plan.new_keyring,
          .cgroups = cgroup::directories(plan.cgroup),
          .resctrl = inputs.resctrl.has_value() ? made_directories(*inputs.resctrl)
                                                : std::vector<std::string>(),
          .annotations = inputs.spec.annotations};
}

Result<init::Inherited> open_inherited(const Inputs& inputs, const Entry& entry) {
  const plan::Plan& plan = inputs.plan;
  init::Inherited inherited;
  inherited.sources = MYRT_TRY(rootfs::open_sources(plan.rootfs));
  inherited.joins = MYRT_TRY(open_joins(inputs));
  if (!plan.cgroup.unit.has_value()) {
    inherited.tasks = MYRT_TRY(cgroup::open_tasks(plan.cgroup));
  }
  inherited.exec_fifo = MYRT_TRY(init::make_exec_fifo(entry.directory.get()));
  if (plan.namespaces.new_time) {
    inherited.procfs = MYRT_TRY(sys::open_at(AT_FDCWD, "/proc", O_PATH | O_DIRECTORY));
  }
  return inherited;
}

Result<void> write_oom_score(const plan::Plan& plan, pid_t pid) {
  if (!plan.process.has_value() || !plan.process->oom_score_adj.has_value()) {
    return {};
  }
  const std::string file = "/proc/" + std::to_string(pid) + "/oom_score_adj";
  return in("process.oomScoreAdj",
            sys::write_value(AT_FDCWD, file, std::to_string(*plan.process->oom_score_adj)));
}

/// What a process in a user namespace of its own may not do itself. In one that it joins it is out
/// of reach, and has done it before.
Result<void> set_up_user_namespace(const Inputs& inputs, init::Launched& launched) {
  const plan::Plan& plan = inputs.plan;
  if (plan.namespaces.uid_map.empty()) {
    return {};
  }
  if (!inputs.privileged) {
    MYRT_TRY(launched.wait_for(Kind::kVisible));
  }
  MYRT_TRY(write_oom_score(plan, launched.pid()));
  return init::write_id_maps(launched, plan.namespaces);
}

bool has_runtime_hooks(const Hooks& hooks) {
  return !hooks.prestart.empty() || !hooks.create_runtime.empty() ||
         !hooks.create_container.empty();
}

Result<void> run_runtime_hooks(const Hooks& hooks, const Record& record, init::Launched& launched) {
  if (hooks.prestart.empty() && hooks.create_runtime.empty()) {
    return {};
  }
  MYRT_TRY(launched.wait_for(Kind::kRunHooks));
  init::HookRun run{.kind = "prestart",
                    .state = hook_state(record).with("creating", record.process.pid),
                    .directory = record.bundle};
  MYRT_TRY(init::run_hooks(hooks.prestart, run));
  run.kind = "createRuntime";
  MYRT_TRY(init::run_hooks(hooks.create_runtime, run));
  return launched.send(Kind::kHooksDone);
}

Result<void> save_config(const Entry& entry, const std::string& text) {
  const sys::UniqueFd file = MYRT_TRY(sys::open_at(entry.directory.get(), kSavedConfig,
                                                   O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  return sys::write_all(file.get(), text, kSavedConfig);
}

/// What the runtime moves into the container, which waits for it.
struct Moving {
  sys::UniqueFd joined_network;  // not open: the container process has made its own
  MovedNetDevices devices;
};

Result<void> move_net_devices(const Inputs& inputs, Moving& moving, init::Launched& launched) {
  if (inputs.net_devices.empty()) {
    return {};
  }
  sys::UniqueFd network = std::move(moving.joined_network);
  if (!network.is_open()) {
    network = MYRT_TRY(
        sys::open_at(AT_FDCWD, "/proc/" + std::to_string(launched.pid()) + "/ns/net", O_RDONLY));
  }
  MYRT_TRY(moving.devices.move(inputs.net_devices, std::move(network)));
  return launched.send(Kind::kDevicesMoved);
}

Result<void> enter_resctrl_groups(const Inputs& inputs, pid_t pid) {
  return inputs.resctrl.has_value()
             ? in("resctrl", enter_resctrl(inputs.resctrl->mount_point, *inputs.plan.resctrl, pid))
             : Result<void>{};
}

/// The filter, and the connection to the agent that its listener is for.
struct Confinement {
  std::optional<seccomp::Filter> filter;
  sys::UniqueFd agent;
};

/// What a process needs of the runtime before it goes on by itself.
Result<void> equip(const Inputs& inputs, Moving& moving, init::Launched& launched) {
  MYRT_TRY(enter_resctrl_groups(inputs, launched.pid()));
  MYRT_TRY(set_up_user_namespace(inputs, launched));
  return move_net_devices(inputs, moving, launched);
}

/// From the first moment in which hooks can run to the one at which only `start` is missing.
Result<void> bring_up(Created& created, const Inputs& inputs, const Confinement& confinement,
                      const CreateOptions& options, init::Launched& launched) {
  const plan::Plan& plan = inputs.plan;
  created.record.process = MYRT_TRY(identify(launched.pid()));
  if (has_runtime_hooks(plan.hooks)) {
    // A hook may ask for the state, or hang and be deleted by force. Without one nobody needs the
    // pid before the end of the creation: until Committed the process dies with this one, and its
    // cgroups are on record.
    MYRT_TRY(write_record(created.entry.directory.get(), created.record));
  }
  MYRT_TRY(run_runtime_hooks(plan.hooks, created.record, launched));
  Terminal terminal = MYRT_TRY(receive_terminal(plan, launched));
  created.terminal = MYRT_TRY(give_terminal(std::move(terminal), options.console_socket));
  if (confinement.agent.is_open()) {
    MYRT_TRY(take_listener(seccomp_process_state(created.record, Status::kCreating, launched.pid(),
                                                 confinement.filter->listener_metadata),
                           confinement.agent.get(), launched));
  }
  MYRT_TRY(launched.wait_for(Kind::kReady));
  if (plan.process.has_value()) {
    MYRT_TRY(init::schedule(plan.process->execution, launched.pid()));
  }
  MYRT_TRY(send_pidfd(options.pidfd_socket, launched.pidfd()));
  created.record.phase = Phase::kCreated;
  MYRT_TRY(write_record(created.entry.directory.get(), created.record));
  MYRT_TRY(write_pid_file(created.pid_file, launched.pid()));
  Result<void> committed = launched.send(Kind::kCommitted);
  if (!committed.has_value() && created.pid_file.directory.is_open()) {
    // The process is gone: its pid must not be read.
    std::ignore = ::unlinkat(created.pid_file.directory.get(), created.pid_file.name.c_str(), 0);
  }
  return committed;
}

}  // namespace

Result<Created> create_container(const Store& store, std::string_view id,
                                 const CreateOptions& options) {
  MYRT_TRY(check_id(id));
  Inputs inputs = MYRT_TRY(read_inputs(store, id, options));
  PidFile pid_file = MYRT_TRY(open_pid_file(options.pid_file));
  const sys::UniqueFd root = MYRT_TRY(open_root(store, true));
  Confinement confinement{.filter = MYRT_TRY(make_filter(inputs.spec, root.get())), .agent = {}};
  confinement.agent = MYRT_TRY(connect_agent(confinement.filter));
  const pid_t own_pid = ::getpid();
  const sys::ProcessStat self = MYRT_TRY(sys::process_stat(own_pid));
  Created created{.entry = MYRT_TRY(make_entry(root.get(), id)),
                  .record = first_record(inputs, {.pid = own_pid, .start_time = self.start_time}),
                  .pid_file = std::move(pid_file),
                  .pidfd = {},
                  .terminal = {}};
  Undo undo(store, created.entry, created.record, inputs.plan.hooks);
  Scope scope(inputs.plan.cgroup, std::move(inputs.systemd));
  created.record.shared_mounts = MYRT_TRY(shared_mounts(inputs.plan));
  created.record.unit = MYRT_TRY(scope.record());
  MYRT_TRY(write_first_record(created.entry.directory.get(), created.record));
  MYRT_TRY(save_config(created.entry, inputs.config_text));
  if (inputs.plan.notify) {
    MYRT_TRY(make_notify_directory(created.entry.directory.get()));
  }
  sys::UniqueFd claimed;  // until the process is in its cgroups
  if (!inputs.plan.cgroup.unit.has_value()) {
    claimed = MYRT_TRY(in("cgroup", cgroup::create(inputs.plan.cgroup)));
    undo.arm_cgroups();
  }
  if (inputs.resctrl.has_value()) {
    MYRT_TRY(in("resctrl", make_resctrl_groups(*inputs.resctrl)));
    undo.arm_resctrl();
  }
  init::Inherited inherited = MYRT_TRY(open_inherited(inputs, created.entry));
  // Before the process: its end comes first, and the devices are back before what follows.
  Moving moving{.joined_network = MYRT_TRY(joined_network(inputs.plan.namespaces, inherited.joins)),
                .devices = {}};
  if (cgroup::starts_inside(inputs.plan.cgroup)) {
    inherited.cgroup = std::move(claimed);
  }
  const init::ChildPlan child{
      .plan = &inputs.plan,
      .filter = confinement.filter.has_value() ? &*confinement.filter : nullptr,
      .hook_state = hook_state(created.record),
      .ignored_signals = self.ignored_signals,
      .foreign_formats = host::foreign_formats(),
      .privileged = inputs.privileged};
  init::Launched launched =
      MYRT_TRY(with_out_of_memory(init::launch(child, std::move(inherited)), created.record));
  created.record.unit = MYRT_TRY(scope.start(launched));
  undo.arm_cgroups();
  undo.arm_poststop();
  std::optional<std::string> told;
  launched.before_reaping([&] { told = told_of_memory(created.record); });
  MYRT_TRY(with_out_of_memory(equip(inputs, moving, launched), told));
  MYRT_TRY(with_out_of_memory(bring_up(created, inputs, confinement, options, launched), told));
  created.pidfd = launched.release();
  moving.devices.commit();
  scope.commit();
  undo.commit();
  return created;
}

}  // namespace myrt::container

namespace myrt {

Result<void> create(const Store& store, std::string_view id, const CreateOptions& options) {
  MYRT_TRY(container::create_container(store, id, options));
  return {};
}

}  // namespace myrt
