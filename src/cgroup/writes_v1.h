// `linux.resources` to the files of cgroup v1 (kernel: Documentation/admin-guide/cgroup-v1). Pure.
#pragma once

#include <vector>

#include <myrt/result.h>
#include <myrt/spec_resources.h>

#include "cgroup/writes.h"

namespace myrt::cgroup {

Result<std::vector<FileWrite>> memory_writes_v1(const MemoryResources& memory);
std::vector<FileWrite> cpu_writes_v1(const CpuResources& cpu);
std::vector<FileWrite> block_io_writes_v1(const BlockIoResources& block_io);

/// All writes but the device rules, by controller; a controller without writes is absent. Errors
/// name the JSON pointer of what v1 cannot do.
Result<std::vector<ControllerWrites>> writes_v1(const Resources& resources);

}  // namespace myrt::cgroup
