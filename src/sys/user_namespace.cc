#include "sys/user_namespace.h"

#include <fcntl.h>
#include <sched.h>

#include <tuple>
#include <utility>

#include "sys/file.h"
#include "sys/process.h"
#include "sys/socket.h"

namespace myrt::sys {

namespace {

/// The process that is the namespace's while its maps are written: ends with the other end of
/// `socket`, whoever closes that.
[[noreturn]] void hold(const UniqueFd& socket) {
  std::ignore = receive_packet(socket.get(), 1);
  child_exit(0);
}

Result<UniqueFd> mapped_namespace(pid_t holder, const std::string& uid_map,
                                  const std::string& gid_map) {
  const UniqueFd process =
      MYRT_TRY(open_at(AT_FDCWD, "/proc/" + std::to_string(holder), O_PATH | O_DIRECTORY));
  MYRT_TRY(write_value(process.get(), "uid_map", uid_map));
  MYRT_TRY(write_value(process.get(), "gid_map", gid_map));
  return open_at(process.get(), "ns/user", O_RDONLY);
}

}  // namespace

Result<UniqueFd> make_user_namespace(const std::string& uid_map, const std::string& gid_map) {
  auto [ours, theirs] = MYRT_TRY(seqpacket_pair());
  const Cloned holder = MYRT_TRY(clone_process({.flags = CLONE_NEWUSER}));
  if (holder.pid == 0) {
    ours.reset();  // or it would wait for itself
    hold(theirs);
  }
  Result<UniqueFd> made = mapped_namespace(holder.pid, uid_map, gid_map);
  ours.reset();
  MYRT_TRY(wait_for(holder.pid));
  return made;
}

}  // namespace myrt::sys
