// Waiting for the kernel, where there is nothing to poll(2) for in every version of cgroups.
#pragma once

#include <algorithm>
#include <chrono>
#include <thread>

#include <myrt/result.h>

namespace myrt::cgroup {

/// How long processes may take to freeze or to end before it is an error.
inline constexpr std::chrono::seconds kPatience{10};

/// Calls `done`, a Result<bool>(), until it says true; with pauses from 50 microseconds, doubled
/// each time, to 20 milliseconds. False when it has not within `limit`.
template <typename Done>
Result<bool> wait_until(std::chrono::milliseconds limit, Done done) {
  using Clock = std::chrono::steady_clock;
  constexpr std::chrono::microseconds kLongestPause{20000};
  const Clock::time_point end = Clock::now() + limit;
  std::chrono::microseconds pause{50};
  for (;;) {
    const bool reached = MYRT_TRY(done());
    if (reached || Clock::now() >= end) {
      return reached;
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(2 * pause, kLongestPause);
  }
}

}  // namespace myrt::cgroup
