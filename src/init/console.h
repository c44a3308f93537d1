// The container's terminal: a pseudo-terminal of its own devpts.
#pragma once

#include <string>

#include <myrt/result.h>

#include "plan/plan.h"
#include "sys/unique_fd.h"

namespace myrt::init {

struct Console {
  sys::UniqueFd master;
  sys::UniqueFd slave;
  std::string name;  // "/dev/pts/0", as the container sees it
};

/// Opens a pair through /dev/pts/ptmx of the container (`root` is a descriptor of its "/"). Only a
/// ptmx that is one is used: device 5:2 on a devpts (CVE-2026-88264, CVE-2025-52565).
Result<Console> open_console(int root, const plan::ProcessPlan& process);

/// Binds the slave to /dev/console of the container.
Result<void> bind_to_console(int root, int slave);

/// Makes the slave stdin, stdout and stderr.
Result<void> use_console(int slave);

/// Makes stdin, which is a terminal, the controlling one of the session that the process leads.
Result<void> control_console();

}  // namespace myrt::init
