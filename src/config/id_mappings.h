// Lists of id mappings, of a user namespace or of a mount: what the kernel takes for uid_map and
// gid_map (user_namespaces(7)).
#pragma once

#include <string_view>
#include <vector>

#include <myrt/spec_id_mapping.h>

#include "config/faults.h"
#include "config/reader.h"

namespace myrt::config {

std::vector<IdMapping> parse_id_mappings(const Value& in);

/// Adds a fault for each mapping of the list at `pointer` that the kernel would refuse, and one for
/// too many of them.
void check_id_mappings(const std::vector<IdMapping>& mappings, std::string_view pointer,
                       Findings& findings);

}  // namespace myrt::config
