#include "sys/spent_fds.h"

#include <fcntl.h>

#include <gtest/gtest.h>

namespace myrt::sys {
namespace {

UniqueFd null_fd() { return UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC)); }

bool is_open(int fd) { return ::fcntl(fd, F_GETFD) >= 0; }

TEST(SpentFds, KeepDescriptorsUntilTheyAreClosedTogether) {
  SpentFds spent;
  UniqueFd fd = null_fd();
  const int number = fd.get();
  spent.add(std::move(fd));
  EXPECT_TRUE(is_open(number));
  spent.close();
  EXPECT_FALSE(is_open(number));
}

TEST(SpentFds, LeaveWhatLiesBetweenThem) {
  UniqueFd first = null_fd();
  const UniqueFd between = null_fd();
  UniqueFd last = null_fd();
  const int first_number = first.get();
  const int last_number = last.get();
  {
    SpentFds spent;
    spent.add(std::move(last));
    spent.add(std::move(first));
  }
  EXPECT_FALSE(is_open(first_number));
  EXPECT_TRUE(is_open(between.get()));
  EXPECT_FALSE(is_open(last_number));
}

TEST(SpentFds, AreClosedWhenTooManyWait) {
  SpentFds spent;
  UniqueFd fd = null_fd();
  const int number = fd.get();
  spent.add(std::move(fd));
  for (int i = 1; i < 48; ++i) {
    spent.add(null_fd());
  }
  EXPECT_FALSE(is_open(number));
}

}  // namespace
}  // namespace myrt::sys
