// Descriptors that nobody needs any more, closed a range at a time: building a root file system
// opens three for each mount, and close_range(2) takes what lies side by side in one call.
#pragma once

#include <utility>
#include <vector>

#include "sys/unique_fd.h"

namespace myrt::sys {

class SpentFds {
 public:
  SpentFds() = default;
  SpentFds(const SpentFds&) = delete;
  SpentFds& operator=(const SpentFds&) = delete;
  SpentFds(SpentFds&& other) noexcept : fds_(std::exchange(other.fds_, {})) {}
  SpentFds& operator=(SpentFds&& other) noexcept {
    close();
    fds_ = std::exchange(other.fds_, {});
    return *this;
  }
  ~SpentFds() { close(); }

  /// Takes the descriptor over. When kMost wait, all are closed, so that a low RLIMIT_NOFILE is not
  /// used up.
  void add(UniqueFd fd);
  void add(std::vector<UniqueFd> fds);
  /// Closes all, now.
  void close();

 private:
  static constexpr std::size_t kMost = 48;
  std::vector<int> fds_;
};

}  // namespace myrt::sys
