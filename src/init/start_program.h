// The last part of the container process: from the pivoted root to execve(2).
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <myrt/result.h>

#include "init/child.h"
#include "sys/proc.h"

namespace myrt::init {

/// The process's name (comm) until it executes its program: a dead one that still has it never did.
inline constexpr const char* kWaitingName = "myrt-init";

/// What /proc says of a process that has closed its end of a fifo or socket, once it is decided
/// why: execve(2) closes before it changes the name, and a death closes before it shows. Asks
/// `look` again for up to 0.2 s, as a program may have our name. Nothing: it is gone.
std::optional<sys::ProcessStat> decided(
    const std::function<std::optional<sys::ProcessStat>()>& look);

/// What will be executed.
struct StartProgram {
  std::string path;                      // empty: config.json has no process
  std::vector<std::string> environment;  // complete
};

/// Working directory, stdio, environment; finds the program with the rights it will have.
/// `terminal` is the slave, if there is one; making it the controlling terminal is the caller's.
Result<StartProgram> prepare_program(const ChildPlan& child, sys::UniqueFd terminal);

/// Memory policy and the like, limits, filter, credentials. A filter without no_new_privileges goes
/// before the loss of CAP_SYS_ADMIN, which loading needs (seccomp(2)). One with it waits for
/// `run_program`, so that no call of ours is made under it, unless it has a listener, whose agent
/// must have it before `create` returns.
Result<void> confine(const ChildPlan& child, Channel& runtime);

/// Executes the program. Returns only when it did not work, with the reason.
Error execute_program(const ChildPlan& child, const StartProgram& program);

/// Waits for `start`, runs startContainer hooks, executes. Failures go into the fifo.
[[noreturn]] void run_program(const ChildPlan& child, const StartProgram& program, int fifo);

}  // namespace myrt::init
