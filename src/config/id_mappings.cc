#include "config/id_mappings.h"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include "base/text.h"
#include "config/document.h"
#include "config/parse.h"

namespace myrt::config {

namespace {

constexpr std::size_t kMaxMappings =
    340;  // UID_GID_MAP_MAX_EXTENTS, include/linux/user_namespace.h

/// Half-open.
struct Range {
  std::uint64_t first = 0;
  std::uint64_t end = 0;
  std::size_t index = 0;
};

/// The kernel takes no id twice, on neither side, and not (uid_t)-1 (map_write,
/// kernel/user_namespace.c).
void check_ranges(std::vector<Range> ranges, std::string_view pointer, std::string_view side,
                  Findings& findings) {
  constexpr std::uint64_t kEnd = 4294967295;
  std::ranges::sort(ranges, {}, &Range::first);
  std::uint64_t taken_end = 0;
  for (const Range& range : ranges) {
    const std::string place = pointer_to(std::string(pointer), std::to_string(range.index));
    if (range.end > kEnd) {
      findings.fault(place, base::concat({"want ", side, " ids up to 4294967294, got ",
                                          std::to_string(range.end - 1)}));
    }
    if (range.first < taken_end) {
      findings.fault(place, base::concat({"want each ", side, " id once, got ",
                                          std::to_string(range.first), " again"}));
    }
    taken_end = std::max(taken_end, range.end);
  }
}

}  // namespace

std::vector<IdMapping> parse_id_mappings(const Value& in) {
  const Values values = in.elements("an array of objects");
  std::vector<IdMapping> mappings;
  mappings.reserve(values.size());
  for (const Value& value : values) {
    if (!value.object()) {
      continue;
    }
    mappings.push_back(
        {.container_id = value.need("containerID").integer<std::uint32_t>(0, kMaxId).value_or(0),
         .host_id = value.need("hostID").integer<std::uint32_t>(0, kMaxId).value_or(0),
         .size = value.need("size").integer<std::uint32_t>(1).value_or(1)});
  }
  return mappings;
}

void check_id_mappings(const std::vector<IdMapping>& mappings, std::string_view pointer,
                       Findings& findings) {
  if (mappings.size() > kMaxMappings) {
    findings.fault(std::string(pointer),
                   base::concat({"want at most 340 mappings, which is all the kernel takes, got ",
                                 std::to_string(mappings.size())}));
  }
  std::vector<Range> container;
  std::vector<Range> host;
  for (std::size_t i = 0; i < mappings.size(); ++i) {
    const IdMapping& mapping = mappings[i];
    const auto range = [&mapping, i](std::uint64_t first) {
      return Range{.first = first, .end = first + mapping.size, .index = i};
    };
    container.push_back(range(mapping.container_id));
    host.push_back(range(mapping.host_id));
  }
  check_ranges(std::move(container), pointer, "container", findings);
  check_ranges(std::move(host), pointer, "host", findings);
}

}  // namespace myrt::config
