// What the state directory of a container says: state.json, from the intent before the first side
// effect to the end.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <myrt/result.h>

#include "cgroup/systemd_bus.h"

namespace myrt::container {

/// A process that cannot be confused with a later one of the same pid.
struct ProcessId {
  pid_t pid = 0;                 // 0: none yet
  std::uint64_t start_time = 0;  // clock ticks since boot, /proc/PID/stat
  friend bool operator==(const ProcessId&, const ProcessId&) = default;
};

enum class Phase { kCreating, kCreated };

/// The scope of a container that systemd manages, and where that one is asked.
struct RecordedUnit {
  std::string name;
  std::string slice;
  std::string invocation;  // as in cgroup::UnitIdentity; empty: it was not known to be started yet
  cgroup::BusAddress manager;
  friend bool operator==(const RecordedUnit&, const RecordedUnit&) = default;
};

/// Mounts of a container whose config lists no mount namespace: they are made among the caller's.
struct SharedMounts {
  std::string root;                    // of the container, without a link in its path
  std::vector<std::string> places;     // in it, absolute, where it mounts, in that order
  std::vector<std::uint64_t> earlier;  // ids of the mounts that were at or below `root` before
  friend bool operator==(const SharedMounts&, const SharedMounts&) = default;
};

struct Record {
  std::string id;
  Phase phase = Phase::kCreating;
  ProcessId creator;  // the runtime that is, or was, creating
  ProcessId process;  // the container process
  std::string bundle;
  std::string rootfs;
  std::string created;      // RFC 3339
  std::uint32_t uid = 0;    // of the user who created it
  bool has_process = true;  // config.json has `process`
  bool has_poststart =
      false;  // hooks, so that the commands read the config again only when they must
  bool has_poststop = false;
  bool own_pid_namespace = true;     // the process's end ends all others
  bool own_mount_namespace = true;   // neither the caller's nor one that it joined
  bool new_keyring = true;           // its processes do not have their callers' session keyrings
  std::vector<std::string> cgroups;  // directories that delete removes, see cgroup::directories
  std::optional<SharedMounts> shared_mounts;
  std::vector<std::string> resctrl;  // directories of resctrl that delete removes, in order made
  std::optional<RecordedUnit> unit;
  std::vector<std::pair<std::string, std::string>> annotations;
  friend bool operator==(const Record&, const Record&) = default;
};

std::string record_json(const Record& record);
/// Errors say what is wrong with the text; unknown fields are ignored, a newer format version is an
/// error.
Result<Record> parse_record(std::string_view text);

/// state.json of a state directory, whole. ENOENT: there is none yet.
Result<Record> read_record(int state_directory);
Result<void> write_record(int state_directory, const Record& record);
/// The first one, in a directory that has none: nobody can have read it, so there is nothing to
/// replace.
Result<void> write_first_record(int state_directory, const Record& record);

}  // namespace myrt::container
