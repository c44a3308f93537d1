// Unix sockets: the sequenced-packet pair between parent and child, sending a descriptor to
// somebody else's socket, and the datagrams of sd_notify(3).
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <myrt/result.h>

#include "sys/unique_fd.h"

namespace myrt::sys {

/// socketpair(AF_UNIX, SOCK_SEQPACKET), both ends close-on-exec.
Result<std::pair<UniqueFd, UniqueFd>> seqpacket_pair();

/// Sends one packet with write(2) (no descriptors: a seccomp filter may forbid sendmsg), EPIPE
/// without SIGPIPE is the caller's business: the runtime ignores SIGPIPE.
Result<void> send_packet(int socket, std::string_view packet);
/// Sends one packet with descriptors riding on it (SCM_RIGHTS).
Result<void> send_packet_with(int socket, std::string_view packet,
                              std::span<const int> descriptors);

struct Packet {
  std::string data;  // empty: end of file
  std::vector<UniqueFd> descriptors;
};
/// Receives one packet of at most `limit` bytes; a longer one is EMSGSIZE. Descriptors arrive
/// close-on-exec.
Result<Packet> receive_packet(int socket, std::size_t limit);

/// Connects to a stream socket by path. Paths of 108 bytes or more go round by /proc/self/fd.
Result<UniqueFd> connect_stream(const std::string& path);
/// Sends `data` (not empty) and one descriptor on a stream socket in one message.
Result<void> send_descriptor(int socket, std::string_view data, int descriptor);

/// Makes the datagram socket `name` in `directory`, in place of a file of that name. `mode` tells
/// who may send to it, whatever the umask is.
Result<UniqueFd> bind_datagram(int directory, const std::string& name, mode_t mode);
/// Connects, without blocking later, to a datagram socket: an absolute path of any length, or
/// "@NAME" in the abstract namespace (unix(7)).
Result<UniqueFd> connect_datagram(const std::string& address);
/// The next datagram that waits, nothing when none does. One of more than `limit` bytes is empty.
/// Descriptors that ride on it are dropped by the kernel and never reach this process.
Result<std::optional<std::string>> receive_datagram(int socket, std::size_t limit);

}  // namespace myrt::sys
