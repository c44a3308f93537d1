#include "container/process_id.h"

#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include <gtest/gtest.h>

#include "../sys/support.h"
#include "init/exec_fifo.h"
#include "sys/process.h"

namespace myrt::container {
namespace {

ProcessId myself() { return identify(::getpid()).value_or(ProcessId{}); }

/// A pid that is this process's, recorded of another one.
ProcessId reused() {
  ProcessId process = myself();
  --process.start_time;
  return process;
}

/// A child that has ended; it is reaped at the end.
class Zombie {
 public:
  Zombie() {
    Result<sys::Cloned> cloned = sys::clone_process({});
    if (!cloned.has_value()) {
      ADD_FAILURE() << cloned.error().text();
      return;
    }
    if (cloned->pid == 0) {
      sys::child_exit(5);
    }
    pid_ = cloned->pid;
    siginfo_t info = {};
    EXPECT_EQ(::waitid(P_PID, static_cast<id_t>(pid_), &info, WEXITED | WNOWAIT), 0);
    process_ = identify(pid_).value_or(ProcessId{});
  }
  Zombie(const Zombie&) = delete;
  Zombie& operator=(const Zombie&) = delete;
  ~Zombie() { static_cast<void>(sys::wait_for(pid_)); }

  [[nodiscard]] const ProcessId& process() const { return process_; }

 private:
  pid_t pid_ = 0;
  ProcessId process_;
};

TEST(Identify, TellsPidAndStartTime) {
  const ProcessId process = myself();

  EXPECT_EQ(process.pid, ::getpid());
  EXPECT_GT(process.start_time, 0U);
}

TEST(Identify, KnowsNoProcessThatIsNotThere) {
  const Result<ProcessId> process = identify(0x7FFFFFFF);

  ASSERT_FALSE(process.has_value());
  EXPECT_EQ(process.error().code(), ESRCH);
}

TEST(IsAlive, TellsTheProcessFromALaterOneOfItsPid) {
  EXPECT_TRUE(is_alive(myself()));
  EXPECT_FALSE(is_alive(reused()));
}

TEST(IsAlive, DoesNotCountAZombie) {
  const Zombie zombie;

  EXPECT_FALSE(is_alive(zombie.process()));
  ASSERT_TRUE(look_up(zombie.process()).has_value());
  EXPECT_EQ(look_up(zombie.process())->state, 'Z');
}

TEST(IsAlive, KnowsThatNobodyHasPidZero) {
  EXPECT_FALSE(is_alive(ProcessId{}));
  EXPECT_FALSE(is_alive({.pid = -1, .start_time = 0}));
}

TEST(OpenProcess, GivesAPidfd) {
  const Result<sys::UniqueFd> pidfd = open_process(myself());

  ASSERT_TRUE(pidfd.has_value()) << pidfd.error().text();
  EXPECT_TRUE(sys::pidfd_send_signal(pidfd->get(), 0).has_value());
}

TEST(OpenProcess, SaysThatTheProcessIsGone) {
  const Zombie zombie;
  for (const ProcessId& process :
       {zombie.process(), reused(), ProcessId{}, ProcessId{.pid = 0x7FFFFFFF, .start_time = 1}}) {
    const Result<sys::UniqueFd> pidfd = open_process(process);

    ASSERT_FALSE(pidfd.has_value());
    EXPECT_EQ(pidfd.error().code(), ESRCH);
    EXPECT_EQ(pidfd.error().text(), "process " + std::to_string(process.pid) + ": No such process");
  }
}

class StatusOfTest : public testing::Test {
 protected:
  Record record(Phase phase, const ProcessId& creator, const ProcessId& process) {
    Record record;
    record.phase = phase;
    record.creator = creator;
    record.process = process;
    return record;
  }
  sys::TemporaryDirectory directory;
};

TEST_F(StatusOfTest, IsCreatingWhileTheCreatorLives) {
  EXPECT_EQ(status_of(record(Phase::kCreating, myself(), {}), directory.fd()), Status::kCreating);
  EXPECT_EQ(status_of(record(Phase::kCreating, myself(), reused()), directory.fd()),
            Status::kCreating);
}

TEST_F(StatusOfTest, IsStoppedWhenTheCreatorDiedOnTheWay) {
  EXPECT_EQ(status_of(record(Phase::kCreating, reused(), myself()), directory.fd()),
            Status::kStopped);
}

TEST_F(StatusOfTest, IsCreatedWhileTheFifoIsFull) {
  const Result<sys::UniqueFd> fifo = init::make_exec_fifo(directory.fd());
  ASSERT_TRUE(fifo.has_value()) << fifo.error().text();

  EXPECT_EQ(status_of(record(Phase::kCreated, {}, myself()), directory.fd()), Status::kCreated);
}

TEST_F(StatusOfTest, IsRunningWhenNobodyIsParked) {
  EXPECT_EQ(status_of(record(Phase::kCreated, {}, myself()), directory.fd()), Status::kRunning);

  // Released a moment ago: the fifo is there, and empty.
  ASSERT_EQ(::mkfifo((directory / "exec.fifo").c_str(), 0600), 0);
  EXPECT_EQ(status_of(record(Phase::kCreated, {}, myself()), directory.fd()), Status::kRunning);
}

TEST_F(StatusOfTest, IsRunningWhenItsCgroupsAreGone) {
  Record gone = record(Phase::kCreated, {}, myself());
  gone.cgroups = {directory / "none"};

  EXPECT_EQ(status_of(gone, directory.fd()), Status::kRunning);
}

TEST_F(StatusOfTest, IsStoppedWhenTheProcessIsGone) {
  const Zombie zombie;
  const Result<sys::UniqueFd> fifo = init::make_exec_fifo(directory.fd());
  ASSERT_TRUE(fifo.has_value()) << fifo.error().text();

  EXPECT_EQ(status_of(record(Phase::kCreated, myself(), reused()), directory.fd()),
            Status::kStopped);
  EXPECT_EQ(status_of(record(Phase::kCreated, myself(), zombie.process()), directory.fd()),
            Status::kStopped);
}

}  // namespace
}  // namespace myrt::container
