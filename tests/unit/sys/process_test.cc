#include "sys/process.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include <gtest/gtest.h>

#include "support.h"
#include "sys/file.h"

namespace myrt::sys {
namespace {

/// A child that lives until its pidfd is sent a signal.
Result<Cloned> sleeping_child() {
  Cloned cloned = MYRT_TRY(clone_process({}));
  if (cloned.pid == 0) {
    for (;;) {
      ::pause();
    }
  }
  return cloned;
}

TEST(CloneProcess, GivesTheParentAPidAndAPidfdWithCloseOnExec) {
  const auto cloned = clone_process({});
  ASSERT_TRUE(cloned.has_value());
  if (cloned->pid == 0) {
    child_exit(cloned->pidfd.is_open() ? 1 : 42);
  }
  EXPECT_GT(cloned->pid, 0);
  EXPECT_EQ(::fcntl(cloned->pidfd.get(), F_GETFD), FD_CLOEXEC);
  const auto status = wait_for(cloned->pid);
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->code, 42);
  EXPECT_EQ(status->signal, 0);
  EXPECT_EQ(status->shell_code(), 42);
}

TEST(CloneProcess, MakesASiblingThatTheParentCanWaitFor) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0);
  UniqueFd reader(ends[0]);
  UniqueFd writer(ends[1]);
  const auto middle = run_in_child([&] {
    const auto sibling = clone_process({.flags = CLONE_PARENT});
    if (!sibling.has_value()) {
      return 1;
    }
    if (sibling->pid == 0) {
      child_exit(43);
    }
    return write_all(writer.get(), std::to_string(sibling->pid), "pipe").has_value() ? 0 : 2;
  });
  ASSERT_TRUE(middle.has_value());
  ASSERT_EQ(middle->shell_code(), 0);
  writer.reset();
  const auto pid = read_all(reader.get(), "pipe", 100);
  ASSERT_TRUE(pid.has_value());
  const auto status = wait_for(std::stoi(*pid));
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->code, 43);
}

TEST(CloneProcess, NamesTheNamespacesAndTheCgroupOfAFailedCall) {
  const auto file = open_at(AT_FDCWD, "/dev/null", O_RDONLY);  // no cgroup
  ASSERT_TRUE(file.has_value());
  const auto cloned = clone_process(
      {.flags = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWPID | CLONE_FS, .cgroup = file->get()});
  if (cloned.has_value() && cloned->pid == 0) {
    child_exit(0);
  }
  ASSERT_FALSE(cloned.has_value());
  EXPECT_EQ(cloned.error().what(), "clone3 (new namespaces: user mnt pid; into a cgroup)");
}

TEST(CloneProcess, SaysWhenNoNamespaceWasAskedFor) {
  const auto cloned = clone_process({.flags = CLONE_SIGHAND});  // needs CLONE_VM (clone(2))
  if (cloned.has_value() && cloned->pid == 0) {
    child_exit(0);
  }
  ASSERT_FALSE(cloned.has_value());
  EXPECT_EQ(cloned.error().text(), "clone3 (new namespaces: none): Invalid argument");
}

TEST(WaitFor, TellsTheSignalThatEndedAProcess) {
  const auto child = sleeping_child();
  ASSERT_TRUE(child.has_value());
  ASSERT_TRUE(pidfd_send_signal(child->pidfd.get(), SIGKILL).has_value());
  const auto status = wait_for(child->pid);
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->signal, 9);
  EXPECT_EQ(status->shell_code(), 137);
}

TEST(WaitFor, NamesWhatIsNoChild) {
  const auto status = wait_for(1);
  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().text(), "wait for process 1: No child processes");
}

TEST(PidfdOpen, NamesTheProcessThatIsNotThere) {
  const auto fd = pidfd_open(2147483647);  // above any kernel.pid_max
  ASSERT_FALSE(fd.has_value());
  EXPECT_EQ(fd.error().text(), "pidfd_open 2147483647: No such process");
}

