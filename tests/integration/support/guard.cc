#include "support/guard.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "support/host_snapshot.h"
#include "support/test_run.h"

namespace myrt::test {
namespace {

sigset_t awaited_signals() {
  sigset_t signals;
  ::sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGCHLD}) {
    ::sigaddset(&signals, signal);
  }
  return signals;
}

// Waits for the end of `tests`, which a signal to this process brings about.
int wait_for(pid_t tests, const sigset_t& signals) {
  int status = 0;
  while (::waitpid(tests, &status, WNOHANG) == 0) {
    siginfo_t info{};
    if (::sigwaitinfo(&signals, &info) > 0 && info.si_signo != SIGCHLD) {
      ::kill(tests, SIGKILL);
    }
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

int run_guarded(const std::function<int()>& tests) {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  const sigset_t signals = awaited_signals();
  sigset_t before;
  ::sigprocmask(SIG_BLOCK, &signals, &before);
  std::fflush(nullptr);  // or the child would print it again
  const pid_t child = ::fork();
  if (child < 0) {
    std::fprintf(stderr, "fork: %s\n", std::strerror(errno));
    return 2;
  }
  if (child == 0) {
    ::sigprocmask(SIG_SETMASK, &before, nullptr);
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const int result = tests();
    std::fflush(nullptr);
    ::_exit(result);
  }
  const int result = wait_for(child, signals);
  clean_up_after_failure(test_run().directory);
  return result;
}

}  // namespace myrt::test
