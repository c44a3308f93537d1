// What is known of one container (runtime-spec 1.3.0, runtime.md "State").
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <myrt/result.h>

namespace myrt {

/// The version of the runtime specification that myrt implements, and that its states comply with.
inline constexpr std::string_view kOciVersion = "1.3.0";

enum class Status { kCreating, kCreated, kRunning, kPaused, kStopped };

/// The specification's word: "creating", "created", "running", "paused", "stopped".
std::string_view status_word(Status status);

/// What the kernel has done to a container for lack of memory.
struct OutOfMemory {
  std::uint64_t killed = 0;            // processes, as far as their cgroups are still there
  std::optional<std::uint64_t> limit;  // bytes, of the container's cgroup; none: it has none
  std::string limit_file;              // where the kernel has the limit, "memory.max"
  // Whether memory was ever short at that limit, not only at one of a cgroup above or below, or on
  // the whole host.
  bool at_limit = false;
  friend bool operator==(const OutOfMemory&, const OutOfMemory&) = default;
};

struct State {
  std::string id;
  Status status = Status::kStopped;
  pid_t pid = 0;  // as the caller sees it; 0 when stopped
  std::string bundle;
  std::string rootfs;   // absolute path of root.path
  std::string created;  // RFC 3339, UTC, nanoseconds
  std::string owner;    // name of the user who created it; told by list() alone, as runc does
  std::vector<std::pair<std::string, std::string>> annotations;
  // When processes of it were killed for lack of memory. Also of a container that has stopped, as
  // long as its cgroup is there.
  std::optional<OutOfMemory> out_of_memory;
};

/// The state as JSON text, as `myrt state` prints it: indented, with a newline at the end.
std::string state_json(const State& state);
/// The states as one JSON array on one line, as `myrt list --format json` prints them.
std::string states_json(const std::vector<State>& states);

}  // namespace myrt
