// Typed form of what config.json says of how the kernel runs the process: on which processors,
// from which memory, with which priority (runtime-spec 1.3.0, config.md "Linux Process",
// config-linux.md "Memory Policy").
#pragma once

#include <cstdint>
#include <vector>

namespace myrt {

/// Numbers of CPUs or of memory nodes: bit n % 64 of element n / 64. The last element is never 0.
using NumberSet = std::vector<std::uint64_t>;

}  // namespace myrt
