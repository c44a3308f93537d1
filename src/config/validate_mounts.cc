#include <array>
#include <string>

#include "base/text.h"
#include "config/document.h"
#include "config/id_mappings.h"
#include "config/validate.h"

namespace myrt::config {

namespace {

std::string pointer_of(std::size_t mount, std::string_view field) {
  return base::concat({"/mounts/", std::to_string(mount), "/", field});
}

void check_mapping_ranges(const Spec& spec, Findings& findings) {
  for (std::size_t i = 0; i < spec.mounts.size(); ++i) {
    check_id_mappings(spec.mounts[i].uid_mappings, pointer_of(i, "uidMappings"), findings);
    check_id_mappings(spec.mounts[i].gid_mappings, pointer_of(i, "gidMappings"), findings);
  }
}

/// Without mappings of its own a mount takes those of the container (config.md "Linux mount
/// options"), which shares the host's ids when it has no user namespace.
void check_id_mapped_mounts_have_mappings(const Spec& spec, Findings& findings) {
  if (find_namespace(spec.linux, NamespaceKind::kUser) != nullptr) {
    return;
  }
  for (std::size_t i = 0; i < spec.mounts.size(); ++i) {
    const Mount& mount = spec.mounts[i];
    if (mount.id_mapped != IdMapScope::kNone && mount.uid_mappings.empty()) {
      findings.fault(pointer_of(i, "options"),
                     "want uidMappings and gidMappings with an id-mapped mount, or a user "
                     "namespace that has them");
    }
  }
}

constexpr std::array kChecks{
    Check{.reads = {"/mounts"}, .run = check_mapping_ranges},
    Check{.reads = {"/mounts", "/linux/namespaces"}, .run = check_id_mapped_mounts_have_mappings},
};

}  // namespace

std::span<const Check> mount_checks() { return kChecks; }

}  // namespace myrt::config
