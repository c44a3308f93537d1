#include <stdlib.h>
#include <unistd.h>

#include <filesystem>

#include <gtest/gtest.h>

#include "../sys/support.h"
#include "cli/commands.h"

namespace myrt::cli {
namespace {

std::string root_of(const std::string& option) {
  Globals globals;
  globals.root = option;
  const Result<Store> store = store_of(globals);
  return store.has_value() ? store->root : store.error().text();
}

TEST(StoreOf, IsTheRootThatWasTyped) {
  EXPECT_EQ(root_of("/run/x"), "/run/x");
  EXPECT_EQ(root_of("/run//x/./y/../"), "/run/x");
}

TEST(StoreOf, IsAbsolute) {
  const std::string here = std::filesystem::current_path().string();

  EXPECT_EQ(root_of("state"), (here == "/" ? "" : here) + "/state");
}

TEST(StoreOf, RefusesTheHostsRoot) {
  for (const char* root : {"/", "//", "/.", "/..", "/run/.."}) {
    EXPECT_EQ(root_of(root), "--root: / cannot be the state root") << root;
  }
}

/// listen_fds() of a process with these variables; in `pid` "SELF" is its own pid.
int listen_fds_with(const char* pid, const char* count) {
  const Result<sys::ExitStatus> status = sys::run_in_child([&] {
    const std::string own = std::to_string(::getpid());
    const std::string value = std::string(pid) == "SELF" ? own : pid;
    if (::setenv("LISTEN_PID", value.c_str(), 1) != 0 || ::setenv("LISTEN_FDS", count, 1) != 0) {
      return 255;
    }
    return listen_fds();
  });
  return status.has_value() ? status->shell_code() : -1;
}

TEST(ListenFds, AreThoseOfThisVeryProcess) {
  EXPECT_EQ(listen_fds_with("SELF", "3"), 3);
  EXPECT_EQ(listen_fds_with("1", "3"), 0);
  EXPECT_EQ(listen_fds_with("", "3"), 0);
}

TEST(ListenFds, AreNoneWhenTheirNumberIsNone) {
  for (const char* count : {"", "-1", "x", "3 ", "99999999999"}) {
    EXPECT_EQ(listen_fds_with("SELF", count), 0) << count;
  }
}

TEST(ServiceManager, IsKnownByItsVariables) {
  const Result<sys::ExitStatus> status = sys::run_in_child([] {
    ::unsetenv("NOTIFY_SOCKET");
    ::unsetenv("LISTEN_FDNAMES");
    if (!notify_socket().empty() || !listen_names().empty()) {
      return 1;
    }
    ::setenv("NOTIFY_SOCKET", "@manager", 1);
    ::setenv("LISTEN_FDNAMES", "web:tls", 1);
    return notify_socket() == "@manager" && listen_names() == "web:tls" ? 0 : 2;
  });
  ASSERT_TRUE(status.has_value());
  EXPECT_EQ(status->shell_code(), 0);
}

}  // namespace
}  // namespace myrt::cli
