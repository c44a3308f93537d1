#include "sys/netlink_socket.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sched.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "base/text.h"
#include "sys/process.h"
#include "sys/retry.h"
#include "sys/socket.h"

namespace myrt::sys {

namespace {

// More than the kernel puts into one datagram (NLMSG_GOODSIZE and netlink_dump).
constexpr std::size_t kDatagramBytes = std::size_t{64} << 10U;

Result<UniqueFd> route_socket() {
  UniqueFd fd(::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE));
  if (!fd.is_open()) {
    return std::unexpected(Error::from_errno({"netlink socket"}));
  }
  return fd;
}

Result<void> send_request(int fd, std::string_view request) {
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  const auto* address = reinterpret_cast<const sockaddr*>(&kernel);
  const ssize_t sent = again_after_eintr(
      [&] { return ::sendto(fd, request.data(), request.size(), 0, address, sizeof(kernel)); });
  if (sent < 0) {
    return std::unexpected(Error::from_errno({"send to netlink"}));
  }
  return {};
}

/// The next datagram that the kernel sent; what others send is not for us.
Result<std::string> receive_datagram(int fd) {
  std::string data(kDatagramBytes, '\0');
  for (;;) {
    sockaddr_nl from{};
    iovec part{.iov_base = data.data(), .iov_len = data.size()};
    msghdr header{};
    header.msg_name = &from;
    header.msg_namelen = sizeof(from);
    header.msg_iov = &part;
    header.msg_iovlen = 1;
    const ssize_t count = again_after_eintr([&] { return ::recvmsg(fd, &header, 0); });
    if (count < 0) {
      return std::unexpected(Error::from_errno({"receive from netlink"}));
    }
    if ((header.msg_flags & MSG_TRUNC) != 0) {
      return std::unexpected(Error::from_code(EMSGSIZE, {"receive from netlink"}));
    }
    if (from.nl_pid == 0) {
      data.resize(static_cast<std::size_t>(count));
      return data;
    }
  }
}

/// An answer as it comes in, one datagram after the other.
struct Answer {
  std::vector<std::string> payloads;
  bool complete = false;
  bool interrupted = false;  // the list changed while it was made
  int error = 0;
};

Result<void> take(Answer& answer, std::string_view datagram, std::uint32_t sequence) {
  for (const NetlinkMessage& message : MYRT_TRY(parse_messages(datagram))) {
    if (message.sequence != sequence) {
      continue;
    }
    answer.interrupted = answer.interrupted || (message.flags & NLM_F_DUMP_INTR) != 0;
    if (message.type != NLMSG_ERROR && message.type != NLMSG_DONE) {
      answer.payloads.emplace_back(message.payload);
      continue;
    }
    answer.complete = true;
    answer.error = MYRT_TRY(parse_error(message.payload));
  }
  return {};
}

/// In a process of its own: goes there, and sends a socket back. Returns the errno value.
int send_socket_of(int network, int back) {
  if (::setns(network, CLONE_NEWNET) != 0) {
    return errno;
  }
  const Result<UniqueFd> fd = route_socket();
  if (!fd.has_value()) {
    return fd.error().code();
  }
  const std::array<int, 1> descriptors{fd->get()};
  const Result<void> sent = send_packet_with(back, "s", descriptors);
  return sent.has_value() ? 0 : sent.error().code();
}

}  // namespace

Result<NetlinkSocket> NetlinkSocket::open() { return NetlinkSocket(MYRT_TRY(route_socket())); }

Result<NetlinkSocket> NetlinkSocket::open_in(int network) {
  auto [ours, theirs] = MYRT_TRY(seqpacket_pair());
  const Cloned cloned = MYRT_TRY(in("netlink socket in another namespace", clone_process({})));
  if (cloned.pid == 0) {
    child_exit(send_socket_of(network, theirs.get()));
  }
  theirs.reset();
  Result<Packet> packet = receive_packet(ours.get(), 1);
  const ExitStatus status = MYRT_TRY(wait_for(cloned.pid));
  if (status.shell_code() != 0) {
    return std::unexpected(
        Error(status.signal != 0 ? ECHILD : status.code, "netlink socket in another namespace"));
  }
  Packet received = MYRT_TRY(std::move(packet));
  if (received.descriptors.size() != 1) {
    return std::unexpected(Error(EPROTO, "netlink socket in another namespace"));
  }
  return NetlinkSocket(std::move(received.descriptors.front()));
}

Result<std::vector<std::string>> NetlinkSocket::transact(std::string_view what,
                                                         Result<std::string> request) {
  const std::string bytes = MYRT_TRY(in(what, std::move(request)));
  MYRT_TRY(in(what, send_request(fd_.get(), bytes)));
  Answer answer;
  while (!answer.complete) {
    const std::string datagram = MYRT_TRY(in(what, receive_datagram(fd_.get())));
    MYRT_TRY(in(what, take(answer, datagram, sequence_)));
  }
  if (answer.interrupted) {
    answer.error = EINTR;
  }
  if (answer.error != 0) {
    return std::unexpected(Error(answer.error, std::string(what)));
  }
  return std::move(answer.payloads);
}

Result<std::vector<std::string>> NetlinkSocket::list(
    std::string_view what, Result<std::string> (*request)(std::uint32_t)) {
  constexpr int kAttempts = 100;
  for (int attempt = 1;; ++attempt) {
    Result<std::vector<std::string>> payloads = transact(what, request(++sequence_));
    if (payloads.has_value() || payloads.error().code() != EINTR || attempt == kAttempts) {
      return payloads;
    }
  }
}

Result<Link> NetlinkSocket::link(std::string_view name) {
  const std::string what = base::concat({"look up network device ", name});
  const std::vector<std::string> payloads =
      MYRT_TRY(transact(what, link_request(++sequence_, name)));
  if (payloads.size() != 1) {
    return std::unexpected(Error(EPROTO, what));
  }
  return in(what, parse_link(payloads.front()));
}

Result<std::vector<Link>> NetlinkSocket::links() {
  std::vector<Link> links;
  for (const std::string& payload : MYRT_TRY(list("list network devices", all_links_request))) {
    links.push_back(MYRT_TRY(parse_link(payload)));
  }
  return links;
}

Result<std::vector<Address>> NetlinkSocket::addresses(int index) {
  std::vector<Address> addresses;
  for (const std::string& payload : MYRT_TRY(list("list addresses", all_addresses_request))) {
    Address address = MYRT_TRY(parse_address(payload));
    if (address.link == index) {
      addresses.push_back(std::move(address));
    }
  }
  return addresses;
}

Result<void> NetlinkSocket::move(const LinkMove& move) {
  const std::string what =
      base::concat({"move to another network namespace as ", base::quote(move.name)});
  MYRT_TRY(transact(what, move_request(++sequence_, move)));
  return {};
}

Result<void> NetlinkSocket::set_up(int index) {
  MYRT_TRY(transact("set up", set_up_request(++sequence_, index)));
  return {};
}

Result<void> NetlinkSocket::add_address(int index, const Address& address) {
  MYRT_TRY(transact("add address " + address_text(address),
                    add_address_request(++sequence_, index, address)));
  return {};
}

}  // namespace myrt::sys
