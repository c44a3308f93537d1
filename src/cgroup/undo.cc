#include "cgroup/undo.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace myrt::cgroup {

namespace {

/// The words before the first blank: in a line for a device, its number.
std::string_view key_of(std::string_view line) { return line.substr(0, line.find(' ')); }

/// Whether the file has a line for each device, interface or such, and `written` is one of them.
bool is_keyed(std::string_view file, std::string_view written) {
  const bool has_key = written.find(' ') != std::string_view::npos;
  return has_key && (key_of(written).find(':') != std::string_view::npos ||
                     file == "net_prio.ifpriomap" || file == "rdma.max");
}

/// What a line says that was not there, as there was nothing to say of `key`.
std::optional<std::string> reset_text(std::string_view file, std::string_view key) {
  if (file == "io.max") {
    return base::concat({key, " rbps=max wbps=max riops=max wiops=max"});
  }
  if (file == "io.weight" || file == "io.bfq.weight") {
    return base::concat({key, " default"});
  }
  if (file.starts_with("blkio.")) {
    return base::concat({key, " 0"});
  }
  return std::nullopt;
}

}  // namespace

std::optional<std::string> undo_text(std::string_view file, std::string_view written,
                                     std::string_view old) {
  if (old.ends_with('\n')) {
    old.remove_suffix(1);
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
