// What both versions of the conversion from `linux.resources` to cgroup files share.
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <myrt/result.h>
#include <myrt/spec_resources.h>

#include "cgroup/plan.h"

namespace myrt::cgroup {

/// "No limit", in every field that can say so.
inline constexpr std::int64_t kUnlimited = -1;

/// Engines send 0 for "leave as it is".
template <std::integral T>
constexpr bool is_set(const std::optional<T>& value) {
  return value.has_value() && *value != 0;
}

/// The writes that one controller has to take, in the order to make them.
struct ControllerWrites {
  std::string controller;
  std::vector<FileWrite> writes;
  friend bool operator==(const ControllerWrites&, const ControllerWrites&) = default;
};

/// Faults that no version of cgroups can make sense of: a swap limit without a memory limit or
/// below it (`swap` counts memory and swap together), negative sizes other than -1.
Result<void> check_memory(const MemoryResources& memory);

/// "MAJOR:MINOR ", with which every line for a block device starts.
std::string device_prefix(std::int64_t major, std::int64_t minor);

// These files are the same in both versions.
std::vector<FileWrite> cpuset_writes(const CpuResources& cpu);
std::vector<FileWrite> pids_writes(std::optional<std::int64_t> limit);
Result<std::vector<FileWrite>> rdma_writes(const std::map<std::string, RdmaLimit>& limits);

/// The limits of huge pages: hugetlb.SIZE.`limit_file` and hugetlb.SIZE.rsvd.`limit_file`.
std::vector<FileWrite> hugetlb_writes(const std::vector<HugepageLimit>& limits,
                                      const std::string& limit_file);

}  // namespace myrt::cgroup
