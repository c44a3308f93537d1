#include "container/inputs.h"

#include <fcntl.h>
#include <stdlib.h>

#include <cerrno>
#include <memory>

#include <myrt/log.h>

#include "base/text.h"
#include "cgroup/layout.h"
#include "config/document.h"
#include "config/report.h"
#include "container/notify.h"
#include "container/rootless_cgroups.h"
#include "host/probe.h"
#include "plan/print.h"
#include "seccomp/cache.h"
#include "seccomp/support.h"
#include "sys/file.h"

namespace myrt::container {

namespace {

/// /proc/filesystems has a line of some twenty bytes for each type.
constexpr std::size_t kMaxTypesBytes = std::size_t{64} << 10U;

/// Why SELinux would not enforce a label; empty when it does.
Result<std::string_view> selinux_lack() {
  // The kernel registers it when SELinux is on, wherever it may be mounted.
  const std::string types = MYRT_TRY(sys::read_file(AT_FDCWD, "/proc/filesystems", kMaxTypesBytes));
  if (types.find("\tselinuxfs\n") == std::string::npos) {
    return "is off";
  }
  // As long as there is no policy, every label is taken for that of the kernel, which is a name
  // alone: a process would be none the safer, without an error (security_context_to_sid_core).
  const std::string own = MYRT_TRY(sys::read_value(AT_FDCWD, "/proc/self/attr/current"));
  return own.find(':') == std::string::npos ? "has no policy" : "";
}

/// A terminal needs somebody at the other end: the console socket, or the runtime itself in the
/// foreground.
Result<void> check_terminal(const Spec& spec, const CreateOptions& options) {
  const bool terminal = spec.process.has_value() && spec.process->terminal;
  if (!terminal && !options.console_socket.empty()) {
    return std::unexpected(Error("--console-socket: config.json asks for no terminal"));
  }
  if (terminal && options.console_socket.empty() && !options.foreground) {
    return std::unexpected(Error(
        "config.json: /process/terminal: needs --console-socket, or a run in the foreground"));
  }
  return {};
}

/// A fault that only the plan could see, with its place in the file, as the parser tells its own.
Error located(const Error& fault, std::string_view file, std::string_view text) {
  const std::size_t colon = fault.what().find(": ");
  config::Findings parsed;
  const std::optional<config::Document> document = config::Document::parse(text, parsed);
  if (!fault.what().starts_with('/') || colon == std::string::npos || !document.has_value()) {
    return {fault.code(), std::string(file) + ": " + fault.what()};
  }
  config::Findings findings;
  findings.fault(fault.what().substr(0, colon), fault.what().substr(colon + 2));
  return {fault.code(), config::report(findings, *document, file, text)};
}

}  // namespace

Result<std::string> real_path(const std::string& path) {
  const std::unique_ptr<char, decltype(&::free)> real(::realpath(path.c_str(), nullptr), &::free);
  if (!real) {
    return std::unexpected(Error::from_errno({path}));
  }
  return std::string(real.get());
}

namespace {

/// What of the request the options alone tell.
plan::Request first_request(const Store& store, std::string_view id, const CreateOptions& options,
                            const std::string& bundle) {
  plan::Request request{.id = std::string(id),
                        .bundle = bundle,
                        .no_pivot = options.no_pivot,
                        .no_new_keyring = options.no_new_keyring,
                        .cgroups_disabled = options.cgroups_disabled,
                        .listen_fds = options.listen_fds,
                        .listen_names = options.listen_names,
                        .preserve_fds = options.preserve_fds,
                        .notify_directory = {},
                        .overlay = {},
                        .systemd = {}};
  if (!options.notify_socket.empty()) {
    request.notify_directory = base::concat({store.root, "/", id, "/", kNotifyDirectory});
  }
  return request;
}

/// What only this host tells about the plan. Errors begin with the pointer of a field.
Result<void> settle(Inputs& inputs, const CreateOptions& options, const host::HostFacts& host) {
  if (options.rootless.value_or(host::is_rootless(host))) {
    leave_out_devices_beyond_rights(inputs.plan, host);
    if (!inputs.systemd.has_value()) {  // which gives the scope a cgroup that is the user's
      MYRT_TRY(settle_rootless_cgroups(inputs.plan, inputs.spec.linux.cgroups_path));
    }
  }
  MYRT_TRY(require_selinux(inputs.plan));
  inputs.net_devices = MYRT_TRY(read_net_devices(inputs.plan.namespaces.net_devices));
  if (inputs.plan.resctrl.has_value()) {
    inputs.resctrl = MYRT_TRY(resctrl_work(*inputs.plan.resctrl));
  }
  return inputs.plan.process.has_value() ? settle_apparmor(*inputs.plan.process) : Result<void>{};
}

void tell(const plan::Plan& plan) {
  if (is_logged(LogLevel::kDebug)) {
    log(LogLevel::kDebug, plan::print(plan));
  }
  for (const std::string& warning : plan.warnings) {
    log(LogLevel::kWarning, warning);
  }
}

}  // namespace

Result<Inputs> read_inputs(const Store& store, std::string_view id, const CreateOptions& options) {
  const std::string bundle = MYRT_TRY(in("bundle", real_path(options.bundle)));
  const std::string file = options.config.empty() ? bundle + "/config.json" : options.config;
  Inputs inputs;
  inputs.config_text = MYRT_TRY(sys::read_file(AT_FDCWD, file, kMaxConfigBytes));
  const std::string name = options.config.empty() ? "config.json" : file;
  inputs.spec = MYRT_TRY(parse_spec(inputs.config_text, name));
  MYRT_TRY(check_terminal(inputs.spec, options));
  plan::Request request = first_request(store, id, options, bundle);
  request.overlay = MYRT_TRY(overlay_plan(inputs.spec, options, bundle));
  const host::HostFacts host = MYRT_TRY(host::probe());
  inputs.privileged = host.uid == 0;
  if (options.systemd_cgroup) {
    const bool user = has_user_manager(options.bus, host, options.rootless);
    inputs.systemd.emplace(MYRT_TRY(reach_systemd(options.bus, user)));
    request.systemd = inputs.systemd->facts;
  }
  const cgroup::Layout layout = MYRT_TRY(cgroup::detect_layout());
  if (request.systemd.has_value() && request.systemd->user && !layout.pure_v2) {
    return std::unexpected(
        Error("--systemd-cgroup: a user's service manager limits nothing on this host, which has "
              "cgroup v1"));
  }
  Result<plan::Plan> plan = plan::make_plan(inputs.spec, request, host, layout);
  if (!plan.has_value()) {
    return std::unexpected(located(plan.error(), name, inputs.config_text));
  }
  inputs.plan = *std::move(plan);
  const Result<void> settled = settle(inputs, options, host);
  if (!settled.has_value()) {
    return std::unexpected(located(settled.error(), name, inputs.config_text));
  }
  tell(inputs.plan);
  return inputs;
}

Result<Spec> saved_spec(const Entry& entry) {
  const std::string text =
      MYRT_TRY(sys::read_file(entry.directory.get(), kSavedConfig, kMaxConfigBytes));
  return parse_spec(text, kSavedConfig);
}

Result<void> settle_apparmor(plan::ProcessPlan& process) {
  if (process.apparmor_profile.empty()) {
    return {};
  }
  const Result<std::string> enabled =
      sys::read_value(AT_FDCWD, "/sys/module/apparmor/parameters/enabled");
  if (enabled.has_value() && enabled->starts_with('Y')) {
    return {};
  }
  if (process.apparmor_profile != "unconfined") {
    return std::unexpected(
        Error("/process/apparmorProfile: " + base::quote(process.apparmor_profile) +
              " cannot be enforced, AppArmor is off on this host"));
  }
  process.apparmor_profile.clear();
  return {};
}

Result<void> require_selinux(const plan::Plan& plan) {
  const std::string process = plan.process.has_value() ? plan.process->selinux_label : "";
  const std::string& mounts = plan.rootfs.mount_label;
  if (process.empty() && mounts.empty()) {
    return {};
  }
  const std::string_view lack = MYRT_TRY(selinux_lack());
  if (lack.empty()) {
    return {};
  }
  return std::unexpected(
      Error(base::concat({process.empty() ? "/linux/mountLabel: " : "/process/selinuxLabel: ",
                          base::quote(process.empty() ? mounts : process),
                          " cannot be enforced, SELinux ", lack, " on this host"})));
}

Result<std::optional<seccomp::Filter>> make_filter(const Spec& spec, int state_root) {
  std::optional<seccomp::Filter> filter;
  if (!spec.linux.seccomp.has_value()) {
    return filter;
  }
  const seccomp::KernelSupport kernel =
      MYRT_TRY(in("seccomp", seccomp::kernel_support(*spec.linux.seccomp)));
  // Without the directory nothing is cached, which costs time alone.
  const Result<sys::UniqueFd> cache = seccomp::open_cache(state_root);
  filter = MYRT_TRY(in("seccomp", seccomp::compile_cached(*spec.linux.seccomp, kernel,
                                                          cache.has_value() ? cache->get() : -1)));
  for (const std::string& name : filter->skipped) {
    log(LogLevel::kDebug, "seccomp: unknown system call " + name);
  }
  return filter;
}

}  // namespace myrt::container
