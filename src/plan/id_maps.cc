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

/// Who writes a map, and so what the kernel accepts (user_namespaces(7)).
struct Writer {
  std::uint32_t id = 0;  // effective
  bool capable = false;  // without the capability, its own id alone can be mapped
  std::string_view capability;
};

Result<void> require_permitted(const std::vector<IdMapping>& mappings, std::string_view pointer,
                               const Writer& writer) {
  const bool own_id_alone =
      mappings.size() == 1 && mappings[0].size == 1 && mappings[0].host_id == writer.id;
  if (!writer.capable && !own_id_alone) {
    return std::unexpected(Error(base::concat(
        {pointer, ": without ", writer.capability,
         " only one mapping works, of size 1 and to hostID ", std::to_string(writer.id),
         "; newuidmap and newgidmap are not supported yet"})));
  }
  return {};
}

/// One line for each mapping, as /proc/PID/uid_map takes them.
std::string map_text(const std::vector<IdMapping>& mappings) {
  std::string text;
  for (const IdMapping& mapping : mappings) {
    text +=
        base::concat({std::to_string(mapping.container_id), " ", std::to_string(mapping.host_id),
                      " ", std::to_string(mapping.size), "\n"});
  }
  return text;
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
  if (user_namespace == nullptr) {
    return IdMaps{};
  }
  IdMaps maps;
  if (user_namespace->path.empty()) {
    const Writer uid_writer{host.uid, host::has_capability(host, CAP_SETUID), "CAP_SETUID"};
    const Writer gid_writer{host.gid, host::has_capability(host, CAP_SETGID), "CAP_SETGID"};
    MYRT_TRY(require_permitted(linux.uid_mappings, kUidMappings, uid_writer));
    MYRT_TRY(require_permitted(linux.gid_mappings, kGidMappings, gid_writer));
    maps.uid_map = map_text(linux.uid_mappings);
    maps.gid_map = map_text(linux.gid_mappings);
    maps.deny_setgroups = !gid_writer.capable;
  }
  std::optional<std::uint32_t> process_uid;
  std::optional<std::uint32_t> process_gid;
  if (spec.process.has_value()) {
    const User& user = spec.process->user;
    MYRT_TRY(require_mapped_process(user, linux));
    if (maps.deny_setgroups && !user.additional_gids.empty()) {
      return std::unexpected(
          Error("/process/user/additionalGids: cannot be set by a runtime without CAP_SETGID"));
    }
    process_uid = user.uid;
    process_gid = user.gid;
  }
  maps.setup_uid = setup_id(linux.uid_mappings, process_uid);
  maps.setup_gid = setup_id(linux.gid_mappings, process_gid);
  return maps;
}

}  // namespace myrt::plan
