#include "init/launch.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include <gtest/gtest.h>

#include "sys/process.h"
#include "sys/socket.h"

namespace myrt::init {
namespace {

using Kind = Message::Kind;

/// SIGPIPE is ignored, as the runtime ignores it.
class LaunchedTest : public testing::Test {
 protected:
  void SetUp() override { before_ = ::signal(SIGPIPE, SIG_IGN); }
  void TearDown() override { ::signal(SIGPIPE, before_); }

  /// A process that does `body` with its end of the socket and exits with what that returns.
  template <typename Body>
  static Launched launched(Body body) {
    auto ends = sys::seqpacket_pair();
    Result<sys::Cloned> cloned = sys::clone_process({});
    if (!ends.has_value() || !cloned.has_value()) {
      ADD_FAILURE() << "no socket or no process";
      return {0, {}, {}};
    }
    if (cloned->pid == 0) {
      ends->first.reset();
      Channel channel(std::move(ends->second));
      sys::child_exit(body(channel));
    }
    return {cloned->pid, std::move(cloned->pidfd), Channel(std::move(ends->first))};
  }
  static int pause_for_ever(Channel& /*channel*/) {
    ::pause();
    return 0;
  }
  /// Waits until the process has ended, and leaves it to be reaped.
  static void await_end(const Launched& process) {
    siginfo_t info = {};
    ASSERT_EQ(::waitid(P_PID, static_cast<id_t>(process.pid()), &info, WEXITED | WNOWAIT), 0);
  }
  static bool is_child(pid_t pid) {
    siginfo_t info = {};
    return ::waitid(P_PID, static_cast<id_t>(pid), &info, WEXITED | WNOHANG | WNOWAIT) == 0;
  }

 private:
  sighandler_t before_ = SIG_DFL;
};

TEST_F(LaunchedTest, ReceivesWhatTheProcessSends) {
  Launched process = launched([](Channel& channel) {
    return channel.send(Kind::kFiltered, "7").has_value() && channel.wait_for(Kind::kListenerTaken)
               ? 0
               : 1;
  });

  const Result<Channel::Received> received = process.wait_for(Kind::kFiltered);

  ASSERT_TRUE(received.has_value()) << received.error().text();
  EXPECT_EQ(received->text, "7");
  EXPECT_TRUE(process.send(Kind::kListenerTaken).has_value());
}

TEST_F(LaunchedTest, SaysHowAProcessEndedThatSaidNothing) {
  Launched exited = launched([](Channel&) { return 3; });
  Launched killed = launched([](Channel&) { return ::kill(::getpid(), SIGKILL); });

  EXPECT_EQ(exited.wait_for(Kind::kReady).error().text(),
            "the container process was gone before \"ready\": exited with status 3");
  EXPECT_EQ(killed.wait_for(Kind::kRunHooks).error().text(),
            "the container process was gone before \"run hooks\": killed by signal 9");
}

TEST_F(LaunchedTest, MarksTheEndThatTheKernelHasForThoseOutOfMemory) {
  Launched exited = launched([](Channel&) { return 3; });
  Launched terminated = launched([](Channel&) { return ::kill(::getpid(), SIGTERM); });
  Launched killed = launched([](Channel&) { return ::kill(::getpid(), SIGKILL); });

  EXPECT_EQ(exited.wait_for(Kind::kReady).error().code(), 0);
  EXPECT_EQ(terminated.wait_for(Kind::kReady).error().code(), 0);
  EXPECT_EQ(killed.wait_for(Kind::kReady).error().code(), ECHILD);
}

TEST_F(LaunchedTest, SaysHowAProcessEndedToWhichItCannotSend) {
  Launched process = launched([](Channel&) { return 3; });
  await_end(process);

  EXPECT_EQ(process.send(Kind::kCommitted).error().text(),
            "the container process was gone before \"committed\": exited with status 3");
}

TEST_F(LaunchedTest, GivesTheReasonOfAProcessToWhichItCannotSend) {
  Launched process = launched([](Channel& channel) {
    return channel.send_failure(Error(ENOENT, "process.cwd: chdir /work")).has_value() ? 1 : 2;
  });
  await_end(process);

  EXPECT_EQ(process.send(Kind::kHooksDone).error().text(),
            "process.cwd: chdir /work: No such file or directory");
}

TEST_F(LaunchedTest, KillsAndReapsTheProcessAtItsEnd) {
  pid_t pid = 0;
  {
    const Launched process = launched(pause_for_ever);
    pid = process.pid();
    EXPECT_TRUE(is_child(pid));
  }
  EXPECT_FALSE(is_child(pid));
}

TEST_F(LaunchedTest, LeavesAReleasedProcessAlone) {
  pid_t pid = 0;
  sys::UniqueFd pidfd;
  {
    Launched process = launched(pause_for_ever);
    pid = process.pid();
    pidfd = process.release();
  }

  const Result<bool> ended = sys::wait_pidfd(pidfd.get(), 0);
  ASSERT_TRUE(ended.has_value());
  EXPECT_FALSE(*ended);
  ASSERT_TRUE(sys::pidfd_send_signal(pidfd.get(), SIGKILL).has_value());
  EXPECT_TRUE(sys::wait_for(pid).has_value());
}

// The clone shares the sync socket, and a process that traces it may write anything there.
TEST_F(LaunchedTest, TakesOnlyAChildForTheClone) {
  Launched stranger =
      launched([](Channel& channel) { return channel.send(Kind::kCloned, "1") ? 0 : 1; });
  Launched itself = launched([](Channel& channel) {
    return channel.send(Kind::kCloned, std::to_string(::getpid())) ? 0 : 1;
  });
  const std::string own_pid = std::to_string(itself.pid());

  EXPECT_EQ(stranger.successor().error().text(),
            "sync socket: pid 1 is not the joiner's clone: Protocol error");
  EXPECT_EQ(itself.successor().error().text(),
            "sync socket: pid " + own_pid + " is not the joiner's clone: Protocol error");
}

}  // namespace
}  // namespace myrt::init
