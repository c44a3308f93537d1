// The parts that make_plan puts together, one a source file. Each is a pure function of the spec
// and what it is told of the host, so tests call them one by one.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <myrt/result.h>
#include <myrt/spec.h>

#include "cgroup/plan.h"
#include "host/facts.h"
#include "plan/make_plan.h"
#include "plan/plan.h"

namespace myrt::plan {

/// A part of the plan, and what the user should hear about it. A warning never has the words by
/// which engines tell why a program did not start ("permission denied", "no such file or directory"
/// ...): they would take it for the cause.
template <typename T>
struct Noted {
  T value;
  std::vector<std::string> warnings;
};

// --- namespaces.cc ---

/// The CLONE_NEW* flag of this kind.
std::uint64_t namespace_flag(NamespaceKind kind);

/// The flag with which clone3(2) makes a namespace of this kind; 0 for a cgroup or time namespace,
/// which is made later.
std::uint64_t clone_flag(NamespaceKind kind);

/// Whether the spec asks for a namespace of this kind that is made for the container.
bool is_new(const Linux& linux, NamespaceKind kind);

Result<NamespacePlan> namespace_plan(const Spec& spec, const host::HostFacts& host);

// --- id_maps.cc ---

/// What NamespacePlan says about ids.
struct IdMaps {
  std::string uid_map;
  std::string gid_map;
  bool uid_by_helper = false;
  bool gid_by_helper = false;
  bool deny_setgroups = false;
  std::uint32_t setup_uid = 0;
  std::uint32_t setup_gid = 0;
};
/// Errors: an id of the process that no mapping covers; groups that cannot be set.
Result<IdMaps> id_maps(const Spec& spec, const host::HostFacts& host);

/// One line for each mapping, as /proc/PID/uid_map takes them.
std::string map_text(const std::vector<IdMapping>& mappings);

/// The id outside the user namespace, or nothing when no mapping covers `id`.
std::optional<std::uint32_t> host_id(const std::vector<IdMapping>& mappings, std::uint32_t id);

// --- rootfs.cc ---

/// `path` of the container, clean and absolute; ".." at "/" stays there. A
/// relative one is taken from "/", and one that climbs is an error, which names `pointer`.
Result<std::string> path_in_root(std::string_view path, std::string_view pointer);

/// Everything but what comes from the cgroups: RootfsPlan::cgroups and pure_v2 are left empty.
Result<RootfsPlan> rootfs_plan(const Spec& spec, const Request& request);

// --- mounts.cc ---

/// In the config's order. `bundle` is what relative sources of bind mounts are relative to.
Result<std::vector<MountStep>> mount_steps(const Spec& spec, std::string_view bundle);

/// Whether the options of `step` end up read-only.
bool is_read_only(const MountStep& step);

// --- mount_id_map.cc ---

/// The maps of an id-mapped mount: its own, or else those of the container's user namespace. Those
/// of a new one are known before it is: a namespace that has them as well is as good.
std::optional<MountIdMap> mount_id_map(const Mount& mount, const Linux& linux);

/// Errors: an id-mapped mount, when the runtime has no rights over any file system.
Result<void> require_rights_for_id_maps(const std::vector<MountStep>& mounts,
                                        const host::HostFacts& host);

// --- mount_label.cc ---

/// `step` with the SELinux label `label`, as its type of file system takes one; binds and remounts
/// keep what they have. A label that its options choose goes before. Empty: none.
MountStep labelled(MountStep step, const std::string& label);

// --- devices.cc ---

/// The default devices and linux.devices; `mounts` tell whether /dev is the host's.
Result<DevicePlan> device_plan(const std::vector<Device>& devices,
                               const std::vector<MountStep>& mounts);

// --- protect.cc ---

/// Masked or read-only paths: clean, each once, in order. `pointer` is the field's name for errors.
Result<std::vector<std::string>> protected_paths(const std::vector<std::string>& paths,
                                                 std::string_view pointer);

// --- sysctl.cc ---

/// Pairs of a path below /proc/sys and a value, in the config's order.
Result<std::vector<std::pair<std::string, std::string>>> sysctl_writes(
    const std::vector<std::pair<std::string, std::string>>& sysctl);

// --- process.cc ---

/// What a process in the container can have: all that the kernel knows when it gets a user
/// namespace of its own, otherwise what the runtime has of that.
std::uint64_t grantable_capabilities(const host::HostFacts& host, bool in_user_namespace);

Noted<ProcessPlan> process_plan(const Process& process, std::uint64_t grantable);

// --- execution.cc ---

/// Of the container's own process, for which execCPUAffinity is not.
ExecutionPlan execution_plan(const Process& process, const Linux& linux,
                             const host::HostFacts& host);
/// Of a process of `exec`. Errors: a scheduler that such a process cannot be given without rights
/// over the host.
Result<ExecutionPlan> exec_execution_plan(const Process& process, const Linux& linux,
                                          const host::HostFacts& host);

// --- notify.cc ---

/// How a container reaches the socket in Request::notify_directory.
struct NotifyPart {
  MountStep mount;       // comes after the config's
  std::string variable;  // NOTIFY_SOCKET=...
};
/// Nothing when it is not asked for, when the config has a NOTIFY_SOCKET of its own, and, with a
/// warning, when the mount would be one of the host's.
Noted<std::optional<NotifyPart>> notify_part(const Spec& spec, const Request& request);

// --- cgroup.cc ---

/// `mounts` tell whether the container may write to its cgroup.
Result<Noted<cgroup::CgroupPlan>> cgroup_part(const Spec& spec, const Request& request,
                                              const cgroup::Layout& layout,
                                              const std::vector<MountStep>& mounts);

}  // namespace myrt::plan
