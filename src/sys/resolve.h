// Paths inside a root that may be hostile: every lookup ends at a descriptor that cannot leave the
// root. openat2(2) with RESOLVE_IN_ROOT and RESOLVE_NO_MAGICLINKS. There is no fallback that walks
// by hand: kernels below 5.6 lack clone3's CLONE_INTO_CGROUP and the mount API's later parts as
// well, and get one clear error.
#pragma once

#include <sys/types.h>

#include <string>
#include <string_view>

#include <myrt/result.h>

#include "sys/unique_fd.h"

namespace myrt::sys {

/// Opens `path` as if `root` were "/": absolute and ".." links stay inside, magic links are refused
/// (ELOOP). `flags` as for openat2(2); O_CLOEXEC is added. Again after EAGAIN (a concurrent
/// rename), a bounded number of times.
Result<UniqueFd> open_in_root(int root, std::string_view path, int flags);

/// Like open_in_root, but no component may be a symbolic link (ELOOP; RESOLVE_NO_SYMLINKS): what is
/// opened is literally what was written.
Result<UniqueFd> open_in_root_no_links(int root, std::string_view path, int flags);

/// Like open_in_root with O_PATH|O_DIRECTORY, but makes the missing directories with `mode` (a
/// link that leads nowhere is followed inside the root; one that appears meanwhile is ELOOP).
/// Existing components keep their modes. The umask applies.
Result<UniqueFd> make_directories_in_root(int root, std::string_view path, mode_t mode);

/// Opens the directory that holds the last component of `path`, made if missing (0755), and says
/// that component's name. EINVAL when there is none ("/", "..").
struct Parent {
  UniqueFd directory;
  std::string name;
};
Result<Parent> parent_in_root(int root, std::string_view path);

/// Like open_in_root with O_PATH; when nothing is there, makes parents (0755) and an empty regular
/// file (0644) with O_EXCL|O_NOFOLLOW, and gives the descriptor (for reading) that made it.
Result<UniqueFd> make_file_in_root(int root, std::string_view path);

}  // namespace myrt::sys
