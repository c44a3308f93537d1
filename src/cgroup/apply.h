// The writes of a plan, made in the container's directory.
#pragma once

#include <span>
#include <string>

#include <myrt/result.h>

#include "cgroup/journal.h"
#include "cgroup/plan.h"

namespace myrt::cgroup {

/// Makes `writes` to files in `directory` (absolute), in order, those that the kernel wants later
/// at the end. Errors name the field of config.json, the file and the value.
Result<void> apply_writes(const std::string& directory, std::span<const FileWrite> writes);

/// The same, noting in `journal` what each file held before.
Result<void> apply_writes(const std::string& directory, std::span<const FileWrite> writes,
                          Journal& journal);

}  // namespace myrt::cgroup
