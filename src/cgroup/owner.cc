#include "cgroup/owner.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "base/text.h"
#include "sys/file.h"
#include "sys/unique_fd.h"

namespace myrt::cgroup {

namespace {

/// Gives a file of the directory `cgroup` to `owner`; one that is missing belongs to a controller
/// that is not enabled.
Result<void> give(int cgroup, const std::string& file, uid_t owner) {
  constexpr gid_t kSameGroup = static_cast<gid_t>(-1);
  if (::fchownat(cgroup, file.c_str(), owner, kSameGroup, AT_SYMLINK_NOFOLLOW) < 0 &&
      errno != ENOENT) {
    return std::unexpected(Error::from_errno({"change the owner of ", file}));
  }
  return {};
}

/// The files that whoever a cgroup is delegated to may have: a list of the kernel's own since 4.15.
std::string delegated_files(const std::string& list) {
  constexpr std::size_t kMaxBytes = 65536;
  const Result<std::string> text = sys::read_file(AT_FDCWD, list, kMaxBytes);
  return text.value_or("cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n");
}

}  // namespace

Result<void> change_owner(const std::string& directory, uid_t owner, const std::string& list) {
  const sys::UniqueFd cgroup = MYRT_TRY(sys::open_at(AT_FDCWD, directory, O_RDONLY | O_DIRECTORY));
  MYRT_TRY(in(directory, give(cgroup.get(), ".", owner)));
  const std::string files = delegated_files(list);
  for (const std::string_view file : base::split(files, '\n')) {
    if (!file.empty()) {
      MYRT_TRY(in(directory, give(cgroup.get(), std::string(file), owner)));
    }
  }
  return {};
}

}  // namespace myrt::cgroup
