// `linux.resources`, whose words are those of cgroup v1, to the files of cgroup v2 (kernel:
// Documentation/admin-guide/cgroup-v2.rst). What has no form there is an error; limits of kernel
// memory, which are part of the memory limit there and deprecated anyway, are only worth a warning.
// Pure.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include <myrt/result.h>
#include <myrt/spec_resources.h>

#include "cgroup/writes.h"

namespace myrt::cgroup {

/// cpu.weight (1..10000, default 100) for CPU shares (2..262144, default 1024): a curve through
/// both ends and the defaults, as other runtimes have it.
std::uint64_t cpu_weight(std::uint64_t shares);

/// io.weight (1..10000) for a block I/O weight (10..1000).
std::uint64_t io_weight(std::uint64_t weight);

Result<std::vector<FileWrite>> memory_writes_v2(const MemoryResources& memory);
Result<std::vector<FileWrite>> cpu_writes_v2(const CpuResources& cpu);
Result<std::vector<FileWrite>> block_io_writes_v2(const BlockIoResources& block_io);

/// `linux.resources.unified`, by controller: "cgroup" for the files that need none.
Result<std::vector<ControllerWrites>> unified_writes(
    const std::map<std::string, std::string>& unified);

/// All writes but the device rules, by controller, `unified` last; a controller can come twice.
Result<std::vector<ControllerWrites>> writes_v2(const Resources& resources);

/// What writes_v2 leaves out, for the log.
std::vector<std::string> warnings_v2(const Resources& resources);

}  // namespace myrt::cgroup