TEST(PidfdSendSignal, DoesNotReachAProcessThatWasWaitedFor) {
  const auto cloned = clone_process({});
  ASSERT_TRUE(cloned.has_value());
  if (cloned->pid == 0) {
    child_exit(0);
  }
  ASSERT_TRUE(wait_for(cloned->pid).has_value());
  const auto done = pidfd_send_signal(cloned->pidfd.get(), SIGTERM);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text(), "send signal 15: No such process");
}

TEST(PidfdGetfd, GivesAnotherDescriptorOfTheSameFile) {
  const auto self = pidfd_open(::getpid());
  ASSERT_TRUE(self.has_value());
  const auto file = open_at(AT_FDCWD, "/dev/null", O_RDONLY);
  ASSERT_TRUE(file.has_value());
  const auto copy = pidfd_getfd(self->get(), file->get());
  ASSERT_TRUE(copy.has_value());
  EXPECT_EQ(::fcntl(copy->get(), F_GETFD), FD_CLOEXEC);
  EXPECT_EQ(read_link(AT_FDCWD, "/proc/self/fd/" + std::to_string(copy->get())), "/dev/null");
}

TEST(WaitPidfd, IsFalseWhileTheProcessLivesAndTrueAfterItsEnd) {
  const auto child = sleeping_child();
  ASSERT_TRUE(child.has_value());
  EXPECT_EQ(wait_pidfd(child->pidfd.get(), 0), false);
  EXPECT_EQ(wait_pidfd(child->pidfd.get(), 1), false);
  ASSERT_TRUE(pidfd_send_signal(child->pidfd.get(), SIGKILL).has_value());
  EXPECT_EQ(wait_pidfd(child->pidfd.get(), -1), true);
  EXPECT_TRUE(wait_for(child->pid).has_value());
}

TEST(Setns, NamesTheNamespace) {
  const auto done = setns(-1, CLONE_NEWNET, "net /run/netns/x");
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text(), "setns net /run/netns/x: Bad file descriptor");
}

TEST(Unshare, NamesTheNamespace) {
  const auto done = unshare(CLONE_THREAD | CLONE_NEWNS | CLONE_CHILD_SETTID, "mnt");
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text(), "unshare mnt: Invalid argument");
}

TEST(CloseRange, ReallyCloses) {
  const auto status = run_in_child([] {
    const int low = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    if (::dup3(low, 700, O_CLOEXEC) != 700 || ::dup3(low, 702, O_CLOEXEC) != 702) {
      return 1;
    }
    if (!close_range(700, 701, false).has_value()) {
      return 2;
    }
    return ::fcntl(700, F_GETFD) == -1 && ::fcntl(702, F_GETFD) != -1 ? 0 : 3;
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

TEST(CloseRange, SetsCloseOnExecAlone) {
  const auto status = run_in_child([] {
    if (::dup2(0, 700) != 700 || !close_range(700, ~0U, true).has_value()) {
      return 1;
    }
    return ::fcntl(700, F_GETFD) == FD_CLOEXEC ? 0 : 2;
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

TEST(CloseRange, NamesARangeThatEndsBeforeItStarts) {
  const auto done = close_range(7, 3, true);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text(), "close_range 7 to 3 (set close-on-exec): Invalid argument");
}

TEST(ProcessAttributes, AreSetAsAsked) {
  const auto status = run_in_child([] {
    int signal = 0;
    int subreaper = 0;
    const bool set = set_parent_death_signal(SIGTERM).has_value() &&
                     set_dumpable(false).has_value() && set_child_subreaper(true).has_value() &&
                     set_no_new_privileges().has_value();
    ::prctl(PR_GET_PDEATHSIG, &signal);
    ::prctl(PR_GET_CHILD_SUBREAPER, &subreaper);
    return set && signal == SIGTERM && subreaper == 1 && ::prctl(PR_GET_DUMPABLE) == 0 &&
                   ::prctl(PR_GET_NO_NEW_PRIVS, 0UL, 0UL, 0UL, 0UL) == 1
               ? 0
               : 1;
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

TEST(ProcessAttributes, NameTheValueThatIsRefused) {
  const auto done = set_parent_death_signal(1000);
  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text(), "prctl PR_SET_PDEATHSIG 1000: Invalid argument");
}

}  // namespace
}  // namespace myrt::sys
