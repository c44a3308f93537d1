#include <algorithm>

#include "base/capability_names.h"
#include "base/text.h"
#include "plan/parts.h"

namespace myrt::plan {

namespace {

constexpr std::string_view kDefaultSearchPath = "/bin:/usr/bin";  // execvp(3) without PATH
constexpr std::uint32_t kDefaultUmask =
    0022;  // whatever the caller's is: runc and crun do the same

/// The value of `name` in `env`; names are unique there.
std::optional<std::string> variable(const std::vector<std::string>& env, std::string_view name) {
  const std::string prefix = base::concat({name, "="});
  const auto found = std::ranges::find_if(
      env, [&](const std::string& entry) { return entry.starts_with(prefix); });
  if (found == env.end()) {
    return std::nullopt;
  }
  return found->substr(prefix.size());
}

std::string capability_words(std::uint64_t set) {
  std::vector<std::string> words;
  for (unsigned number = 0; number < 64; ++number) {
    if ((set >> number & 1U) != 0) {
      words.push_back(number < base::kCapabilityNames.size()
                          ? std::string(base::kCapabilityNames.at(number))
                          : std::to_string(number));
    }
  }
  return base::join(words, ", ");
}

/// The sets as prctl(2) and capset(2) accept them: what cannot be granted must not fail the
/// container (config.md, "capabilities").
Noted<CapabilitySets> capability_sets(const CapabilitySets& asked, std::uint64_t grantable) {
  Noted<CapabilitySets> sets;
  const auto limit = [&sets](std::uint64_t set, std::uint64_t possible, std::string_view why) {
    const std::uint64_t lost = set & ~possible;
    if (lost != 0) {
      sets.warnings.push_back(
          base::concat({"/process/capabilities", why, ": ", capability_words(lost)}));
    }
    return set & possible;
  };
  const auto available = [&](std::uint64_t set) { return set & grantable; };
  CapabilitySets& granted = sets.value;
  limit(asked.bounding | asked.effective | asked.permitted | asked.inheritable | asked.ambient,
        grantable, ": the runtime cannot grant");
  granted.bounding = available(asked.bounding);
  granted.permitted = available(asked.permitted);
  granted.inheritable = limit(available(asked.inheritable), granted.bounding,
                              "/inheritable: left out, not in the bounding set");
  granted.effective = limit(available(asked.effective), granted.permitted,
                            "/effective: left out, not in the permitted set");
  granted.ambient = limit(available(asked.ambient), granted.permitted & granted.inheritable,
                          "/ambient: left out, not both permitted and inheritable");
  return sets;
}

}  // namespace

std::uint64_t grantable_capabilities(const host::HostFacts& host, bool in_user_namespace) {
  constexpr int kHighestBit = 63;
  const auto unknown = static_cast<unsigned>(kHighestBit - host.last_capability);
  const std::uint64_t known = ~std::uint64_t{0} >> unknown;
  // Who enters a user namespace, made or joined, has every capability there (user_namespaces(7)).
  return in_user_namespace ? known : known & host.capabilities;
}

Noted<ProcessPlan> process_plan(const Process& process, std::uint64_t grantable) {
  Noted<CapabilitySets> capabilities = capability_sets(process.capabilities, grantable);
  ProcessPlan plan;
  plan.args = process.args;
  plan.env = process.env;
  plan.home_missing = !variable(process.env, "HOME").has_value();
  plan.search_path = variable(process.env, "PATH").value_or(std::string(kDefaultSearchPath));
  plan.cwd = process.cwd;
  plan.terminal = process.terminal;
  const ConsoleSize size = process.console_size.value_or(ConsoleSize{});
  // A size of nothing is what engines send for "unknown".
  if (process.terminal && size.height != 0 && size.width != 0) {
    plan.console_size = size;
  }
  plan.uid = process.user.uid;
  plan.gid = process.user.gid;
  plan.groups = process.user.additional_gids;
  plan.umask = process.user.umask.value_or(kDefaultUmask);
  plan.capabilities = capabilities.value;
  plan.rlimits = process.rlimits;
  plan.no_new_privileges = process.no_new_privileges;
  plan.apparmor_profile = process.apparmor_profile;
  plan.selinux_label = process.selinux_label;
  plan.oom_score_adj = process.oom_score_adj;
  return {.value = std::move(plan), .warnings = std::move(capabilities.warnings)};
}

}  // namespace myrt::plan
