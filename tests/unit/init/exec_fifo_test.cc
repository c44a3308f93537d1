#include "init/exec_fifo.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include <gtest/gtest.h>

#include "../sys/support.h"
#include "sys/file.h"
#include "sys/process.h"

namespace myrt::init {
namespace {

using sys::TemporaryDirectory;

/// A child that parks on the fifo, then does `after`, and exits with what that returns.
template <typename After>
sys::Cloned parked_child(sys::UniqueFd fifo, After after) {
  Result<sys::Cloned> cloned = sys::clone_process({});
  if (!cloned.has_value()) {
    ADD_FAILURE() << cloned.error().text();
    return {};
  }
  if (cloned->pid == 0) {
    sys::child_exit(park(fifo.get()).has_value() ? after(fifo.get()) : 99);
  }
  return std::move(*cloned);
}

int exit_code(const sys::Cloned& child) {
  const Result<sys::ExitStatus> status = sys::wait_for(child.pid);
  return status.has_value() ? status->shell_code() : -1;
}

class ExecFifoTest : public testing::Test {
 protected:
  /// The fifo as `create` makes it.
  sys::UniqueFd make() {
    Result<sys::UniqueFd> fifo = make_exec_fifo(directory.fd());
    if (!fifo.has_value()) {
      ADD_FAILURE() << fifo.error().text();
      return {};
    }
    return std::move(*fifo);
  }
  TemporaryDirectory directory;
};

TEST_F(ExecFifoTest, IsPrivateAndFull) {
  const sys::UniqueFd fifo = make();

  struct ::stat status = {};
  ASSERT_EQ(::fstat(fifo.get(), &status), 0);
  EXPECT_TRUE(S_ISFIFO(status.st_mode));
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  int bytes = 0;
  ASSERT_EQ(::ioctl(fifo.get(), FIONREAD, &bytes), 0);
  EXPECT_EQ(bytes, ::fcntl(fifo.get(), F_GETPIPE_SZ));
  EXPECT_EQ(::fcntl(fifo.get(), F_GETFD), FD_CLOEXEC);
}

TEST_F(ExecFifoTest, IsMadeOnce) {
  const sys::UniqueFd fifo = make();

  const Result<sys::UniqueFd> again = make_exec_fifo(directory.fd());

  ASSERT_FALSE(again.has_value());
  EXPECT_EQ(again.error().text(), "make exec.fifo: File exists");
}

TEST_F(ExecFifoTest, HoldsTheProcessUntilItIsReleased) {
  const sys::Cloned child = parked_child(make(), [](int) { return 7; });
  EXPECT_TRUE(is_parked(directory.fd()));
  const Result<bool> early = sys::wait_pidfd(child.pidfd.get(), 0);
  ASSERT_TRUE(early.has_value());
  EXPECT_FALSE(*early);

  const Result<void> released = release(directory.fd());

  EXPECT_TRUE(released.has_value()) << released.error().text();
  EXPECT_EQ(exit_code(child), 7);
  EXPECT_FALSE(is_parked(directory.fd()));
}

TEST_F(ExecFifoTest, EndsWithTheExecution) {
  // The fifo is close-on-exec: what /bin/true does later keeps nobody waiting.
  const sys::Cloned child = parked_child(make(), [](int) {
    ::execl("/bin/true", "true", nullptr);
    return 98;
  });

  EXPECT_TRUE(release(directory.fd()).has_value());
  EXPECT_EQ(exit_code(child), 0);
}

TEST_F(ExecFifoTest, CarriesTheReasonOfAFailure) {
  const sys::Cloned child = parked_child(make(), [](int fifo) {
    return report_failure(fifo, Error(ENOEXEC, "exec: \"/bin/x\"")).has_value() ? 1 : 97;
  });

  const Result<void> released = release(directory.fd());

  ASSERT_FALSE(released.has_value());
  EXPECT_EQ(released.error().code(), ENOEXEC);
  EXPECT_EQ(released.error().text(), "exec: \"/bin/x\": Exec format error");
  EXPECT_EQ(exit_code(child), 1);
}

TEST_F(ExecFifoTest, CutsAReasonThatWouldFillIt) {
  const sys::Cloned child = parked_child(make(), [](int fifo) {
    return report_failure(fifo, Error(std::string(100'000, 'x'))).has_value() ? 1 : 97;
  });

  const Result<void> released = release(directory.fd());

  ASSERT_FALSE(released.has_value());
  EXPECT_EQ(released.error().text(), std::string(2048, 'x'));
  EXPECT_EQ(exit_code(child), 1);
}

TEST_F(ExecFifoTest, TellsThatAParkedProcessWasKilled) {
  const sys::Cloned child = parked_child(make(), [](int) { return 0; });
  ASSERT_TRUE(sys::pidfd_send_signal(child.pidfd.get(), SIGKILL).has_value());
  EXPECT_EQ(exit_code(child), 128 + SIGKILL);
  EXPECT_FALSE(is_parked(directory.fd()));

  const Result<void> released = release(directory.fd());

  ASSERT_FALSE(released.has_value());
  EXPECT_EQ(
      released.error().text(),
      "the container process ended before it was started; a seccomp filter that forbids read(2), "
      "write(2) or close(2) does that");
}

TEST_F(ExecFifoTest, RefusesOtherContents) {
  sys::UniqueFd fifo = make();
  std::string filler(static_cast<std::size_t>(::fcntl(fifo.get(), F_GETPIPE_SZ)), '\0');
  ASSERT_EQ(::read(fifo.get(), filler.data(), filler.size()), static_cast<ssize_t>(filler.size()));
  ASSERT_TRUE(sys::write_all(fifo.get(), "1", "the fifo").has_value());
  // A reader keeps the contents when the last writer goes.
  const Result<sys::UniqueFd> reader =
      sys::open_at(directory.fd(), "exec.fifo", O_RDONLY | O_NONBLOCK);
  ASSERT_TRUE(reader.has_value()) << reader.error().text();
  fifo.reset();

  const Result<void> released = release(directory.fd());

  ASSERT_FALSE(released.has_value());
  EXPECT_EQ(released.error().text(), "exec.fifo: unknown contents: Protocol error");
}

TEST_F(ExecFifoTest, IsNotParkedOnWhenThereIsNone) {
  EXPECT_FALSE(is_parked(directory.fd()));

  const Result<void> released = release(directory.fd());

  ASSERT_FALSE(released.has_value());
  EXPECT_EQ(released.error().text(), "open exec.fifo: No such file or directory");
}

TEST_F(ExecFifoTest, FollowsNoLink) {
  const TemporaryDirectory elsewhere;
  const Result<sys::UniqueFd> fifo = make_exec_fifo(elsewhere.fd());
  ASSERT_TRUE(fifo.has_value());
  ASSERT_EQ(::symlinkat((elsewhere / "exec.fifo").c_str(), directory.fd(), "exec.fifo"), 0);

  EXPECT_FALSE(is_parked(directory.fd()));
  EXPECT_EQ(release(directory.fd()).error().code(), ELOOP);
}

}  // namespace
}  // namespace myrt::init
