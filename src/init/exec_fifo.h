// The exec fifo holds a created container until `start`, and tells `start` how it went.
//
// The runtime makes it, opens it for reading and writing, and fills it to its capacity. The
// container process inherits that descriptor (close-on-exec) and writes one byte, "0": the write
// blocks, since the pipe is full. `start` reads everything, which lets the byte through and the
// process go on. What follows is the end of file (execve(2) has closed the descriptor), or a
// failure message and then the end of file.
//
// Nothing but write(2) is needed in the container process, which its seccomp filter may govern by
// then, and a fifo that holds bytes is the proof that the process is parked, whatever became of the
// runtime that was to note it.
#pragma once

#include <myrt/result.h>

#include "sys/unique_fd.h"

namespace myrt::init {

inline constexpr const char* kExecFifoName = "exec.fifo";

/// In the runtime: makes the fifo in the state directory and fills it.
Result<sys::UniqueFd> make_exec_fifo(int state_directory);

/// In the container process: returns when `start` has read. EPERM and the like come from a filter
/// without write(2).
Result<void> park(int fifo);
/// In the container process, after park: says why the program cannot be executed.
Result<void> report_failure(int fifo, const Error& error);

/// In any process: whether a process is parked on the fifo of this state directory.
bool is_parked(int state_directory);

/// In `start`: lets the process go and waits for the outcome. Success: the fifo was closed without
/// a failure, so the program was executed or the process died; the caller tells by looking at it.
/// Errors: what the container process reported; a sentence when nothing is parked.
Result<void> release(int state_directory);

}  // namespace myrt::init
