#include "plan/resctrl.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <map>

#include "base/text.h"

namespace myrt::plan {

namespace {

constexpr std::string_view kPointer = "/linux/intelRdt";
constexpr std::string_view kDefaultGroup = "/";
constexpr std::string_view kBandwidth = "MB:";

// What the kernel puts beside the groups (resctrl.rst).
constexpr std::array<std::string_view, 3> kReserved = {"info", "mon_data", "mon_groups"};

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kSpace = " \t";
  const std::size_t first = text.find_first_not_of(kSpace);
  return first == std::string_view::npos
             ? std::string_view()
             : text.substr(first, text.find_last_not_of(kSpace) - first + 1);
}

/// A number as text that is equal when the number is: the kernel shows "00f" and "  20" for what
/// may be written as "0xF" and "20".
std::string number_text(std::string_view text) {
  std::string lower(trimmed(text));
  std::ranges::transform(lower, lower.begin(), [](char letter) {
    return letter >= 'A' && letter <= 'F' ? static_cast<char>(letter - 'A' + 'a') : letter;
  });
  if (lower.starts_with("0x")) {
    lower.erase(0, 2);
  }
  lower.erase(0, std::min(lower.find_first_not_of('0'), lower.size()));
  return lower;
}

/// "L3:0=7f0;1=1f": the resource, and the value of each domain.
struct SchemaLine {
  std::string resource;
  std::map<std::string, std::string> domains;
};

SchemaLine parse_schema_line(std::string_view line) {
  const std::size_t colon = std::min(line.find(':'), line.size());
  SchemaLine parsed{.resource = std::string(trimmed(line.substr(0, colon))), .domains = {}};
  const std::string_view rest = line.substr(std::min(colon + 1, line.size()));
  for (const std::string_view domain : base::split(rest, ';')) {
    const std::size_t equals = std::min(domain.find('='), domain.size());
    if (!trimmed(domain).empty()) {
      parsed.domains[number_text(domain.substr(0, equals))] =
          number_text(domain.substr(std::min(equals + 1, domain.size())));
    }
  }
  return parsed;
}

std::map<std::string, SchemaLine> parse_schemata(std::string_view text) {
  std::map<std::string, SchemaLine> lines;
  for (const std::string_view line : base::split(text, '\n')) {
    if (!trimmed(line).empty()) {
      SchemaLine parsed = parse_schema_line(line);
      lines.insert_or_assign(parsed.resource, parsed);
    }
  }
  return lines;
}

/// The lines of `text` that are not empty, each with a newline: the kernel wants one at the end.
std::string whole_lines(std::string_view text, bool with_bandwidth) {
  std::string lines;
  for (const std::string_view line : base::split(text, '\n')) {
    if (!line.empty() && (with_bandwidth || !line.starts_with(kBandwidth))) {
      lines += base::concat({line, "\n"});
    }
  }
  return lines;
}

std::string group_words(const ResctrlPlan& plan) {
  return plan.group.empty() ? "the default resctrl group"
                            : base::concat({"resctrl group ", base::quote(plan.group)});
}

/// For a group that is there and may be others' too.
Result<void> require_agreement(const ResctrlPlan& plan, const ResctrlState& state) {
  for (const std::string& wanted : plan.schemata) {
    if (!schemata_agree(wanted, state.schemata)) {
      return std::unexpected(
          Error(base::concat({kPointer, ": ", group_words(plan), " is there with other schemata: ",
                              base::quote(state.schemata, 512), ", not ", base::quote(wanted)})));
    }
  }
  return {};
}

}  // namespace

std::string combined_schema(std::string_view l3_cache, std::string_view mem_bw) {
  return whole_lines(l3_cache, mem_bw.empty()) + whole_lines(mem_bw, true);
}

Result<std::optional<ResctrlPlan>> resctrl_plan(const std::optional<IntelRdt>& rdt,
                                                std::string_view id) {
  if (!rdt.has_value()) {
    return std::nullopt;
  }
  ResctrlPlan plan;
  plan.group_given = !rdt->clos_id.empty();
  if (rdt->clos_id != kDefaultGroup) {
    plan.group = plan.group_given ? rdt->clos_id : id;
  }
  const bool named_by_id = !plan.group_given || rdt->monitoring;
  if (named_by_id && std::ranges::find(kReserved, id) != kReserved.end()) {
    return std::unexpected(Error(
        base::concat({kPointer, ": the id ", base::quote(id), " is no name for a resctrl group"})));
  }
  std::string lines;
  for (const std::string& line : rdt->schemata) {
    lines += line + "\n";
  }
  for (std::string value : {combined_schema(rdt->l3_cache_schema, rdt->mem_bw_schema), lines}) {
    if (!value.empty()) {
      plan.schemata.push_back(std::move(value));
    }
  }
  plan.monitoring = rdt->monitoring ? id : "";
  return plan;
}

std::string resctrl_file(const ResctrlPlan& plan, std::string_view name) {
  return plan.group.empty() ? std::string(name) : base::concat({plan.group, "/", name});
}

std::string resctrl_monitoring_group(const ResctrlPlan& plan) {
  return resctrl_file(plan, "mon_groups/" + plan.monitoring);
}

std::vector<std::string> resctrl_tasks(const ResctrlPlan& plan) {
  std::vector<std::string> files = {resctrl_file(plan, "tasks")};
  if (!plan.monitoring.empty()) {
    // Second: a monitoring group takes tasks of its own group alone.
    files.push_back(resctrl_monitoring_group(plan) + "/tasks");
  }
  return files;
}

Result<std::vector<ResctrlStep>> resctrl_steps(const ResctrlPlan& plan, const ResctrlState& state) {
  std::vector<ResctrlStep> steps;
  if (state.group_exists && !plan.group_given) {
    return std::unexpected(Error::from_code(EEXIST, {kPointer, ": ", group_words(plan)}));
  }
  if (state.group_exists) {
    MYRT_TRY(require_agreement(plan, state));
  } else if (plan.group_given && plan.schemata.empty()) {
    return std::unexpected(
        Error::from_code(ENOENT, {kPointer, "/closID: ", group_words(plan), ", without schemata"}));
  } else {
    steps.push_back({.kind = ResctrlStep::Kind::kMakeDirectory, .path = plan.group, .value = {}});
    for (const std::string& value : plan.schemata) {
      steps.push_back({.kind = ResctrlStep::Kind::kWrite,
                       .path = resctrl_file(plan, "schemata"),
                       .value = value});
    }
  }
  if (plan.monitoring.empty()) {
    return steps;
  }
  if (state.monitoring_exists) {
    return std::unexpected(Error::from_code(
        EEXIST, {kPointer, "/enableMonitoring: ", base::quote(resctrl_monitoring_group(plan))}));
  }
  steps.push_back({.kind = ResctrlStep::Kind::kMakeDirectory,
                   .path = resctrl_monitoring_group(plan),
                   .value = {}});
  return steps;
}

bool schemata_agree(std::string_view wanted, std::string_view schemata) {
  const std::map<std::string, SchemaLine> current = parse_schemata(schemata);
  return std::ranges::all_of(parse_schemata(wanted), [&current](const auto& entry) {
    const auto line = current.find(entry.first);
    return line != current.end() &&
           std::ranges::all_of(entry.second.domains, [&line](const auto& domain) {
             const auto found = line->second.domains.find(domain.first);
             return found != line->second.domains.end() && found->second == domain.second;
           });
  });
}

}  // namespace myrt::plan
