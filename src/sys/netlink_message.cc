#include "sys/netlink_message.h"

#include <arpa/inet.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <netinet/in.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <type_traits>

#include "base/text.h"

namespace myrt::sys {

namespace {

// What a user may say of an address; the others the kernel finds out (rtnetlink(7)).
constexpr std::uint32_t kSettableFlags =
    IFA_F_NODAD | IFA_F_HOMEADDRESS | IFA_F_MANAGETEMPADDR | IFA_F_NOPREFIXROUTE | IFA_F_MCAUTOJOIN;

/// The bytes of a kernel structure.
template <typename T>
std::string_view bytes_of(const T& value) {
  static_assert(std::is_trivially_copyable_v<T>);
  return {reinterpret_cast<const char*>(&value), sizeof(T)};
}

/// The structure at the start of `bytes`, or nothing when they are too few.
template <typename T>
std::optional<T> start_of(std::string_view bytes) {
  T value{};
  if (bytes.size() < sizeof(T)) {
    return std::nullopt;
  }
  bytes.copy(reinterpret_cast<char*>(&value), sizeof(T));
  return value;
}

/// Messages and attributes start at multiples of four bytes.
constexpr std::size_t aligned(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

Error cut_short(std::string_view what) {
  return Error::from_code(EPROTO, {"netlink: ", what, " is cut short"});
}

/// A request that grows.
class Request {
 public:
  template <typename Header>
  Request(std::uint16_t type, std::uint16_t flags, std::uint32_t sequence, const Header& header) {
    const nlmsghdr start{.nlmsg_len = 0,
                         .nlmsg_type = type,
                         .nlmsg_flags = static_cast<std::uint16_t>(NLM_F_REQUEST | flags),
                         .nlmsg_seq = sequence,
                         .nlmsg_pid = 0};
    bytes_ += bytes_of(start);
    bytes_ += bytes_of(header);
    bytes_.resize(aligned(bytes_.size()));
  }

  Request& add(std::uint16_t type, std::string_view data) {
    const std::size_t length = sizeof(nlattr) + data.size();
    if (length > std::numeric_limits<std::uint16_t>::max()) {
      too_long_ = true;
      return *this;
    }
    const nlattr start{.nla_len = static_cast<std::uint16_t>(length), .nla_type = type};
    bytes_ += bytes_of(start);
    bytes_ += data;
    bytes_.resize(aligned(bytes_.size()));
    return *this;
  }
  Request& add_if_any(std::uint16_t type, std::string_view data) {
    return data.empty() ? *this : add(type, data);
  }
  Request& add_number(std::uint16_t type, std::uint32_t number) {
    return add(type, bytes_of(number));
  }
  /// With the zero at its end.
  Request& add_text(std::uint16_t type, std::string_view text) {
    return add(type, std::string(text) + '\0');
  }

  Result<std::string> finish() {
    if (too_long_) {
      return std::unexpected(Error::from_code(EMSGSIZE, {"netlink: attribute"}));
    }
    const auto length = static_cast<std::uint32_t>(bytes_.size());
    std::memcpy(bytes_.data(), &length, sizeof(length));
    return std::move(bytes_);
  }

 private:
  std::string bytes_;
  bool too_long_ = false;
};

ifinfomsg link_header(int index) {
  ifinfomsg header{};
  header.ifi_index = index;
  return header;
}

struct Attribute {
  int type = 0;
  std::string_view data;
};

Result<std::vector<Attribute>> parse_attributes(std::string_view bytes) {
  std::vector<Attribute> attributes;
  while (!bytes.empty()) {
    const std::optional<nlattr> start = start_of<nlattr>(bytes);
    if (!start.has_value() || start->nla_len < sizeof(nlattr) || start->nla_len > bytes.size()) {
      return std::unexpected(cut_short("an attribute"));
    }
    attributes.push_back({.type = start->nla_type & NLA_TYPE_MASK,
                          .data = bytes.substr(sizeof(nlattr), start->nla_len - sizeof(nlattr))});
    bytes.remove_prefix(std::min(aligned(start->nla_len), bytes.size()));
  }
  return attributes;
}

/// The attributes behind a message's own header.
template <typename Header>
Result<std::vector<Attribute>> attributes_behind(std::string_view payload) {
  return parse_attributes(payload.substr(std::min(aligned(sizeof(Header)), payload.size())));
}

}  // namespace

std::string address_text(const Address& address) {
  const std::string& bytes = address.local.empty() ? address.address : address.local;
  const std::size_t wanted = address.family == AF_INET6 ? sizeof(in6_addr) : sizeof(in_addr);
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (bytes.size() != wanted ||
      ::inet_ntop(address.family, bytes.data(), text.data(), text.size()) == nullptr) {
    return "?";
  }
  return base::concat({text.data(), "/", std::to_string(address.prefix_length)});
}

Result<std::string> link_request(std::uint32_t sequence, std::string_view name) {
  return Request(RTM_GETLINK, NLM_F_ACK, sequence, link_header(0))
      .add_text(IFLA_IFNAME, name)
      .finish();
}

Result<std::string> all_links_request(std::uint32_t sequence) {
  return Request(RTM_GETLINK, NLM_F_DUMP, sequence, link_header(0)).finish();
}

Result<std::string> all_addresses_request(std::uint32_t sequence) {
  return Request(RTM_GETADDR, NLM_F_DUMP, sequence, ifaddrmsg{}).finish();
}

Result<std::string> move_request(std::uint32_t sequence, const LinkMove& move) {
  return Request(RTM_NEWLINK, NLM_F_ACK, sequence, link_header(move.index))
      .add_number(IFLA_NET_NS_FD, static_cast<std::uint32_t>(move.network))
      .add_text(IFLA_IFNAME, move.name)
      .finish();
}

Result<std::string> set_up_request(std::uint32_t sequence, int index) {
  ifinfomsg header = link_header(index);
  header.ifi_flags = IFF_UP;
  header.ifi_change = IFF_UP;
  return Request(RTM_NEWLINK, NLM_F_ACK, sequence, header).finish();
}

Result<std::string> add_address_request(std::uint32_t sequence, int index, const Address& address) {
  const std::uint32_t flags = address.flags & kSettableFlags;
  ifaddrmsg header{};
  header.ifa_family = address.family;
  header.ifa_prefixlen = address.prefix_length;
  header.ifa_flags = static_cast<std::uint8_t>(flags);  // those that fit; IFA_FLAGS has them all
  header.ifa_scope = address.scope;
  header.ifa_index = static_cast<std::uint32_t>(index);
  Request request(RTM_NEWADDR, NLM_F_ACK | NLM_F_CREATE | NLM_F_EXCL, sequence, header);
  request.add_if_any(IFA_LOCAL, address.local)
      .add_if_any(IFA_ADDRESS, address.address)
      .add_if_any(IFA_BROADCAST, address.broadcast)
      .add_number(IFA_FLAGS, flags);
  if (address.metric.has_value()) {
    request.add_number(IFA_RT_PRIORITY, *address.metric);
  }
  return request.finish();
}

Result<std::vector<NetlinkMessage>> parse_messages(std::string_view datagram) {
  std::vector<NetlinkMessage> messages;
  while (!datagram.empty()) {
    const std::optional<nlmsghdr> start = start_of<nlmsghdr>(datagram);
    if (!start.has_value() || start->nlmsg_len < sizeof(nlmsghdr) ||
        start->nlmsg_len > datagram.size()) {
      return std::unexpected(cut_short("a message"));
    }
    messages.push_back(
        {.type = start->nlmsg_type,
         .flags = start->nlmsg_flags,
         .sequence = start->nlmsg_seq,
         .payload = datagram.substr(sizeof(nlmsghdr), start->nlmsg_len - sizeof(nlmsghdr))});
    datagram.remove_prefix(std::min(aligned(start->nlmsg_len), datagram.size()));
  }
  return messages;
}

Result<int> parse_error(std::string_view payload) {
  const std::optional<int> negative = start_of<int>(payload);
  if (!negative.has_value()) {
    return std::unexpected(cut_short("an error"));
  }
  return -*negative;
}

Result<Link> parse_link(std::string_view payload) {
  const std::optional<ifinfomsg> header = start_of<ifinfomsg>(payload);
  if (!header.has_value()) {
    return std::unexpected(cut_short("a link"));
  }
  Link link{.index = header->ifi_index, .flags = header->ifi_flags, .name = {}};
  for (const Attribute& attribute : MYRT_TRY(attributes_behind<ifinfomsg>(payload))) {
    if (attribute.type == IFLA_IFNAME) {
      link.name = attribute.data.substr(0, attribute.data.find('\0'));
    }
  }
  return link;
}

Result<Address> parse_address(std::string_view payload) {
  const std::optional<ifaddrmsg> header = start_of<ifaddrmsg>(payload);
  if (!header.has_value()) {
    return std::unexpected(cut_short("an address"));
  }
  Address address{.link = static_cast<int>(header->ifa_index),
                  .family = header->ifa_family,
                  .prefix_length = header->ifa_prefixlen,
                  .scope = header->ifa_scope,
                  .flags = header->ifa_flags,
                  .local = {},
                  .address = {},
                  .broadcast = {},
                  .metric = std::nullopt};
  for (const Attribute& attribute : MYRT_TRY(attributes_behind<ifaddrmsg>(payload))) {
    if (attribute.type == IFA_LOCAL) {
      address.local = attribute.data;
    } else if (attribute.type == IFA_ADDRESS) {
      address.address = attribute.data;
    } else if (attribute.type == IFA_BROADCAST) {
      address.broadcast = attribute.data;
    } else if (attribute.type == IFA_FLAGS) {  // of more bits than the header's
      address.flags = start_of<std::uint32_t>(attribute.data).value_or(address.flags);
    } else if (attribute.type == IFA_RT_PRIORITY) {
      address.metric = start_of<std::uint32_t>(attribute.data);
    }
  }
  return address;
}

}  // namespace myrt::sys
