#include "sys/self_exe.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>

#include <gtest/gtest.h>

#include "support.h"
#include "sys/credentials.h"
#include "sys/file.h"

namespace myrt::sys {
namespace {

/// Executes this test program again, protected, to run the named test below. Returns only to fail.
int run_protected(std::string filter) {
  std::string program = "unit_sys";
  std::string also_disabled = "--gtest_also_run_disabled_tests";
  std::string quiet = "--gtest_brief=1";
  filter = "--gtest_filter=" + filter;
  std::array<char*, 5> argv{program.data(), filter.data(), also_disabled.data(), quiet.data(),
                            nullptr};
  return reexecute_protected(argv.data(), environ).has_value() ? 98 : 99;
}

/// The link /proc/self/exe, when this process is protected and a second call leaves it as it is.
std::string protected_executable() {
  std::string none;
  std::array<char*, 1> argv{
      nullptr};  // would be executed, and fail the test, were it not protected
  EXPECT_TRUE(reexecute_protected(argv.data(), environ).has_value());
  EXPECT_FALSE(open_at(AT_FDCWD, "/proc/self/exe", O_WRONLY).has_value());
  const std::string executable = read_link(AT_FDCWD, "/proc/self/exe").value_or("");
  for (int fd = 3; fd < 100; ++fd) {
    const auto path = read_link(AT_FDCWD, "/proc/self/fd/" + std::to_string(fd));
    EXPECT_NE(path.value_or("not open"), executable) << "descriptor " << fd;
  }
  return executable;
}

// Not tests by themselves: what the re-executed program runs.
TEST(SelfExeInside, DISABLED_RunsFromMountOrMemfd) {
  const std::string path = protected_executable();
  EXPECT_TRUE(path == "/" || path == "/memfd:myrt (deleted)") << path;
}
TEST(SelfExeInside, DISABLED_RunsFromMemfd) {
  EXPECT_EQ(protected_executable(), "/memfd:myrt (deleted)");
}

TEST(ReexecuteProtected, RunsTheProgramFromSomethingThatCannotBeWritten) {
  const auto status =
      run_in_child([] { return run_protected("SelfExeInside.DISABLED_RunsFromMountOrMemfd"); });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

TEST(ReexecuteProtected, UsesASealedCopyWhereMountingIsNotAllowed) {
  const auto status = run_in_child([] {
    if (!set_capabilities(0, 0, 0).has_value()) {
      return 97;
    }
    return run_protected("SelfExeInside.DISABLED_RunsFromMemfd");
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

}  // namespace
}  // namespace myrt::sys
