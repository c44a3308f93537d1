#include "container/resources.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <myrt/spec.h>
#include <myrt/update.h>

#include "cgroup/writes.h"
#include "config/resources_json.h"
#include "container/inputs.h"
#include "sys/file.h"

namespace myrt::container {

namespace {

constexpr const char* kFile = "resources.json";
constexpr std::size_t kMaxBytes = std::size_t{16} << 20U;

using cgroup::is_set;
using cgroup::kUnlimited;

bool is_limit(const std::optional<std::int64_t>& value) {
  return is_set(value) && *value != kUnlimited;
}

template <typename T>
void take_set(std::optional<T>& known, const std::optional<T>& change) {
  if (is_set(change)) {
    known = change;
  }
}

/// Of a flag, false is a change too.
template <typename T>
void take_any(std::optional<T>& known, const std::optional<T>& change) {
  if (change.has_value()) {
    known = change;
  }
}

void take(std::string& known, const std::string& change) {
  if (!change.empty()) {
    known = change;
  }
}

/// Each entry of `changes` takes the place of the known one that is `same`, or is added.
template <typename T, typename Same>
void take_list(std::vector<T>& known, const std::vector<T>& changes, Same same) {
  for (const T& change : changes) {
    const auto old =
        std::ranges::find_if(known, [&](const T& entry) { return same(entry, change); });
    if (old != known.end()) {
      *old = change;
    } else {
      known.push_back(change);
    }
  }
}

template <typename Device>
void take_devices(std::vector<Device>& known, const std::vector<Device>& changes) {
  take_list(known, changes, [](const Device& one, const Device& other) {
    return one.major == other.major && one.minor == other.minor;
  });
}

void take_memory(MemoryResources& known, const MemoryResources& changes, bool pure_v2) {
  if (is_set(changes.limit) && !is_set(changes.swap)) {
    if (*changes.limit == kUnlimited) {
      known.swap = kUnlimited;
    } else if (pure_v2 && is_limit(known.swap) && is_limit(known.limit)) {
      known.swap = *changes.limit + (*known.swap - *known.limit);
    }
  }
  take_set(known.limit, changes.limit);
  take_set(known.reservation, changes.reservation);
  take_set(known.swap, changes.swap);
  take_set(known.kernel, changes.kernel);
  take_set(known.kernel_tcp, changes.kernel_tcp);
  take_any(known.swappiness, changes.swappiness);
  take_any(known.disable_oom_killer, changes.disable_oom_killer);
  take_any(known.use_hierarchy, changes.use_hierarchy);
  take_any(known.check_before_update, changes.check_before_update);
}

void take_cpu(CpuResources& known, const CpuResources& changes) {
  take_set(known.shares, changes.shares);
  take_set(known.quota, changes.quota);
  take_any(known.burst, changes.burst);
  take_set(known.period, changes.period);
  take_set(known.realtime_runtime, changes.realtime_runtime);
  take_set(known.realtime_period, changes.realtime_period);
  take(known.cpus, changes.cpus);
  take(known.mems, changes.mems);
  take_any(known.idle, changes.idle);
}

void take_block_io(BlockIoResources& known, const BlockIoResources& changes) {
  take_set(known.weight, changes.weight);
  take_set(known.leaf_weight, changes.leaf_weight);
  take_devices(known.weight_device, changes.weight_device);
  take_devices(known.throttle_read_bps, changes.throttle_read_bps);
  take_devices(known.throttle_write_bps, changes.throttle_write_bps);
  take_devices(known.throttle_read_iops, changes.throttle_read_iops);
  take_devices(known.throttle_write_iops, changes.throttle_write_iops);
}

}  // namespace

Result<Resources> current_resources(const Entry& entry) {
  const int directory = entry.directory.get();
  const Result<std::string> updated = sys::read_file(directory, kFile, kMaxBytes);
  if (updated.has_value()) {
    return parse_resources(*updated, kFile);
  }
  if (updated.error().code() != ENOENT) {
    return std::unexpected(updated.error());
  }
  Spec spec = MYRT_TRY(saved_spec(entry));
  return std::move(spec.linux.resources);
}

Result<void> save_resources(const Entry& entry, const Resources& resources) {
  return sys::replace_file(entry.directory.get(), kFile, config::resources_json(resources), 0600);
}

Resources completed(Resources changes, const Resources& known) {
  if (is_set(changes.memory.swap) && !is_set(changes.memory.limit)) {
    changes.memory.limit = known.memory.limit;
  }
  CpuResources& cpu = changes.cpu;
  if (is_set(cpu.quota) && !is_set(cpu.period)) {
    cpu.period = known.cpu.period;
  } else if (is_set(cpu.period) && !is_set(cpu.quota)) {
    cpu.quota = known.cpu.quota;
  }
  if (cpu.idle == 0 && !is_set(cpu.shares)) {
    cpu.shares = known.cpu.shares;
  }
  if (!changes.memory.check_before_update.has_value()) {
    changes.memory.check_before_update = known.memory.check_before_update;
  }
  if (changes.pids_limit == 0) {
    changes.pids_limit.reset();
  }
  return changes;
}

Resources merged(Resources known, const Resources& changes, bool pure_v2) {
  take_memory(known.memory, changes.memory, pure_v2);
  take_cpu(known.cpu, changes.cpu);
  take_set(known.pids_limit, changes.pids_limit);
  take_block_io(known.block_io, changes.block_io);
  take_list(known.hugepage_limits, changes.hugepage_limits,
            [](const HugepageLimit& one, const HugepageLimit& other) {
              return one.page_size == other.page_size;
            });
  take_any(known.network.class_id, changes.network.class_id);
  take_list(known.network.priorities, changes.network.priorities,
            [](const auto& one, const auto& other) { return one.first == other.first; });
  for (const auto& [device, limit] : changes.rdma) {
    take_any(known.rdma[device].hca_handles, limit.hca_handles);
    take_any(known.rdma[device].hca_objects, limit.hca_objects);
  }
  for (const auto& [file, value] : changes.unified) {
    known.unified[file] = value;
  }
  return known;
}

}  // namespace myrt::container

namespace myrt {

Result<Resources> read_resources(const std::string& file) {
  const bool from_stdin = file == "-";
  const std::string name = from_stdin ? "stdin" : file;
  const sys::UniqueFd opened =
      from_stdin ? sys::UniqueFd() : MYRT_TRY(sys::open_at(AT_FDCWD, file, O_RDONLY | O_NOCTTY));
  const int fd = from_stdin ? STDIN_FILENO : opened.get();
  const std::string text = MYRT_TRY(sys::read_all(fd, name, container::kMaxBytes));
  return parse_resources(text, name);
}

}  // namespace myrt
