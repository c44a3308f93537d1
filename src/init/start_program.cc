#include "init/start_program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <ctime>
#include <functional>
#include <optional>
#include <tuple>

#include "base/text.h"
#include "init/console.h"
#include "init/credentials.h"
#include "init/exec_fifo.h"
#include "init/execution.h"
#include "init/hooks.h"
#include "init/program.h"
#include "seccomp/load.h"
#include "sys/c_strings.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/resolve.h"
#include "sys/unique_fd.h"

namespace myrt::init {

namespace {

bool is_denied(const Error& error) { return error.code() == EACCES || error.code() == EPERM; }

/// From the root, which is the working directory so far: that spares a descriptor of it.
Result<void> change_directory(const plan::ProcessPlan& process) {
  const sys::UniqueFd directory =
      MYRT_TRY(process.make_cwd ? sys::make_directories_in_root(AT_FDCWD, process.cwd, 0755)
                                : sys::open_in_root(AT_FDCWD, process.cwd, O_PATH | O_DIRECTORY));
  if (::fchdir(directory.get()) != 0) {
    return std::unexpected(Error::from_errno({"chdir ", process.cwd}));
  }
  return {};
}

/// A working directory outside the root would be a way to the host: the kernel then says
/// "(unreachable)" (CVE-2024-21626). glibc's getcwd hides that, hence the raw call.
Result<void> check_directory(const std::string& path) {
  std::array<char, PATH_MAX> buffer{};
  const long length = ::syscall(SYS_getcwd, buffer.data(), buffer.size());
  if (length < 0) {
    return std::unexpected(Error::from_errno({"process.cwd ", path}));
  }
  if (buffer.front() != '/') {
    return std::unexpected(Error("process.cwd " + path + " is outside the container's root"));
  }
  return {};
}

/// Root may be refused where the container's user is not (NFS, FUSE). False: to be tried again as
/// that user.
Result<bool> enter_directory(const plan::ProcessPlan& process) {
  Result<void> changed = in("process.cwd", change_directory(process));
  if (!changed.has_value() && is_denied(changed.error())) {
    return false;
  }
  MYRT_TRY(std::move(changed));
  MYRT_TRY(check_directory(process.cwd));
  return true;
}

/// Of two entries with one name most programs take the first.
void set_variable(std::vector<std::string>& list, const std::string& name,
                  const std::string& value) {
  std::erase_if(list, [&name](const std::string& entry) { return entry.starts_with(name + "="); });
  list.push_back(name + "=" + value);
}

std::vector<std::string> environment(const plan::Plan& plan, int root) {
  std::vector<std::string> list = plan.process->env;
  if (plan.process->home_missing) {
    list.push_back("HOME=" + home_directory(root, plan.process->uid));
  }
  if (plan.listen_fds > 0) {
    set_variable(list, "LISTEN_FDS", std::to_string(plan.listen_fds));
    if (!plan.listen_names.empty()) {
      set_variable(list, "LISTEN_FDNAMES", plan.listen_names);
    }
  }
  return list;
}

/// An ignored signal and the signal mask survive execve(2); a handler does not.
Result<void> reset_signals(std::uint64_t ignored) {
  for (int number = 1; number <= 64; ++number) {
    if (((ignored >> static_cast<unsigned>(number - 1)) & 1U) != 0) {
      ::signal(number, SIG_DFL);
    }
  }
  sigset_t none;
  ::sigemptyset(&none);
  if (::sigprocmask(SIG_SETMASK, &none, nullptr) != 0) {
    return std::unexpected(Error::from_errno({"reset the signal mask"}));
  }
  return {};
}

Result<void> set_waiting_name() {
  if (::prctl(PR_SET_NAME, kWaitingName) != 0) {
    return std::unexpected(Error::from_errno({"set the process's name"}));
  }
  return {};
}

bool filter_waits(const ChildPlan& child) {
  return child.plan->process->no_new_privileges && !child.filter->notify && !child.filter_first;
}

Result<void> load_filter(const ChildPlan& child, Channel& runtime) {
  if (!child.filter->notify) {
    return in("seccomp", seccomp::load(*child.filter));
  }
  // Closed when it has been taken: with it the container would answer its own notifications.
  const sys::UniqueFd listener(MYRT_TRY(in("seccomp", seccomp::load_with_listener(*child.filter))));
  MYRT_TRY(runtime.send(Message::Kind::kFiltered, std::to_string(listener.get())));
  return runtime.wait_for_plain(Message::Kind::kListenerTaken);
}

Result<void> run_start_hooks(const ChildPlan& child) {
  const std::vector<Hook>& hooks = child.plan->hooks.start_container;
  if (hooks.empty()) {
    return {};
  }
  return run_hooks(hooks, {.kind = "startContainer",
                           .state = child.hook_state.with("created", ::getpid()),
                           .directory = "/",
                           .default_environment = &child.plan->process->env});
}

}  // namespace

Result<StartProgram> prepare_program(const ChildPlan& child, sys::UniqueFd terminal) {
  StartProgram program;
  if (!child.plan->process.has_value()) {
    return program;
  }
  const plan::ProcessPlan& process = *child.plan->process;
  if (terminal.is_open()) {
    MYRT_TRY(in("terminal", use_console(terminal.get())));
    terminal.reset();
  }
  MYRT_TRY(own_stdio(process));
  program.environment = environment(*child.plan, AT_FDCWD);
  const bool entered = MYRT_TRY(enter_directory(process));
  if (!entered) {
    // As the container's user, whose rights find_program_as takes on as well; the ids are for good
    // later.
    const auto change = [&]() -> Result<void> {
      MYRT_TRY(in("process.cwd", change_directory(process)));
      return check_directory(process.cwd);
    };
    MYRT_TRY(as_process_user(process, child.plan->namespaces, change));
  }
  program.path = MYRT_TRY(find_program_as(process, child.plan->namespaces));
  MYRT_TRY(diagnose_program(program.path, child.foreign_formats));
  return program;
}

std::optional<sys::ProcessStat> decided(
    const std::function<std::optional<sys::ProcessStat>()>& look) {
  constexpr int kAttempts = 2000;
  constexpr struct ::timespec kPause = {.tv_sec = 0, .tv_nsec = 100'000};
  std::optional<sys::ProcessStat> stat = look();
  for (int left = kAttempts; left > 0 && stat.has_value() && stat->comm == kWaitingName &&
                             stat->state != 'Z' && stat->state != 'X';
       --left) {
    ::nanosleep(&kPause, nullptr);
    stat = look();
  }
  return stat;
}

Result<void> confine(const ChildPlan& child, Channel& runtime) {
  MYRT_TRY(reset_signals(child.ignored_signals));
  MYRT_TRY(set_waiting_name());
  // Before the filter, which may forbid prctl(2). From here on the end of the sync socket tells of
  // the runtime's death.
  MYRT_TRY(sys::set_parent_death_signal(0));
  if (!child.plan->process.has_value()) {
    return {};
  }
  const plan::ProcessPlan& process = *child.plan->process;
  ::umask(static_cast<mode_t>(process.umask));
  // Before the limits, which may take the right to a priority away (RLIMIT_NICE, RLIMIT_RTPRIO).
  MYRT_TRY(set_own_execution(process.execution));
  MYRT_TRY(set_rlimits(process));
  if (process.no_new_privileges) {
    MYRT_TRY(sys::set_no_new_privileges());
  }
  const bool filter_now = child.filter != nullptr && !filter_waits(child);
  if (filter_now && !process.no_new_privileges) {
    MYRT_TRY(load_filter(child, runtime));
  }
  MYRT_TRY(set_credentials(process, child.plan->namespaces));
  if (filter_now && process.no_new_privileges) {
    MYRT_TRY(load_filter(child, runtime));
  }
  return {};
}

Error execute_program(const ChildPlan& child, const StartProgram& program) {
  const std::vector<char*> argv = sys::c_strings(child.plan->process->args);
  std::vector<std::string> environment = program.environment;
  if (child.plan->listen_fds > 0) {
    // Not earlier: for `exec` the rest was made by another process.
    set_variable(environment, "LISTEN_PID", std::to_string(::getpid()));
  }
  const std::vector<char*> envp = sys::c_strings(environment);
  if (child.filter != nullptr && filter_waits(child)) {
    Result<void> loaded = in("seccomp", seccomp::load(*child.filter));
    if (!loaded.has_value()) {
      return std::move(loaded).error();
    }
  }
  ::execve(program.path.c_str(), argv.data(), envp.data());
  const int code = errno;
  // Only these are about the file; a list of arguments that is too long, say, is not.
  if (code == ENOENT || code == ENOEXEC || code == EACCES) {
    Result<void> reason = diagnose_program(program.path, false);
    if (!reason.has_value()) {
      return std::move(reason).error();
    }
  }
  return Error(code, "exec: " + base::quote(program.path, PATH_MAX));
}

void run_program(const ChildPlan& child, const StartProgram& program, int fifo) {
  if (!park(fifo).has_value()) {
    // A filter that forbids write(2): there is no way to wait, nor to say so. `create` or `start`
    // sees the end.
    sys::child_exit(1);
  }
  if (!child.plan->process.has_value()) {
    // `start` asks for this before it releases anybody; somebody else has read the fifo.
    std::ignore = report_failure(fifo, Error("config.json has no /process"));
    sys::child_exit(1);
  }
  Result<void> hooks = run_start_hooks(child);
  const Error error =
      hooks.has_value() ? execute_program(child, program) : std::move(hooks).error();
  // The reader is `start`; without it nobody waits for the reason.
  std::ignore = report_failure(fifo, error);
  sys::child_exit(1);
}

}  // namespace myrt::init
