#include "sys/netlink.h"

#include <net/if.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cerrno>
#include <cstring>

#include <gtest/gtest.h>

#include "support.h"

namespace myrt::sys {
namespace {

bool loopback_is_up() {
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", sizeof("lo"));
  return ::ioctl(socket.get(), SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP) != 0;
}

TEST(BringLoopbackUp, SetsTheDeviceOfANewNamespaceUp) {
  const auto status = run_in_child(
      [] {
        const bool before = loopback_is_up();
        return bring_loopback_up().has_value() && !before && loopback_is_up() ? 0 : 1;
      },
      CLONE_NEWUSER | CLONE_NEWNET);
  if (!status.has_value() && status.error().code() == EPERM) {
    GTEST_SKIP() << "needs unprivileged user namespaces";
  }
  ASSERT_TRUE(status.has_value()) << status.error().text();
  EXPECT_EQ(status->shell_code(), 0);
}

}  // namespace
}  // namespace myrt::sys
