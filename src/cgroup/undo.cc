#include "cgroup/undo.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/text.h"

namespace myrt::cgroup {

namespace {

/// The words before the first blank: in a line for a device, its number.
std::string_view key_of(std::string_view line) { return line.substr(0, line.find(' ')); }

/// Files whose lines are for something else than a device number.
constexpr std::array<std::string_view, 3> kKeyedByName = {"misc.max", "net_prio.ifpriomap",
                                                          "rdma.max"};

/// What is over when it has been written: processes have moved, a trigger ends with the descriptor
/// that set it, and a threaded cgroup stays one (cgroups(7)).
constexpr std::array<std::string_view, 4> kFinal = {"cgroup.kill", "cgroup.procs", "cgroup.threads",
                                                    "cgroup.type"};

bool is_final(std::string_view file) {
  return std::ranges::find(kFinal, file) != kFinal.end() || file.ends_with(".pressure");
}

/// Whether the file has a line for each device, interface or such, and `written` is one of them.
bool is_keyed(std::string_view file, std::string_view written) {
  const bool has_key = written.find(' ') != std::string_view::npos;
  return has_key && (key_of(written).find(':') != std::string_view::npos ||
                     std::ranges::find(kKeyedByName, file) != kKeyedByName.end());
}

/// What a line says that was not there, as there was nothing to say of `key`.
std::optional<std::string> reset_text(std::string_view file, std::string_view key) {
  if (file == "io.max") {
    return base::concat({key, " rbps=max wbps=max riops=max wiops=max"});
  }
  if (file == "io.weight" || file == "io.bfq.weight") {
    return base::concat({key, " default"});
  }
  if (file == "io.latency") {
    return base::concat({key, " target=max"});
  }
  if (file.starts_with("blkio.")) {
    return base::concat({key, " 0"});
  }
  return std::nullopt;
}

/// The controllers that `written`, "+cpu -io", has really switched, switched back.
std::optional<std::string> undo_of_controllers(std::string_view written, std::string_view old) {
  const std::vector<std::string_view> enabled = base::split(old, ' ');
  std::string text;
  for (const std::string_view word : base::split(written, ' ')) {
    if (word.empty()) {
      continue;
    }
    const bool enables = word.front() == '+';
    const std::string_view controller = word.substr(1);
    const bool was_enabled = std::ranges::find(enabled, controller) != enabled.end();
    if (enables != was_enabled) {
      text += base::concat({text.empty() ? "" : " ", enables ? "-" : "+", controller});
    }
  }
  return text.empty() ? std::nullopt : std::optional(std::move(text));
}

}  // namespace

std::optional<std::string> undo_text(std::string_view file, std::string_view written,
                                     std::string_view old) {
  if (old.ends_with('\n')) {
    old.remove_suffix(1);
  }
  if (is_final(file)) {
    return std::nullopt;
  }
  if (file == "cgroup.subtree_control") {
    return undo_of_controllers(written, old);
  }
  if (file == "cpuset.cpus.partition") {
    return std::string(key_of(old));  // "root invalid (REASON)"
  }
  const std::vector<std::string_view> lines = base::split(old, '\n');
  if (is_keyed(file, written)) {
    const std::string_view key = key_of(written);
    const auto line = std::ranges::find(lines, key, key_of);
    return line == lines.end() ? reset_text(file, key) : std::optional<std::string>(*line);
  }
  if (file == "memory.oom_control") {
    constexpr std::string_view kBefore = "oom_kill_disable ";
    return old.starts_with(kBefore)
               ? std::optional<std::string>(lines.front().substr(kBefore.size()))
               : std::nullopt;
  }
  if (lines.front().starts_with("default ")) {
    return std::string(lines.front());  // what holds for the devices without a line of their own
  }
  if (lines.size() != 1) {
    return std::nullopt;
  }
  // One write(2) of nothing at all would not reach the kernel's file.
  return old.empty() ? "\n" : std::string(old);
}

}  // namespace myrt::cgroup
