#include <algorithm>
#include <array>
#include <optional>
#include <utility>
#include <vector>

#include "base/text.h"
#include "config/document.h"
#include "config/id_mappings.h"
#include "config/validate.h"

namespace myrt::config {

namespace {

/// uidMappings or gidMappings, with the words to speak of it.
struct MappingList {
  const std::vector<IdMapping>& mappings;
  std::string_view pointer;
};

std::array<MappingList, 2> mapping_lists(const Spec& spec) {
  return {{{spec.linux.uid_mappings, "/linux/uidMappings"},
           {spec.linux.gid_mappings, "/linux/gidMappings"}}};
}

void check_mappings_and_user_namespace(const Spec& spec, Findings& findings) {
  const Namespace* user = find_namespace(spec.linux, NamespaceKind::kUser);
  for (const auto& [mappings, pointer] : mapping_lists(spec)) {
    if (user == nullptr && !mappings.empty()) {
      findings.fault(std::string(pointer), "want a user namespace with it");
    }
    if (user != nullptr && user->path.empty() && mappings.empty()) {
      findings.fault(std::string(pointer),
                     "want at least one mapping for the new user namespace, got nothing");
    }
    if (user != nullptr && !user->path.empty() && !mappings.empty()) {
      findings.warn(pointer, "the user namespace that is joined has mappings of its own");
    }
  }
}

void check_mapping_ranges(const Spec& spec, Findings& findings) {
  for (const auto& [mappings, pointer] : mapping_lists(spec)) {
    check_id_mappings(mappings, pointer, findings);
  }
}

void check_id_is_mapped(std::uint32_t id, const MappingList& list, std::string pointer,
                        Findings& findings) {
  const bool mapped = std::ranges::any_of(list.mappings, [id](const IdMapping& mapping) {
    return id >= mapping.container_id && id - mapping.container_id < mapping.size;
  });
  if (!mapped) {
    findings.fault(std::move(pointer), base::concat({"want an id that ", list.pointer,
                                                     " maps, got ", std::to_string(id)}));
  }
}

/// Of a user namespace that is joined, the mappings are not known here.
void check_process_ids_are_mapped(const Spec& spec, Findings& findings) {
  const Namespace* user = find_namespace(spec.linux, NamespaceKind::kUser);
  if (user == nullptr || !user->path.empty() || !spec.process.has_value()) {
    return;
  }
  const auto [uids, gids] = mapping_lists(spec);
  if (uids.mappings.empty() || gids.mappings.empty()) {
    return;  // told already
  }
  const User& process_user = spec.process->user;
  check_id_is_mapped(process_user.uid, uids, "/process/user/uid", findings);
  check_id_is_mapped(process_user.gid, gids, "/process/user/gid", findings);
  for (std::size_t i = 0; i < process_user.additional_gids.size(); ++i) {
    check_id_is_mapped(process_user.additional_gids[i], gids,
                       "/process/user/additionalGids/" + std::to_string(i), findings);
  }
}

/// The file of a setting below /proc/sys, as steps. As sysctl(8) has it: the first of '.' and '/'
/// is the separator, and the other one stands for the separator inside a step
/// ("net/ipv4/conf/eth0.1/x").
std::vector<std::string> sysctl_steps(std::string_view key) {
  const std::size_t first = key.find_first_of("./");
  const bool dotted = first != std::string_view::npos && key[first] == '.';
  std::vector<std::string> steps;
  for (const std::string_view step : base::split(key, dotted ? '.' : '/')) {
    steps.emplace_back(step);
    if (dotted) {
      std::ranges::replace(steps.back(), '/', '.');
    }
  }
  return steps;
}

/// The settings that belong to a namespace; all others are the host's.
std::optional<NamespaceKind> owner_of_sysctl(const std::vector<std::string>& steps) {
  static constexpr std::array<std::string_view, 8> kIpc{
      "msgmax", "msgmnb", "msgmni", "sem", "shmall", "shmmax", "shmmni", "shm_rmid_forced"};
  if (steps.size() < 2) {
    return std::nullopt;
  }
  if (steps[0] == "net") {
    return NamespaceKind::kNetwork;
  }
  if (steps[0] == "user") {
    return NamespaceKind::kUser;
  }
  if (steps[0] == "fs" && steps[1] == "mqueue" && steps.size() > 2) {
    return NamespaceKind::kIpc;
  }
  if (steps[0] != "kernel" || steps.size() != 2) {
    return std::nullopt;
  }
  if (steps[1] == "domainname") {
    return NamespaceKind::kUts;
  }
  return std::ranges::find(kIpc, steps[1]) != kIpc.end() ? std::optional(NamespaceKind::kIpc)
                                                         : std::nullopt;
}

/// With its article.
std::string_view namespace_name(NamespaceKind kind) {
  switch (kind) {
    case NamespaceKind::kNetwork:
      return "a network";
    case NamespaceKind::kUser:
      return "a user";
    case NamespaceKind::kUts:
      return "a uts";
    default:
      return "an ipc";
  }
}

void check_sysctl(const Spec& spec, Findings& findings) {
  for (const auto& setting : spec.linux.sysctl) {
    const std::string& key = setting.first;
    const std::string pointer = pointer_to("/linux/sysctl", key);
    const std::vector<std::string> steps = sysctl_steps(key);
    const bool odd = std::ranges::any_of(
        steps, [](const std::string& step) { return step.empty() || step == "." || step == ".."; });
    if (odd) {
      findings.fault(pointer,
                     "want the name of a kernel setting such as net.ipv4.ip_forward as key");
      continue;
    }
    if (steps == std::vector<std::string>{"kernel", "hostname"}) {
      findings.fault(pointer, "want it as /hostname");
      continue;
    }
    const std::optional<NamespaceKind> owner = owner_of_sysctl(steps);
    if (!owner.has_value()) {
      findings.fault(pointer,
                     "want a setting that belongs to a namespace, got one of the whole host");
    } else if (find_namespace(spec.linux, *owner) == nullptr) {
      findings.fault(pointer, base::concat({"want ", namespace_name(*owner),
                                            " namespace with it, or it would change the host"}));
    }
  }
}

/// The kernel takes offsets until the first process is in the namespace (time_namespaces(7)).
void check_time_offsets(const Spec& spec, Findings& findings) {
  if (spec.linux.time_offsets == TimeOffsets{}) {
    return;
  }
  const Namespace* time = find_namespace(spec.linux, NamespaceKind::kTime);
  if (time == nullptr) {
    findings.fault("/linux/timeOffsets", "want a time namespace with it");
  } else if (!time->path.empty()) {
    findings.fault("/linux/timeOffsets",
                   "want a new time namespace with it, got one that is joined");
  }
}

void check_net_devices(const Spec& spec, Findings& findings) {
  if (!spec.linux.net_devices.empty() &&
      find_namespace(spec.linux, NamespaceKind::kNetwork) == nullptr) {
    findings.fault("/linux/netDevices", "want a network namespace with it");
  }
}

constexpr std::array kChecks{
    Check{.reads = {"/linux/namespaces", "/linux/uidMappings", "/linux/gidMappings"},
          .run = check_mappings_and_user_namespace},
    Check{.reads = {"/linux/uidMappings", "/linux/gidMappings"}, .run = check_mapping_ranges},
    Check{
        .reads = {"/process/user", "/linux/namespaces", "/linux/uidMappings", "/linux/gidMappings"},
        .run = check_process_ids_are_mapped},
    Check{.reads = {"/linux/sysctl", "/linux/namespaces"}, .run = check_sysctl},
    Check{.reads = {"/linux/timeOffsets", "/linux/namespaces"}, .run = check_time_offsets},
    Check{.reads = {"/linux/netDevices", "/linux/namespaces"}, .run = check_net_devices},
};

}  // namespace

std::span<const Check> linux_checks() { return kChecks; }

}  // namespace myrt::config
