// Freezing with a limit of one's own; manager.h has the rest.
#pragma once

#include <chrono>
#include <span>
#include <string>

#include <myrt/result.h>

namespace myrt::cgroup {

/// As freeze(), which waits for 10 s.
Result<void> freeze_within(std::chrono::milliseconds limit,
                           std::span<const std::string> directories);

}  // namespace myrt::cgroup
