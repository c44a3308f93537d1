#include "sys/spent_fds.h"

#include <algorithm>
#include <tuple>

#include "sys/process.h"

namespace myrt::sys {

void SpentFds::add(UniqueFd fd) {
  if (!fd.is_open()) {
    return;
  }
  fds_.push_back(fd.release());
  if (fds_.size() >= kMost) {
    close();
  }
}

void SpentFds::add(std::vector<UniqueFd> fds) {
  for (UniqueFd& fd : fds) {
    add(std::move(fd));
  }
}

void SpentFds::close() {
  std::ranges::sort(fds_);
  for (std::size_t first = 0; first < fds_.size();) {
    std::size_t end = first + 1;
    while (end < fds_.size() && fds_[end] == fds_[end - 1] + 1) {
      ++end;
    }
    // Like close(2), it releases the descriptors whatever it returns.
    std::ignore = close_range(static_cast<unsigned>(fds_[first]),
                              static_cast<unsigned>(fds_[end - 1]), false);
    first = end;
  }
  fds_.clear();
}

}  // namespace myrt::sys
