#include "init/descriptors.h"

#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "../sys/support.h"

namespace myrt::init {
namespace {

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

/// In a process of its own: 10 to 15 are open, then all but `keep` are closed. The exit status has
/// bit n set when 10 + n is still open.
int left_open(std::vector<int> keep) {
  const Result<sys::ExitStatus> status = sys::run_in_child([&] {
    for (int fd = 10; fd < 16; ++fd) {
      if (::dup2(STDERR_FILENO, fd) != fd) {
        return 255;
      }
    }
    if (!close_all_except(10, std::move(keep)).has_value()) {
      return 254;
    }
    int left = 0;
    for (int fd = 10; fd < 16; ++fd) {
      left |= is_open(fd) ? 1 << (fd - 10) : 0;
    }
    return left;
  });
  return status.has_value() ? status->code : -1;
}

TEST(CloseAllExcept, ClosesAllWhenNoneIsKept) { EXPECT_EQ(left_open({}), 0); }

TEST(CloseAllExcept, KeepsTheNamedOnesInAnyOrder) { EXPECT_EQ(left_open({14, 10, 12}), 0b010101); }

TEST(CloseAllExcept, KeepsNeighboursAndTheLast) { EXPECT_EQ(left_open({15, 11, 12}), 0b100110); }

TEST(CloseAllExcept, PassesOverNoneAndRepeatedOnes) {
  EXPECT_EQ(left_open({-1, 11, -1, 11}), 0b000010);
}

TEST(CloseAllExcept, PassesOverOnesBelowTheRange) { EXPECT_EQ(left_open({2, 9, 13}), 0b001000); }

TEST(CloseAllExcept, LeavesWhatIsBelowTheFirstAlone) {
  const Result<sys::ExitStatus> status = sys::run_in_child([] {
    const bool moved = ::dup2(STDERR_FILENO, 9) == 9;
    const bool closed = close_all_except(10, {}).has_value();
    return moved && closed && is_open(9) && is_open(STDERR_FILENO) ? 0 : 1;
  });

  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->code, 0);
}

}  // namespace
}  // namespace myrt::init
