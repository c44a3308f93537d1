// Out of memory: which kills the kernel counts in a container's cgroups, and being told of them as
// they happen. cgroup v1 counts them since Linux 4.13, in the cgroup of the process that was
// killed; v2 counts them in every cgroup above it as well.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include <myrt/result.h>
#include <myrt/state.h>

#include "cgroup/tree.h"
#include "sys/unique_fd.h"

namespace myrt::cgroup {

/// The number behind `oom_kill` in memory.events (v2) or memory.oom_control (v1); 0 when there is
/// none.
std::uint64_t parse_oom_kills(std::string_view text);

/// The limit in memory.max or memory.limit_in_bytes; nothing when it is none.
std::optional<std::uint64_t> parse_memory_limit(std::string_view text);

/// Whether memory.events.local counts a time at which the cgroup's own limit was in the way (v2).
bool parse_at_limit(std::string_view text);

/// "out of memory: the kernel has killed 1 process of the container, whose memory limit is 1048576
/// bytes (memory.max)". Which process that was, and when, nobody knows.
std::string out_of_memory_text(const OutOfMemory& out_of_memory);

/// What has happened so far in the memory cgroup among a record's `directories` and below it; on v1
/// as far as those below are still there. Nothing was killed where there is none, or none any more.
Result<OutOfMemory> out_of_memory(std::span<const std::string> directories);

/// Tells when the kernel runs out of memory for a container. What happened before is not told.
class OutOfMemoryWatch {
 public:
  static Result<OutOfMemoryWatch> open(std::span<const std::string> directories);

  /// For poll(2) with POLLIN; -1: nothing is told, only asked for by take().
  [[nodiscard]] int fd() const { return fd_.get(); }

  /// How often since it was asked last. Kills in v1 cgroups below the container's own ring no bell:
  /// they are found when this is called for another reason.
  Result<std::uint64_t> take();

 private:
  /// Whether the kernel has rung since the last time.
  [[nodiscard]] bool was_rung() const;

  OpenCgroup memory_;           // not open: there is none
  sys::UniqueFd fd_;            // v1: eventfd(2); v2: inotify(7)
  std::uint64_t killed_ = 0;    // counted so far
  std::uint64_t expected_ = 0;  // kills that were told before the kernel counted them (v1)
};

}  // namespace myrt::cgroup
