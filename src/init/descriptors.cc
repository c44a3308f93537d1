#include "init/descriptors.h"

#include <algorithm>

#include "sys/process.h"

namespace myrt::init {

Result<void> close_all_except(int first, std::vector<int> keep) {
  std::ranges::sort(keep);
  auto next = static_cast<unsigned>(first);
  for (const int fd : keep) {
    if (fd < 0 || static_cast<unsigned>(fd) < next) {
      continue;  // none, below the range, or named twice
    }
    const auto kept = static_cast<unsigned>(fd);
    if (kept > next) {
      MYRT_TRY(sys::close_range(next, kept - 1, false));
    }
    next = kept + 1;
  }
  return sys::close_range(next, ~0U, false);
}

}  // namespace myrt::init
