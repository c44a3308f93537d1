// The one thing that a new network namespace needs: its loopback device up.
#pragma once

#include <myrt/result.h>

namespace myrt::sys {

/// Sets `lo` of the calling process's network namespace up (ioctl SIOCSIFFLAGS; netdevice(7)).
Result<void> bring_loopback_up();

}  // namespace myrt::sys
