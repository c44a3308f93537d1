#include "sys/netlink.h"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <cstring>

#include "sys/unique_fd.h"

namespace myrt::sys {

Result<void> bring_loopback_up() {
  // Any family will do for these requests, and a kernel without IPv4 has this one (netdevice(7)).
  const UniqueFd socket(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) {
    return std::unexpected(Error::from_errno({"socket"}));
  }
  ifreq request{};
  std::memcpy(request.ifr_name, "lo", sizeof("lo"));
  // Of its flags a new loopback device has IFF_LOOPBACK alone, which cannot be changed: they need
  // not be read first.
  request.ifr_flags = IFF_UP;
  if (::ioctl(socket.get(), SIOCSIFFLAGS, &request) < 0) {
    return std::unexpected(Error::from_errno({"set network device lo up"}));
  }
  return {};
}

}  // namespace myrt::sys
