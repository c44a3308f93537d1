#include <linux/capability.h>
#include <sched.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "plan/parts.h"

namespace myrt::plan {

namespace {

// setns(2) wants CAP_SYS_ADMIN over a namespace's owner. A privileged runtime has it over all of
// them until it enters another user namespace, so that comes last. An unprivileged one has it over
// none before it is in the user namespace that owns them. The pid namespace follows the mount
// namespace, so that nothing can appear among a container's processes while it still has the host's
// root.
constexpr std::array kPrivilegedOrder = {
    NamespaceKind::kIpc,  NamespaceKind::kUts,   NamespaceKind::kNetwork, NamespaceKind::kCgroup,
    NamespaceKind::kTime, NamespaceKind::kMount, NamespaceKind::kPid,     NamespaceKind::kUser,
};
constexpr std::array kUnprivilegedOrder = {
    NamespaceKind::kUser,   NamespaceKind::kIpc,  NamespaceKind::kUts,   NamespaceKind::kNetwork,
    NamespaceKind::kCgroup, NamespaceKind::kTime, NamespaceKind::kMount, NamespaceKind::kPid,
};
static_assert(kPrivilegedOrder.size() == kNamespaceKinds);
static_assert(kUnprivilegedOrder.size() == kNamespaceKinds);

std::vector<Join> joins_in_order(const Linux& linux, bool privileged) {
  std::vector<Join> joins;
  for (const NamespaceKind kind : privileged ? kPrivilegedOrder : kUnprivilegedOrder) {
    const Namespace* entry = find_namespace(linux, kind);
    if (entry != nullptr && !entry->path.empty()) {
      joins.push_back({.kind = kind, .path = entry->path});
    }
  }
  return joins;
}

/// A line of /proc/PID/timens_offsets (time_namespaces(7)).
std::string offset_line(std::string_view clock, const std::optional<TimeOffset>& offset) {
  return !offset.has_value() ? ""
                             : base::concat({clock, " ", std::to_string(offset->seconds), " ",
                                             std::to_string(offset->nanoseconds), "\n"});
}

std::string offsets_text(const TimeOffsets& offsets) {
  return offset_line("monotonic", offsets.monotonic) + offset_line("boottime", offsets.boottime);
}

bool needs_joiner(const std::vector<Join>& joins, bool new_user_namespace) {
  return (new_user_namespace && !joins.empty()) || std::ranges::any_of(joins, [](const Join& join) {
           return join.kind == NamespaceKind::kPid || join.kind == NamespaceKind::kUser;
         });
}

}  // namespace

std::uint64_t namespace_flag(NamespaceKind kind) {
  switch (kind) {
    case NamespaceKind::kUser:
      return CLONE_NEWUSER;
    case NamespaceKind::kMount:
      return CLONE_NEWNS;
    case NamespaceKind::kPid:
      return CLONE_NEWPID;
    case NamespaceKind::kNetwork:
      return CLONE_NEWNET;
    case NamespaceKind::kIpc:
      return CLONE_NEWIPC;
    case NamespaceKind::kUts:
      return CLONE_NEWUTS;
    case NamespaceKind::kTime:
      return CLONE_NEWTIME;
    case NamespaceKind::kCgroup:
      return CLONE_NEWCGROUP;
  }
  return 0;
}

std::uint64_t clone_flag(NamespaceKind kind) {
  const bool later = kind == NamespaceKind::kCgroup || kind == NamespaceKind::kTime;
  return later ? 0 : namespace_flag(kind);
}

bool is_new(const Linux& linux, NamespaceKind kind) {
  const Namespace* entry = find_namespace(linux, kind);
  return entry != nullptr && entry->path.empty();
}

Result<NamespacePlan> namespace_plan(const Spec& spec, const host::HostFacts& host) {
  const Linux& linux = spec.linux;
  const Namespace* user = find_namespace(linux, NamespaceKind::kUser);
  const bool privileged = host::has_capability(host, CAP_SYS_ADMIN);
  if (user == nullptr && !privileged) {
    return std::unexpected(Error(
        "/linux/namespaces: without CAP_SYS_ADMIN the container needs a user namespace: `myrt "
        "spec --rootless` writes a config.json that has one"));
  }
  if (host.uid != 0 && user != nullptr && !user->path.empty() &&
      linux.time_offsets != TimeOffsets{}) {
    // The process must not be dumpable there, so its timens_offsets is the host's root's (proc(5)).
    return std::unexpected(
        Error("/linux/timeOffsets: cannot be set by a user without privileges in a user namespace "
              "that is joined"));
  }
  IdMaps ids = MYRT_TRY(id_maps(spec, host));
  NamespacePlan plan;
  for (const Namespace& entry : linux.namespaces) {
    if (entry.path.empty()) {
      plan.clone_flags |= clone_flag(entry.kind);
    }
  }
  if (is_new(linux, NamespaceKind::kCgroup)) {
    plan.unshare_flags |= CLONE_NEWCGROUP;
  }
  if (user != nullptr) {
    plan.unshare_flags |= plan.clone_flags & CLONE_NEWIPC;
    plan.clone_flags &= ~std::uint64_t{CLONE_NEWIPC};
  }
  plan.new_time = is_new(linux, NamespaceKind::kTime);
  plan.time_offsets = offsets_text(linux.time_offsets);
  plan.joins = joins_in_order(linux, privileged);
  plan.through_joiner = needs_joiner(plan.joins, is_new(linux, NamespaceKind::kUser));
  plan.uid_map = std::move(ids.uid_map);
  plan.gid_map = std::move(ids.gid_map);
  plan.uid_by_helper = ids.uid_by_helper;
  plan.gid_by_helper = ids.gid_by_helper;
  plan.deny_setgroups = ids.deny_setgroups;
  plan.setup_uid = ids.setup_uid;
  plan.setup_gid = ids.setup_gid;
  plan.in_user_namespace = user != nullptr;
  plan.without_host_rights = user != nullptr || host.in_user_namespace;
  // A namespace that is joined has its own life: whoever made it has set its devices up.
  plan.loopback_up = is_new(linux, NamespaceKind::kNetwork);
  if (!linux.net_devices.empty() && !host::has_capability(host, CAP_NET_ADMIN)) {
    return std::unexpected(
        Error("/linux/netDevices: cannot be moved without CAP_NET_ADMIN, which a user without "
              "privileges does not have"));
  }
  plan.net_devices = linux.net_devices;
  plan.hostname = spec.hostname;
  plan.domainname = spec.domainname;
  return plan;
}

}  // namespace myrt::plan
