// Running hooks (runtime-spec config.md, "POSIX-platform Hooks"), from the runtime or from the
// container process.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <myrt/result.h>
#include <myrt/spec_hooks.h>

namespace myrt::init {

struct HookRun {
  std::string_view kind;  // "prestart", "createRuntime" ...
  std::string state;      // JSON text for stdin
  std::string directory;  // working directory
  const std::vector<std::string>* default_environment =
      nullptr;  // for hooks without `env`; none: empty
};

/// Runs the hooks in order, each to its end, and stops at the first that fails. The error names
/// kind, index, path, how it ended, and what it wrote to stdout and stderr. A hook past its
/// time-out is killed.
Result<void> run_hooks(const std::vector<Hook>& hooks, const HookRun& run);

/// Runs one.
Result<void> run_hook(const Hook& hook, std::size_t index, const HookRun& run);

}  // namespace myrt::init
