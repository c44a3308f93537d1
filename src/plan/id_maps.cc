#include <linux/capability.h>

#include <algorithm>

#include "base/text.h"
#include "plan/parts.h"

namespace myrt::plan {

namespace {

constexpr std::string_view kUidMappings = "/linux/uidMappings";
constexpr std::string_view kGidMappings = "/linux/gidMappings";

/// An id of the process: where it stands in config.json, and what has to cover it.
struct IdField {
  std::string pointer;
  std::uint32_t id = 0;
  std::string_view mappings_pointer;
};

Result<void> require_mapped(const std::vector<IdMapping>& mappings, const IdField& field) {
  // No mappings: the namespace is joined, and only the kernel knows them.
  if (mappings.empty() || host_id(mappings, field.id).has_value()) {
    return {};
  }
  return std::unexpected(
      Error(base::concat({field.pointer, ": no entry of ", field.mappings_pointer, " covers ",
                          std::to_string(field.id)})));
}

Result<void> require_mapped_process(const User& user, const Linux& linux) {
  MYRT_TRY(require_mapped(linux.uid_mappings, {"/process/user/uid", user.uid, kUidMappings}));
  MYRT_TRY(require_mapped(linux.gid_mappings, {"/process/user/gid", user.gid, kGidMappings}));
  for (std::size_t i = 0; i < user.additional_gids.size(); ++i) {
    MYRT_TRY(
        require_mapped(linux.gid_mappings, {"/process/user/additionalGids/" + std::to_string(i),
                                            user.additional_gids[i], kGidMappings}));
  }
  return {};
}

/// Whether `mappings` are the one that the kernel takes from a user without privileges: of his own
/// id, `own` (user_namespaces(7)).
bool is_own_id_alone(const std::vector<IdMapping>& mappings, std::uint32_t own) {
  return mappings.size() == 1 && mappings[0].size == 1 && mappings[0].host_id == own;
}

/// The maps of a new user namespace, and who can write them.
void set_new_maps(IdMaps& maps, const Linux& linux, const host::HostFacts& host) {
  maps.uid_map = map_text(linux.uid_mappings);
  maps.gid_map = map_text(linux.gid_mappings);
  const bool own_uid = is_own_id_alone(linux.uid_mappings, host.uid);
  const bool own_gid = is_own_id_alone(linux.gid_mappings, host.gid);
  const bool may_set_gids = host::has_capability(host, CAP_SETGID);
  maps.uid_by_helper = !host::has_capability(host, CAP_SETUID) && !own_uid;
  maps.gid_by_helper = !may_set_gids && !own_gid;
  maps.deny_setgroups = maps.deny_setgroups || (!may_set_gids && own_gid);
}

/// Root sets the root file system up, unless the namespace has no root.
std::uint32_t setup_id(const std::vector<IdMapping>& mappings,
                       std::optional<std::uint32_t> process_id) {
  if (mappings.empty() || host_id(mappings, 0).has_value()) {
    return 0;
  }
  return process_id.value_or(mappings[0].container_id);
}

}  // namespace

std::string map_text(const std::vector<IdMapping>& mappings) {
  std::string text;
  for (const IdMapping& mapping : mappings) {
    text +=
        base::concat({std::to_string(mapping.container_id), " ", std::to_string(mapping.host_id),
                      " ", std::to_string(mapping.size), "\n"});
  }
  return text;
}

std::optional<std::uint32_t> host_id(const std::vector<IdMapping>& mappings, std::uint32_t id) {
  const auto found = std::ranges::find_if(mappings, [id](const IdMapping& mapping) {
    return id >= mapping.container_id && id - mapping.container_id < mapping.size;
  });
  if (found == mappings.end()) {
    return std::nullopt;
  }
  return found->host_id + (id - found->container_id);
}

Result<IdMaps> id_maps(const Spec& spec, const host::HostFacts& host) {
  const Linux& linux = spec.linux;
  const Namespace* user_namespace = find_namespace(linux, NamespaceKind::kUser);
  IdMaps maps;
  maps.deny_setgroups = host.setgroups_denied;
  if (user_namespace != nullptr && user_namespace->path.empty()) {
    set_new_maps(maps, linux, host);
  }
  const User* user = spec.process.has_value() ? &spec.process->user : nullptr;
  if (user != nullptr && maps.deny_setgroups && !user->additional_gids.empty()) {
    return std::unexpected(
        Error("/process/user/additionalGids: cannot be set, setgroups(2) is denied in the "
              "container's user namespace (user_namespaces(7))"));
  }
  if (user_namespace == nullptr) {
    return maps;
  }
  std::optional<std::uint32_t> process_uid;
  std::optional<std::uint32_t> process_gid;
  if (user != nullptr) {
    MYRT_TRY(require_mapped_process(*user, linux));
    process_uid = user->uid;
    process_gid = user->gid;
  }
  maps.setup_uid = setup_id(linux.uid_mappings, process_uid);
  maps.setup_gid = setup_id(linux.gid_mappings, process_gid);
  return maps;
}

}  // namespace myrt::plan
