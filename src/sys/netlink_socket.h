// Network devices by rtnetlink(7), in the network namespace in which a socket was made.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <myrt/result.h>

#include "sys/netlink_message.h"
#include "sys/unique_fd.h"

namespace myrt::sys {

class NetlinkSocket {
 public:
  /// For the caller's network namespace.
  static Result<NetlinkSocket> open();
  /// For the one that is open as `network`, which the socket keeps alive. A process that ends at
  /// once makes it: the caller stays where it is.
  static Result<NetlinkSocket> open_in(int network);

  /// The device of this name. ENODEV: there is none.
  Result<Link> link(std::string_view name);
  Result<std::vector<Link>> links();
  /// All of the device `index`, in the kernel's order.
  Result<std::vector<Address>> addresses(int index);

  /// EEXIST: the other namespace has a device of the name. After any error the device may have
  /// moved already, under its old name: the kernel renames at the end.
  Result<void> move(const LinkMove& move);
  Result<void> set_up(int index);
  Result<void> add_address(int index, const Address& address);

 private:
  explicit NetlinkSocket(UniqueFd fd) : fd_(std::move(fd)) {}

  /// The payloads that the kernel answers with; errors begin with `what`.
  Result<std::vector<std::string>> transact(std::string_view what, Result<std::string> request);
  /// The same for a list, which is asked for again when it changes meanwhile.
  Result<std::vector<std::string>> list(std::string_view what,
                                        Result<std::string> (*request)(std::uint32_t));

  UniqueFd fd_;
  std::uint32_t sequence_ = 0;
};

}  // namespace myrt::sys
