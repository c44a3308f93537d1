// Spec and host to Plan. Pure: no system call, no environment.
#pragma once

#include <optional>
#include <string>

#include <myrt/result.h>
#include <myrt/spec.h>

#include "cgroup/plan.h"
#include "cgroup/systemd_properties.h"
#include "host/facts.h"
#include "plan/plan.h"

namespace myrt::plan {

/// The name of the socket that the runtime makes in Request::notify_directory.
inline constexpr const char* kNotifySocketName = "notify.sock";

/// What the caller of `create` asked for beside config.json.
struct Request {
  std::string id;
  std::string bundle;  // absolute, real
  bool no_pivot = false;
  bool no_new_keyring = false;
  bool cgroups_disabled = false;
  int listen_fds = 0;        // descriptors 3 and up that came by LISTEN_FDS (sd_listen_fds(3))
  std::string listen_names;  // LISTEN_FDNAMES, which belongs to them; empty: none
  int preserve_fds = 0;      // how many to keep after those
  // With a service manager that wants to be notified (sd_notify(3)): where the socket for the
  // container will be, an absolute path of the host. Empty: without one.
  std::string notify_directory;
  std::optional<OverlayPlan> overlay;           // absolute directories
  std::optional<cgroup::SystemdFacts> systemd;  // it manages the cgroups
};

/// Errors name the JSON pointer of what cannot be done, and why.
Result<Plan> make_plan(const Spec& spec, const Request& request, const host::HostFacts& host,
                       const cgroup::Layout& cgroups);

/// What the caller of `exec` asked for.
struct ExecRequest {
  std::string id;
  Process process;  // complete
  bool new_keyring = true;
  int listen_fds = 0;  // this and the next two as in Request
  std::string listen_names;
  int preserve_fds = 0;
};

/// The plan of a further process in the container of `spec`: of Plan's fields those that
/// init/exec_child.h names. Errors: an id of the process that no mapping covers; a scheduler that
/// takes rights over the host.
Result<Plan> make_exec_plan(const Spec& spec, const ExecRequest& request,
                            const host::HostFacts& host);

/// The namespaces that a further process joins, as flags for setns(2) with a pidfd: those of the
/// spec, and those that the container shares with its creator as far as the caller may.
std::uint64_t exec_namespaces(const Linux& linux, const host::HostFacts& host);

}  // namespace myrt::plan
