#include "sys/netlink_socket.h"

#include <fcntl.h>
#include <linux/if_addr.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sched.h>
#include <sys/socket.h>

#include <algorithm>
#include <cerrno>

#include <gtest/gtest.h>

#include "support.h"
#include "sys/file.h"

namespace myrt::sys {
namespace {

const std::string kAddress("\x0a\0\0\x01", 4);

/// Of the loopback device of a new namespace, which is its only one.
bool can_be_found(NetlinkSocket& socket) {
  const Result<Link> link = socket.link("lo");
  const Result<std::vector<Link>> links = socket.links();
  return link.has_value() && links.has_value() && links->size() == 1 &&
         links->front().name == "lo" && links->front().index == link->index;
}

bool is_missing(NetlinkSocket& socket, std::string_view name) {
  const Result<Link> link = socket.link(name);
  return !link.has_value() && link.error().code() == ENODEV &&
         link.error().text() == "look up network device " + std::string(name) + ": No such device";
}

bool can_be_set_up(NetlinkSocket& socket) {
  const int index = socket.link("lo").value().index;
  return socket.set_up(index).has_value() && (socket.link("lo").value().flags & IFF_UP) != 0;
}

bool takes_an_address(NetlinkSocket& socket) {
  const int index = socket.link("lo").value().index;
  const Address wanted{.family = AF_INET, .prefix_length = 24, .local = kAddress};
  if (!socket.add_address(index, wanted).has_value()) {
    return false;
  }
  const Result<void> again = socket.add_address(index, wanted);
  const std::vector<Address> found = socket.addresses(index).value();
  return !again.has_value() && again.error().text() == "add address 10.0.0.1/24: File exists" &&
         std::ranges::any_of(found, [](const Address& address) {
           return address.local == kAddress && (address.flags & IFA_F_PERMANENT) != 0 &&
                  address.scope == RT_SCOPE_UNIVERSE;
         });
}

int use(NetlinkSocket& socket) {
  if (!can_be_found(socket)) {
    return 1;
  }
  if (!is_missing(socket, "nodevice0")) {
    return 2;
  }
  if (!can_be_set_up(socket)) {
    return 3;
  }
  return takes_an_address(socket) ? 0 : 4;
}

void expect_zero(const Result<ExitStatus>& status) {
  if (!status.has_value() && status.error().code() == EPERM) {
    GTEST_SKIP() << "needs unprivileged user namespaces";
  }
  ASSERT_TRUE(status.has_value()) << status.error().text();
  EXPECT_EQ(status->shell_code(), 0);
}

TEST(NetlinkSocket, ActsOnTheCallersNamespace) {
  expect_zero(run_in_child(
      [] {
        Result<NetlinkSocket> socket = NetlinkSocket::open();
        return socket.has_value() ? use(*socket) : 9;
      },
      CLONE_NEWUSER | CLONE_NEWNET));
}

TEST(NetlinkSocket, ActsOnAnotherNamespaceWhichTheCallerDoesNotEnter) {
  expect_zero(run_in_child(
      [] {
        const Result<UniqueFd> other = open_at(AT_FDCWD, "/proc/self/ns/net", O_RDONLY);
        const Result<std::string> name = read_link(AT_FDCWD, "/proc/self/ns/net");
        if (!other.has_value() || ::unshare(CLONE_NEWNET) != 0) {
          return 8;
        }
        const Result<std::string> own = read_link(AT_FDCWD, "/proc/self/ns/net");
        Result<NetlinkSocket> socket = NetlinkSocket::open_in(other->get());
        if (!socket.has_value() || own.value() == name.value() ||
            own.value() != read_link(AT_FDCWD, "/proc/self/ns/net").value()) {
          return 7;
        }
        return use(*socket);
      },
      CLONE_NEWUSER | CLONE_NEWNET));
}

TEST(NetlinkSocket, RefusesWhatIsNoNetworkNamespace) {
  const Result<UniqueFd> other = open_at(AT_FDCWD, "/proc/self/ns/uts", O_RDONLY);
  ASSERT_TRUE(other.has_value());
  const Result<NetlinkSocket> socket = NetlinkSocket::open_in(other->get());
  ASSERT_FALSE(socket.has_value());
  EXPECT_EQ(socket.error().text(), "netlink socket in another namespace: Invalid argument");
}

}  // namespace
}  // namespace myrt::sys
