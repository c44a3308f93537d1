#include "sys/user_namespace.h"

#include <sched.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>

#include "support.h"

namespace myrt::sys {
namespace {

class UserNamespaces : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) {
      GTEST_SKIP() << "needs CAP_SETUID and CAP_SETGID";
    }
  }
};

TEST_F(UserNamespaces, HaveTheMapsAskedFor) {
  const Result<UniqueFd> made = make_user_namespace("0 100000 10\n10 5 1\n", "3 200000 7\n");
  ASSERT_TRUE(made.has_value()) << made.error().text();

  const Result<ExitStatus> status = run_in_child([&made] {
    const bool inside = setns(made->get(), CLONE_NEWUSER, "user").has_value();
    const bool as_asked =
        text_of("/proc/self/uid_map") ==
            "         0     100000         10\n        10          5          1\n" &&
        text_of("/proc/self/gid_map") == "         3     200000          7\n";
    return inside && as_asked ? 0 : 1;
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->code, 0);
}

TEST_F(UserNamespaces, LeaveNoProcessBehind) {
  ASSERT_TRUE(make_user_namespace("0 0 1\n", "0 0 1\n").has_value());
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG | __WALL), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST_F(UserNamespaces, ThatTheKernelRefusesAreAnError) {
  const Result<UniqueFd> made = make_user_namespace("0 0 1\n0 5 1\n", "0 0 1\n");
  ASSERT_FALSE(made.has_value());
  EXPECT_EQ(made.error().code(), EINVAL);
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG | __WALL), -1);
}

}  // namespace
}  // namespace myrt::sys
