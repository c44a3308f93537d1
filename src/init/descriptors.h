// Which descriptors a process that was cloned may keep.
#pragma once

#include <vector>

#include <myrt/result.h>

namespace myrt::init {

/// Closes every descriptor from `first` up that is not in `keep` (any order, -1 is passed over). A
/// real close: between the clone and execve(2) close-on-exec frees nothing.
Result<void> close_all_except(int first, std::vector<int> keep);

}  // namespace myrt::init
