#include "container/relay.h"

#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "../sys/support.h"
#include "sys/file.h"

namespace myrt::container {
namespace {

struct Pipe {
  Pipe() {
    std::array<int, 2> ends{-1, -1};
    EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK), 0);
    read.reset(ends[0]);
    write.reset(ends[1]);
  }
  /// What is in it.
  [[nodiscard]] std::string take() const {
    std::string data(100'000, '\0');
    const ssize_t count = ::read(read.get(), data.data(), data.size());
    data.resize(count < 0 ? 0 : static_cast<std::size_t>(count));
    return data;
  }
  void put(std::string_view data) const {
    EXPECT_TRUE(sys::write_all(write.get(), data, "a pipe").has_value());
  }

  sys::UniqueFd read;
  sys::UniqueFd write;
};

/// One round of poll(2), without waiting.
void turn(Relay& relay) {
  std::array<struct ::pollfd, 2> wait = relay.interest();
  ASSERT_GE(::poll(wait.data(), wait.size(), 0), 0);
  relay.act(wait);
}

TEST(Relay, CopiesFromOneToTheOther) {
  const Pipe from;
  const Pipe to;
  Relay relay(from.read.get(), to.write.get());
  from.put("hello");

  turn(relay);
  turn(relay);

  EXPECT_EQ(to.take(), "hello");
}

TEST(Relay, WaitsOnlyForInputWhenNothingIsKept) {
  const Pipe from;
  const Pipe to;
  const Relay relay(from.read.get(), to.write.get());

  EXPECT_EQ(relay.interest()[0].fd, from.read.get());
  EXPECT_EQ(relay.interest()[1].fd, -1);
}

TEST(Relay, ReadsNoMoreWhenTheReaderIsSlow) {
  const Pipe from;
  const Pipe to;
  to.put(std::string(static_cast<std::size_t>(::fcntl(to.write.get(), F_GETPIPE_SZ)), 'x'));
  Relay relay(from.read.get(), to.write.get());
  from.put(std::string(40'000, 'y'));

  turn(relay);
  turn(relay);

  EXPECT_EQ(relay.interest()[0].fd, -1);
  EXPECT_EQ(relay.interest()[1].fd, to.write.get());
  EXPECT_EQ(to.take(), std::string(65536, 'x'));
  relay.drain();
  EXPECT_EQ(to.take(), std::string(40'000, 'y'));
}

TEST(Relay, EndsWithItsInput) {
  Pipe from;
  const Pipe to;
  Relay relay(from.read.get(), to.write.get());
  from.put("last");
  from.write.reset();

  relay.drain();

  EXPECT_EQ(to.take(), "last");
  EXPECT_EQ(relay.interest()[0].fd, -1);
  EXPECT_EQ(relay.interest()[1].fd, -1);
}

TEST(Relay, EndsWhenNobodyReads) {
  const auto before = ::signal(SIGPIPE, SIG_IGN);
  const Pipe from;
  Pipe to;
  Relay relay(from.read.get(), to.write.get());
  from.put("lost");
  to.read.reset();

  relay.drain();

  EXPECT_EQ(relay.interest()[0].fd, -1);
  EXPECT_EQ(relay.interest()[1].fd, -1);
  ::signal(SIGPIPE, before);
}

TEST(Relay, DoesNotWaitForInputWhenItDrains) {
  const Pipe from;
  const Pipe to;
  Relay relay(from.read.get(), to.write.get());

  relay.drain();

  EXPECT_EQ(to.take(), "");
}

}  // namespace
}  // namespace myrt::container
