// Repeating a system call that a signal interrupted.
#pragma once

#include <cerrno>

namespace myrt::sys {

/// What `call` (a system call that returns -1 and sets errno) returns; again after EINTR.
template <typename Call>
auto again_after_eintr(Call call) {
  for (;;) {
    const auto result = call();
    if (result != -1 || errno != EINTR) {
      return result;
    }
  }
}

}  // namespace myrt::sys
