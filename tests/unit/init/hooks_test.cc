#include "init/hooks.h"

#include <signal.h>
#include <sys/stat.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "../sys/support.h"

namespace myrt::init {
namespace {

/// Hooks are shell scripts in a temporary directory, which is their working directory as well.
class HooksTest : public testing::Test {
 protected:
  // As in the container process, which has its program's signals when startContainer hooks run.
  void SetUp() override { before_ = ::signal(SIGPIPE, SIG_DFL); }
  void TearDown() override { ::signal(SIGPIPE, before_); }

  Hook script(std::string_view name, std::string_view body) {
    const std::string path = directory / name;
    sys::write_text(path, "#!/bin/sh\n" + std::string(body) + "\n");
    EXPECT_EQ(::chmod(path.c_str(), 0755), 0);
    return {.path = path};
  }
  [[nodiscard]] HookRun run(std::string state = "{}") const {
    return {.kind = "poststop", .state = std::move(state), .directory = directory.path()};
  }
  /// What is said of one hook after kind, index and path; "" when it succeeded.
  std::string failure(const Hook& hook) { return failure(hook, run()); }
  static std::string failure(const Hook& hook, const HookRun& hook_run) {
    const Result<void> done = run_hook(hook, 2, hook_run);
    if (done.has_value()) {
      return "";
    }
    const std::string text = done.error().text();
    const std::string start = "poststop hook 2 (" + hook.path + "): ";
    return text.starts_with(start) ? text.substr(start.size()) : "unexpected start: " + text;
  }
  [[nodiscard]] std::string text_of(std::string_view name) const {
    return sys::text_of(directory / name);
  }

  sys::TemporaryDirectory directory;

