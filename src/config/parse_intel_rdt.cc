// `linux.intelRdt` (config-linux.md "IntelRdt").
#include <algorithm>
#include <array>

#include "config/parse.h"

namespace myrt::config {

namespace {

// What the kernel has beside the groups (Documentation/filesystems/resctrl.rst).
constexpr std::array<std::string_view, 5> kNoGroups = {".", "..", "info", "mon_data", "mon_groups"};

/// A directory below the mount point; the kernel takes no newline in it.
std::string parse_group(const Value& in) {
  std::string name = in.text();
  const bool is_name = name == "/" || (name.find_first_of("/\n") == std::string::npos &&
                                       std::ranges::find(kNoGroups, name) == kNoGroups.end());
  constexpr std::size_t kMaxBytes = 255;  // NAME_MAX
  if (!is_name || name.size() > kMaxBytes) {
    in.want("the name of a resctrl group, or \"/\" for the default one");
  }
  return name;
}

bool has_lines(std::string_view text) { return text.find('\n') != std::string_view::npos; }

std::string parse_bandwidth(const Value& in) {
  std::string schema = in.text();
  if (!schema.empty() && (!schema.starts_with("MB:") || has_lines(schema))) {
    in.want("one line that starts with \"MB:\"");
  }
  return schema;
}

std::vector<std::string> parse_schemata(const Value& in) {
  std::vector<std::string> lines;
  for (const Value& value : in.elements("an array of strings")) {
    lines.push_back(value.filled_text("a line of a schemata file"));
    if (has_lines(lines.back())) {
      value.want("one line of a schemata file");
    }
  }
  return lines;
}

}  // namespace

std::optional<IntelRdt> parse_intel_rdt(const Value& in) {
  if (!in.object()) {
    return std::nullopt;
  }
  IntelRdt rdt;
  rdt.clos_id = parse_group(in["closID"]);
  rdt.schemata = parse_schemata(in["schemata"]);
  rdt.l3_cache_schema = in["l3CacheSchema"].text();
  rdt.mem_bw_schema = parse_bandwidth(in["memBwSchema"]);
  // Up to 1.2 two fields asked for what one group gives.
  for (const std::string_view field : {"enableMonitoring", "enableCMT", "enableMBM"}) {
    rdt.monitoring = in[field].boolean().value_or(false) || rdt.monitoring;
  }
  return rdt;
}

}  // namespace myrt::config
