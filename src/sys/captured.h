// Programs of the host that the runtime runs for what they do or say: ps(1), newuidmap(1).
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <myrt/result.h>

#include "sys/process.h"

namespace myrt::sys {

/// How a program ended, and what it wrote to stdout and stderr, in that order of time.
struct Captured {
  ExitStatus status;
  std::string output;
};

/// Runs `program`, which is looked for in $PATH when it has no slash, with `argv`, and waits for
/// its end. Its signals are as they are by default, which ours are not; the rest is inherited.
/// Errors: ENOENT there is no such program; EFBIG it writes more than `limit` bytes.
Result<Captured> run_captured(const std::string& program, const std::vector<std::string>& argv,
                              std::size_t limit);

}  // namespace myrt::sys
