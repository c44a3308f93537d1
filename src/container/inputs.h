// What `create` reads before it changes anything: the bundle, config.json, the host; and the plan
// made of them.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <myrt/container.h>
#include <myrt/spec.h>

#include "container/net_devices.h"
#include "container/resctrl.h"
#include "container/store.h"
#include "container/systemd_scope.h"
#include "plan/make_plan.h"
#include "seccomp/filter.h"
#include "sys/unique_fd.h"

namespace myrt::container {

/// What a config.json may have at most.
inline constexpr std::size_t kMaxConfigBytes = std::size_t{16} << 20U;
/// The copy in the state directory.
inline constexpr const char* kSavedConfig = "config.json";

struct Inputs {
  std::string config_text;  // as read, to be kept for exec and delete
  Spec spec;
  plan::Plan plan;
  bool privileged = false;                // the effective uid is 0
  std::optional<SystemdManager> systemd;  // it manages the cgroups
  std::vector<NetDeviceState> net_devices;
  std::optional<ResctrlWork> resctrl;
};

/// Errors name the file, and for config.json the place in it.
Result<Inputs> read_inputs(const Store& store, std::string_view id, const CreateOptions& options);

/// The spec that `create` read; the bundle's file may be another by now.
Result<Spec> saved_spec(const Entry& entry);

/// Whether the kernel can do what the process asks of AppArmor. "unconfined" is what a process is
/// without it, and is taken out of the plan then.
Result<void> settle_apparmor(plan::ProcessPlan& process);

/// Whether the kernel can do what is asked of SELinux: a label where it is off would protect
/// nothing.
Result<void> require_selinux(const plan::Plan& plan);

/// The compiled seccomp filter of the spec, if it has one, from the cache below the state root.
Result<std::optional<seccomp::Filter>> make_filter(const Spec& spec, int state_root);

/// The overlay that the options or, where they allow it, the annotations ask for, with absolute
/// directories that exist.
Result<std::optional<plan::OverlayPlan>> overlay_plan(const Spec& spec,
                                                      const CreateOptions& options,
                                                      const std::string& bundle);

/// The real, absolute path of `path`.
Result<std::string> real_path(const std::string& path);

}  // namespace myrt::container