 private:
  sighandler_t before_ = SIG_DFL;
};

TEST_F(HooksTest, RunInTheirOrder) {
  const std::vector<Hook> hooks = {script("a", "echo one >> log"), script("b", "echo two >> log"),
                                   script("c", "echo three >> log")};

  const Result<void> done = run_hooks(hooks, run());

  EXPECT_TRUE(done.has_value()) << done.error().text();
  EXPECT_EQ(text_of("log"), "one\ntwo\nthree\n");
}

TEST_F(HooksTest, StopAtTheFirstThatFails) {
  const std::vector<Hook> hooks = {script("a", "echo one >> log"), script("b", "exit 3"),
                                   script("c", "echo three >> log")};

  const Result<void> done = run_hooks(hooks, run());

  ASSERT_FALSE(done.has_value());
  EXPECT_EQ(done.error().text(), "poststop hook 1 (" + (directory / "b") + "): exit status 3");
  EXPECT_EQ(text_of("log"), "one\n");
}

TEST_F(HooksTest, GetTheStateOnStdin) {
  EXPECT_EQ(failure(script("hook", "cat > seen"), run(R"({"id":"c1"})")), "");

  EXPECT_EQ(text_of("seen"), R"({"id":"c1"})");
}

TEST_F(HooksTest, GetAStateThatIsLargerThanAPipe) {
  const std::string state(1U << 20U, 's');

  EXPECT_EQ(failure(script("hook", "cat > seen"), run(state)), "");

  EXPECT_EQ(text_of("seen"), state);
}

TEST_F(HooksTest, NeedNotReadTheState) {
  const std::string state(1U << 20U, 's');

  EXPECT_EQ(failure(script("hook", "true"), run(state)), "");
  EXPECT_EQ(failure(script("closer", "exec <&-; true"), run(state)), "");
}

TEST_F(HooksTest, LeaveTheCallersSignalsAsTheyWere) {
  EXPECT_EQ(failure(script("hook", "true")), "");

  EXPECT_EQ(::signal(SIGPIPE, SIG_DFL), SIG_DFL);
}

TEST_F(HooksTest, HaveTheirOutputInTheError) {
  EXPECT_EQ(failure(script("hook", "echo to stdout; echo to stderr >&2; echo; exit 1")),
            "exit status 1, output: to stdout to stderr");
}

TEST_F(HooksTest, CannotSteerATerminalByTheError) {
  EXPECT_EQ(failure(script("hook", R"(printf 'a\033[2Jb\tc\177'; exit 1)")),
            "exit status 1, output: a [2Jb c ");
}

TEST_F(HooksTest, HaveTheFirst2048BytesOfTheirOutputInTheError) {
  EXPECT_EQ(failure(script("hook", "head -c 200000 /dev/zero | tr '\\0' x; exit 1")),
            "exit status 1, output: " + std::string(2048, 'x'));
}

TEST_F(HooksTest, MayLeaveAProcessThatHoldsTheirOutput) {
  // The pipe of the hook's stdout is open until that process is killed.
  const Hook hook = script("hook", "cat fifo & echo $! > pid; exit 1");
  ASSERT_EQ(::mkfifo((directory / "fifo").c_str(), 0600), 0);

  EXPECT_EQ(failure(hook), "exit status 1");

  ASSERT_EQ(::kill(std::stoi(text_of("pid")), SIGKILL), 0);
}

TEST_F(HooksTest, ArePastTheirTimeoutEvenWhenTheyNeverStopWriting) {
  Hook hook = script("hook", "echo started; exec yes");
  hook.timeout_seconds = 1;

  const std::string text = failure(hook);

  EXPECT_EQ(text.substr(0, 61), "killed after its timeout of 1 s, output: started y y y y y y ");
}

TEST_F(HooksTest, AreNotKilledBeforeTheirTimeout) {
  Hook hook = script("hook", "true");
  hook.timeout_seconds = 3600;

  EXPECT_EQ(failure(hook), "");
}

TEST_F(HooksTest, TellTheSignalThatKilledThem) {
  EXPECT_EQ(failure(script("hook", "echo almost; kill -9 $$")),
            "killed by signal 9, output: almost");
}

TEST_F(HooksTest, HaveOnlyTheirOwnEnvironment) {
  Hook hook = script("hook", "exec /usr/bin/env > seen");
  hook.env = {"A=1", "B=two words"};
  const std::vector<std::string> other = {"C=3"};
  HookRun hook_run = run();
  hook_run.default_environment = &other;

  EXPECT_EQ(failure(hook, hook_run), "");

  // PWD is the shell's.
  EXPECT_EQ(text_of("seen"), "A=1\nB=two words\nPWD=" + directory.path() + "\n");
}

TEST_F(HooksTest, HaveTheDefaultEnvironmentWhenTheyNameNone) {
  const Hook hook = {.path = "/usr/bin/env", .args = {"env", "sh", "-c", "echo $C > seen"}};
  const std::vector<std::string> other = {"C=3", "PATH=/bin"};
  HookRun hook_run = run();
  hook_run.default_environment = &other;

  EXPECT_EQ(failure(hook, hook_run), "");

  EXPECT_EQ(text_of("seen"), "3\n");
}

TEST_F(HooksTest, HaveAnEmptyEnvironmentOtherwise) {
  EXPECT_EQ(failure(script("hook", "exec /usr/bin/env > seen")), "");

  EXPECT_EQ(text_of("seen"), "PWD=" + directory.path() + "\n");
}

TEST_F(HooksTest, GetTheirArguments) {
  Hook hook = {.path = "/bin/sh", .args = {"name", "-c", "echo \"$0\" \"$1\" > seen", "x", "y z"}};

  EXPECT_EQ(failure(hook), "");

  EXPECT_EQ(text_of("seen"), "x y z\n");
}

TEST_F(HooksTest, HaveTheirPathAsArgumentZeroWithoutArguments) {
  const Hook hook = script("hook", "echo \"$0\" $# > seen");

  EXPECT_EQ(failure(hook), "");

  EXPECT_EQ(text_of("seen"), hook.path + " 0\n");
}

TEST_F(HooksTest, HaveNothingOpenButStdio) {
  const sys::UniqueFd leak(::dup(STDERR_FILENO));  // not close-on-exec
  ASSERT_TRUE(leak.is_open());

  EXPECT_EQ(failure(script("hook", "exec /bin/ls /proc/self/fd > seen")), "");

  EXPECT_EQ(text_of("seen"), "0\n1\n2\n3\n");  // 3 is the directory that ls(1) reads
}

TEST_F(HooksTest, CanBeStoppedBySignalsThatTheRuntimeHoldsBack) {
  sigset_t blocked;
  sigset_t before;
  ::sigfillset(&blocked);
  ASSERT_EQ(::sigprocmask(SIG_BLOCK, &blocked, &before), 0);

  const std::string text = failure(script("hook", "kill -TERM $$; echo survived; exit 1"));

  ASSERT_EQ(::sigprocmask(SIG_SETMASK, &before, nullptr), 0);
  EXPECT_EQ(text, "killed by signal 15");
}

TEST_F(HooksTest, DieOfABrokenPipe) {
  EXPECT_EQ(failure(script("hook", "kill -PIPE $$; echo survived; exit 1")), "killed by signal 13");
}

TEST_F(HooksTest, SayWhyTheyCannotBeExecuted) {
  EXPECT_EQ(failure({.path = "/none/hook"}),
            "exit status 127, output: execute: No such file or directory");
  const Hook hook = script("hook", "true");
  ASSERT_EQ(::chmod(hook.path.c_str(), 0644), 0);
  EXPECT_EQ(failure(hook), "exit status 127, output: execute: Permission denied");
}

TEST_F(HooksTest, SayThatTheirWorkingDirectoryIsGone) {
  HookRun hook_run = run();
  hook_run.directory = "/none";

  EXPECT_EQ(failure(script("hook", "true"), hook_run),
            "exit status 127, output: chdir /none: No such file or directory");
}

TEST_F(HooksTest, AreAllDoneWhenThereAreNone) { EXPECT_TRUE(run_hooks({}, run()).has_value()); }

}  // namespace
}  // namespace myrt::init
