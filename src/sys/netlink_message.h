// Messages of rtnetlink(7) as bytes: requests are made, answers are read. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <myrt/result.h>

namespace myrt::sys {

/// A network device.
struct Link {
  int index = 0;
  unsigned flags = 0;  // IFF_* (netdevice(7))
  std::string name;
  friend bool operator==(const Link&, const Link&) = default;
};

/// An address of a network device. Addresses are in network order, 4 or 16 bytes.
struct Address {
  int link = 0;             // index of the device
  std::uint8_t family = 0;  // AF_INET or AF_INET6
  std::uint8_t prefix_length = 0;
  std::uint8_t scope = 0;               // RT_SCOPE_*
  std::uint32_t flags = 0;              // IFA_F_*
  std::string local;                    // empty: `address` is it
  std::string address;                  // of the other end when `local` is not empty and differs
  std::string broadcast;                // empty: none
  std::optional<std::uint32_t> metric;  // of its route
  friend bool operator==(const Address&, const Address&) = default;
};

/// "10.0.0.1/24", "2001:db8::1/64".
std::string address_text(const Address& address);

// Requests. `sequence` comes back with each part of the answer. EMSGSIZE: an attribute of more than
// 65531 bytes, whose length does not fit.

/// The device `name` alone; the answer has one link.
Result<std::string> link_request(std::uint32_t sequence, std::string_view name);
Result<std::string> all_links_request(std::uint32_t sequence);
Result<std::string> all_addresses_request(std::uint32_t sequence);
/// The device with this index goes to the network namespace that is open as `network`, where it is
/// called `name`.
struct LinkMove {
  int index = 0;
  int network = -1;
  std::string_view name;
};
Result<std::string> move_request(std::uint32_t sequence, const LinkMove& move);
Result<std::string> set_up_request(std::uint32_t sequence, int index);
/// `address` for the device `index`, with those of its flags that a user can set.
Result<std::string> add_address_request(std::uint32_t sequence, int index, const Address& address);

/// One message of a datagram, which it points into.
struct NetlinkMessage {
  std::uint16_t type = 0;
  std::uint16_t flags = 0;
  std::uint32_t sequence = 0;
  std::string_view payload;
};
/// EPROTO, here and below: what is there is cut short.
Result<std::vector<NetlinkMessage>> parse_messages(std::string_view datagram);
/// The errno value of an NLMSG_ERROR or NLMSG_DONE message; 0 for success.
Result<int> parse_error(std::string_view payload);
/// Of an RTM_NEWLINK message.
Result<Link> parse_link(std::string_view payload);
/// Of an RTM_NEWADDR message.
Result<Address> parse_address(std::string_view payload);

}  // namespace myrt::sys
