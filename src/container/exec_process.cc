#include "container/exec_process.h"

#include <algorithm>
#include <cctype>

#include "base/text.h"
#include "config/names.h"

namespace myrt::container {

namespace {

/// Ids that setresuid(2) takes: 4294967295 would mean "no change".
constexpr std::uint32_t kMaxId = 4294967294;

/// Replaces the variable where it stands, or adds it.
Result<void> set_variable(std::vector<std::string>& environment, const std::string& entry) {
  const std::size_t equals = entry.find('=');
  if (equals == std::string::npos || equals == 0) {
    return std::unexpected(Error("--env: want NAME=value, got " + base::quote(entry)));
  }
  const std::string_view name = std::string_view(entry).substr(0, equals + 1);
  const auto same =
      std::ranges::find_if(environment, [&](const std::string& e) { return e.starts_with(name); });
  if (same != environment.end()) {
    *same = entry;
  } else {
    environment.push_back(entry);
  }
  return {};
}

/// As runc has it since CVE-2022-29162: never inheritable, or a program with file capabilities
/// would get more than it was given.
Result<void> add_capability(CapabilitySets& sets, const std::string& text) {
  std::string name = text;
  std::ranges::transform(name, name.begin(),
                         [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  const config::Named<int>* capability = config::find_name(config::capabilities(), name);
  if (capability == nullptr) {
    return std::unexpected(Error("--cap: unknown capability " + base::quote(text)));
  }
  const std::uint64_t bit = std::uint64_t{1} << static_cast<unsigned>(capability->value);
  sets.bounding |= bit;
  sets.effective |= bit;
  sets.permitted |= bit;
  return {};
}

}  // namespace

Result<Process> changed_process(const Process& container, const ExecChanges& changes) {
  Process process = container;
  if (changes.args.empty()) {
    return std::unexpected(Error("want a program, or --process"));
  }
  process.args = changes.args;
  process.terminal = false;      // the container's is another,
  process.console_size.reset();  // and so is its size
  for (const std::string& entry : changes.env) {
    MYRT_TRY(set_variable(process.env, entry));
  }
  if (!changes.cwd.empty() && !changes.cwd.starts_with('/')) {
    return std::unexpected(Error("--cwd: want an absolute path, got " + base::quote(changes.cwd)));
  }
  if (!changes.cwd.empty()) {
    process.cwd = changes.cwd;
  }
  if (changes.user.has_value()) {
    process.user.uid = changes.user->uid;
    process.user.gid = changes.user->gid.value_or(process.user.gid);
  }
  for (const std::uint32_t gid : changes.additional_gids) {
    if (gid > kMaxId) {
      return std::unexpected(
          Error("--additional-gids: want 0 to 4294967294, got " + std::to_string(gid)));
    }
    process.user.additional_gids.push_back(gid);
  }
  for (const std::string& capability : changes.capabilities) {
    MYRT_TRY(add_capability(process.capabilities, capability));
  }
  if (!changes.apparmor_profile.empty()) {
    process.apparmor_profile = changes.apparmor_profile;
  }
  if (!changes.selinux_label.empty()) {
    process.selinux_label = changes.selinux_label;
  }
  process.no_new_privileges = process.no_new_privileges || changes.no_new_privileges;
  return process;
}

Process completed_process(const Process& container, config::ProcessFile file) {
  Process process = std::move(file.process);
  if (!file.has_capabilities) {
    process.capabilities = container.capabilities;
  }
  if (!file.has_rlimits) {
    process.rlimits = container.rlimits;
  }
  if (!file.has_no_new_privileges) {
    process.no_new_privileges = container.no_new_privileges;
  }
  if (process.apparmor_profile.empty()) {
    process.apparmor_profile = container.apparmor_profile;
  }
  if (process.selinux_label.empty()) {
    process.selinux_label = container.selinux_label;
  }
  if (!process.oom_score_adj.has_value()) {
    process.oom_score_adj = container.oom_score_adj;
  }
  if (!process.scheduler.has_value()) {
    process.scheduler = container.scheduler;
  }
  if (!process.io_priority.has_value()) {
    process.io_priority = container.io_priority;
  }
  if (!process.exec_cpu_affinity.has_value()) {
    process.exec_cpu_affinity = container.exec_cpu_affinity;
  }
  return process;
}

}  // namespace myrt::container

namespace myrt {

Result<ExecUser> parse_exec_user(std::string_view text) {
  const auto parts = base::split(text, ':');
  const auto uid = base::parse_integer<std::uint32_t>(parts[0], 0, container::kMaxId);
  std::optional<std::uint32_t> gid;
  if (parts.size() == 2) {
    gid = base::parse_integer<std::uint32_t>(parts[1], 0, container::kMaxId);
  }
  if (!uid.has_value() || parts.size() > 2 || (parts.size() == 2 && !gid.has_value())) {
    return std::unexpected(
        Error("want UID[:GID] in decimal, each at most 4294967294, got " + base::quote(text)));
  }
  return ExecUser{.uid = *uid, .gid = gid};
}

}  // namespace myrt
