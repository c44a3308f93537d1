#include <array>
#include <unordered_map>

#include "config/parse.h"

namespace myrt::config {

namespace {

/// A name that may stand in a warning: engines look for words of error messages in all output, so
/// nothing with spaces gets in from a config.
bool is_plain_word(std::string_view name) {
  return name.size() <= base::kQuotedBytes &&
         name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789") == std::string_view::npos;
}

User parse_user(const Value& in) {
  if (!in.object()) {
    return {};
  }
  User user{.uid = in.need("uid").integer<std::uint32_t>(0, kMaxId).value_or(0),
            .gid = in.need("gid").integer<std::uint32_t>(0, kMaxId).value_or(0),
            .umask = in["umask"].integer<std::uint32_t>(0, 0777),
            .additional_gids = {}};
  const Values gids = in["additionalGids"].elements("an array of integers");
  user.additional_gids.reserve(gids.size());
  for (const Value& gid : gids) {
    user.additional_gids.push_back(gid.integer<std::uint32_t>(0, kMaxId).value_or(0));
  }
  return user;
}

/// A set as a bit mask. Names that this kernel interface does not have are told, not refused
/// (config.md, "Linux Process": the runtime logs a warning and should not fail).
std::uint64_t parse_capability_set(const Value& in) {
  std::uint64_t set = 0;
  for (const Value& value : in.elements("an array of strings")) {
    const std::optional<std::string_view> name = value.string("a capability's name");
    if (!name.has_value()) {
      continue;
    }
    const Named<int>* capability = find_name(capabilities(), *name);
    if (capability != nullptr) {
      set |= std::uint64_t{1} << static_cast<unsigned>(capability->value);
    } else {
      value.warn(base::concat(
          {"left out, as there is no capability ", is_plain_word(*name) ? *name : "of this name"}));
    }
  }
  return set;
}

CapabilitySets parse_capabilities(const Value& in) {
  if (!in.object()) {
    return {};
  }
  return {.bounding = parse_capability_set(in["bounding"]),
          .effective = parse_capability_set(in["effective"]),
          .permitted = parse_capability_set(in["permitted"]),
          .inheritable = parse_capability_set(in["inheritable"]),
          .ambient = parse_capability_set(in["ambient"])};
}

std::vector<Rlimit> parse_rlimits(const Value& in) {
  const Values values = in.elements("an array of objects");
  std::vector<Rlimit> limits;
  for (const Value& value : values) {
    if (!value.object()) {
      continue;
    }
    const Value type = value.need("type");
    const std::optional<int> resource = type.word(rlimits(), "the name of a resource limit");
    const Value soft = value.need("soft");
    const Rlimit limit{.resource = resource.value_or(-1),
                       .soft = soft.integer<std::uint64_t>().value_or(0),
                       .hard = value.need("hard").integer<std::uint64_t>().value_or(UINT64_MAX)};
    if (limit.soft > limit.hard) {
      soft.want(base::concat({"at most the hard limit ", std::to_string(limit.hard)}));
    }
    const bool repeated =
        std::ranges::find(limits, limit.resource, &Rlimit::resource) != limits.end();
    if (resource.has_value() && repeated) {
      type.want("each resource once");
    }
    limits.push_back(limit);
  }
  return limits;
}

std::optional<ConsoleSize> parse_console_size(const Value& in) {
  if (!in.object()) {
    return std::nullopt;
  }
  return ConsoleSize{.height = in.need("height").integer<std::uint16_t>().value_or(0),
                     .width = in.need("width").integer<std::uint16_t>().value_or(0)};
}

std::vector<std::string> parse_args(const Value& in) {
  std::vector<std::string> args = in.texts();
  if (args.empty() && in.kind() == NodeKind::kArray) {
    in.want("at least one string");
  }
  return args;
}

}  // namespace

std::vector<std::string> parse_environment(const Value& in) {
  const Values values = in.elements("an array of strings");
  std::vector<std::string> environment;
  environment.reserve(values.size());
  std::unordered_map<std::string_view, std::size_t> places;
  places.reserve(values.size());
  for (const Value& value : values) {
    constexpr std::string_view kWanted = "NAME=value";
    const std::optional<std::string_view> entry = value.string(kWanted);
    if (!entry.has_value()) {
      continue;
    }
    const std::size_t equals = entry->find('=');
    if (equals == std::string_view::npos || equals == 0) {
      value.want(kWanted);
      continue;
    }
    const auto [place, is_new] = places.try_emplace(entry->substr(0, equals), environment.size());
    if (is_new) {
      environment.emplace_back(*entry);
    } else {
      environment[place->second] = *entry;
    }
  }
  return environment;
}

Process parse_process(const Value& in) {
  Process process;
  if (!in.object()) {
    return process;
  }
  process.terminal = in["terminal"].boolean().value_or(false);
  process.console_size = parse_console_size(in["consoleSize"]);
  process.user = parse_user(in.need("user"));
  process.args = parse_args(in.need("args"));
  process.env = parse_environment(in["env"]);
  process.cwd = in.need("cwd").absolute_path();
  process.capabilities = parse_capabilities(in["capabilities"]);
  process.rlimits = parse_rlimits(in["rlimits"]);
  process.no_new_privileges = in["noNewPrivileges"].boolean().value_or(false);
  process.apparmor_profile = in["apparmorProfile"].text();
  process.selinux_label = in["selinuxLabel"].text();
  process.oom_score_adj = in["oomScoreAdj"].integer<int>(-1000, 1000);  // proc_pid_oom_score_adj(5)
  process.scheduler = parse_scheduler(in["scheduler"]);
  process.io_priority = parse_io_priority(in["ioPriority"]);
  process.exec_cpu_affinity = parse_exec_cpu_affinity(in["execCPUAffinity"]);
  return process;
}

}  // namespace myrt::config
