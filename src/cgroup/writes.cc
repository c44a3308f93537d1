#include "cgroup/writes.h"

#include <map>
#include <string_view>

#include "base/text.h"

namespace myrt::cgroup {

namespace {

Result<void> check_size(std::string_view field, const std::optional<std::int64_t>& value) {
  if (value.value_or(0) < kUnlimited) {
    return std::unexpected(Error(base::concat(
        {"/linux/resources/memory/", field, ": want bytes or -1, got ", std::to_string(*value)})));
  }
  return {};
}

}  // namespace

Result<void> check_memory(const MemoryResources& memory) {
  MYRT_TRY(check_size("limit", memory.limit));
  MYRT_TRY(check_size("reservation", memory.reservation));
  MYRT_TRY(check_size("swap", memory.swap));
  MYRT_TRY(check_size("kernel", memory.kernel));
  MYRT_TRY(check_size("kernelTCP", memory.kernel_tcp));
  if (!is_set(memory.swap) || *memory.swap == kUnlimited) {
    return {};
  }
  if (!is_set(memory.limit) || *memory.limit == kUnlimited) {
    return std::unexpected(Error("/linux/resources/memory/swap: needs a memory limit"));
  }
  if (*memory.swap < *memory.limit) {
    return std::unexpected(Error(
        base::concat({"/linux/resources/memory/swap: counts memory and swap together, so want at "
                      "least the memory limit of ",
                      std::to_string(*memory.limit), ", got ", std::to_string(*memory.swap)})));
  }
  return {};
}

std::string device_prefix(std::int64_t major, std::int64_t minor) {
  return base::concat({std::to_string(major), ":", std::to_string(minor), " "});
}

std::vector<FileWrite> cpuset_writes(const CpuResources& cpu) {
  std::vector<FileWrite> writes;
  if (!cpu.cpus.empty()) {
    writes.push_back(
        {.file = "cpuset.cpus", .value = cpu.cpus, .field = "/linux/resources/cpu/cpus"});
  }
  if (!cpu.mems.empty()) {
    writes.push_back(
        {.file = "cpuset.mems", .value = cpu.mems, .field = "/linux/resources/cpu/mems"});
  }
  return writes;
}

std::vector<FileWrite> pids_writes(std::optional<std::int64_t> limit) {
  if (!limit.has_value()) {
    return {};
  }
  // 0 is a limit here, and not "unset": it lets the container process move in, but not fork.
  return {{.file = "pids.max",
           .value = *limit < 0 ? "max" : std::to_string(*limit),
           .field = "/linux/resources/pids/limit"}};
}

Result<std::vector<FileWrite>> rdma_writes(const std::map<std::string, RdmaLimit>& limits) {
  std::vector<FileWrite> writes;
  for (const auto& [device, limit] : limits) {
    std::string value = device;
    if (limit.hca_handles.has_value()) {
      value += " hca_handle=" + std::to_string(*limit.hca_handles);
    }
    if (limit.hca_objects.has_value()) {
      value += " hca_object=" + std::to_string(*limit.hca_objects);
    }
    if (value == device) {
      return std::unexpected(Error(base::concat({"/linux/resources/rdma: ", base::quote(device),
                                                 " has neither hcaHandles nor hcaObjects"})));
    }
    writes.push_back(
        {.file = "rdma.max", .value = std::move(value), .field = "/linux/resources/rdma"});
  }
  return writes;
}

std::vector<FileWrite> hugetlb_writes(const std::vector<HugepageLimit>& limits,
                                      const std::string& limit_file) {
  std::vector<FileWrite> writes;
  for (std::size_t i = 0; i < limits.size(); ++i) {
    const std::string prefix = base::concat({"hugetlb.", limits[i].page_size, "."});
    const std::string field = "/linux/resources/hugepageLimits/" + std::to_string(i);
    const std::string value = std::to_string(limits[i].limit);
    writes.push_back({.file = prefix + limit_file, .value = value, .field = field});
    // Limits what is reserved and not only what is touched. Kernels before 5.7 have no such files.
    writes.push_back({.file = base::concat({prefix, "rsvd.", limit_file}),
                      .value = value,
                      .field = field,
                      .optional = true});
  }
  return writes;
}

}  // namespace myrt::cgroup
