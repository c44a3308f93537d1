// Running out of memory in a container.
#pragma once

#include <cstdint>
#include <string>

#include "support/bundle.h"

namespace myrt::test {

/// What the tests limit a container to: enough for a shell, and not for kEatMemory.
inline constexpr std::int64_t kSmallMemory = 16 << 20;

/// A shell command whose process is killed in such a container.
inline constexpr const char* kEatMemory = "dd if=/dev/zero of=/dev/null bs=100M count=1";

/// Sets the limit, which leaves no swap beside it.
Bundle& limit_memory(Bundle& bundle, std::int64_t bytes);

/// Name of the file that has the limit, in the cgroup version of this machine.
std::string memory_limit_file();

}  // namespace myrt::test
