// Programs in memory: files that have no path and that nobody can change (memfd_create(2)).
#pragma once

#include <string_view>

#include <myrt/result.h>

#include "sys/unique_fd.h"

namespace myrt::sys {

/// Seals that keep a memfd as it is.
inline constexpr int kMemfdSeals = 0x1 | 0x2 | 0x4 | 0x8;  // F_SEAL_SEAL, _SHRINK, _GROW, _WRITE

/// An empty memfd, close-on-exec, that can be sealed and executed.
Result<UniqueFd> executable_memfd(const char* name);
/// Seals it with kMemfdSeals.
Result<void> seal_memfd(int memfd);

/// A sealed memfd with `program` in it, to be executed by descriptor.
Result<UniqueFd> sealed_program(const char* name, std::string_view program);

}  // namespace myrt::sys
