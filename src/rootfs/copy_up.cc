// `tmpcopyup`: the directory that a tmpfs covers is copied into it (runtime-spec config.md, "Linux
// mount options").
#include <fcntl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <vector>

#include "rootfs/steps.h"
#include "sys/directory.h"
#include "sys/file.h"

namespace myrt::rootfs {

namespace {

/// A tree this deep is an accident or an attack; the kernel's PATH_MAX allows about 2,000 levels by
/// path.
constexpr int kMaxDepth = 256;

/// XATTR_SIZE_MAX of linux/limits.h.
constexpr std::size_t kMaxAttributeBytes = 65536;

Result<void> copy_attributes(int from, int to, const std::string& name) {
  const ssize_t size = ::flistxattr(from, nullptr, 0);
  if (size <= 0) {
    return {};  // none, or a file system without them
  }
  std::vector<char> names(static_cast<std::size_t>(size));
  const ssize_t filled = ::flistxattr(from, names.data(), names.size());
  if (filled < 0) {
    return std::unexpected(Error::from_errno({"list extended attributes of ", name}));
  }
  std::vector<char> value(kMaxAttributeBytes);
  for (const char* at = names.data(); at < names.data() + filled;
       at += std::string(at).size() + 1) {
    const ssize_t length = ::fgetxattr(from, at, value.data(), value.size());
    if (length < 0) {
      return std::unexpected(Error::from_errno({"read extended attribute ", at, " of ", name}));
    }
    // tmpfs has no user.* attributes before Linux 6.6.
    if (::fsetxattr(to, at, value.data(), static_cast<std::size_t>(length), 0) != 0 &&
        errno != EOPNOTSUPP) {
      return std::unexpected(Error::from_errno({"set extended attribute ", at, " of ", name}));
    }
  }
  return {};
}

Result<void> copy_status(int to, const struct ::stat& status, const std::string& name) {
  if (::fchown(to, status.st_uid, status.st_gid) != 0) {
    return std::unexpected(Error::from_errno({"chown ", name}));
  }
  // After chown, which clears the set-user-ID bits.
  if (::fchmod(to, status.st_mode & 07777) != 0) {
    return std::unexpected(Error::from_errno({"chmod ", name}));
  }
  const std::array<struct ::timespec, 2> times = {status.st_atim, status.st_mtim};
  if (::futimens(to, times.data()) != 0) {
    return std::unexpected(Error::from_errno({"set times of ", name}));
  }
  return {};
}

Result<void> copy_regular(int from_directory, int to_directory, const std::string& name) {
  const sys::UniqueFd from =
      MYRT_TRY(sys::open_at(from_directory, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  const struct ::stat status = MYRT_TRY(sys::status_of(from.get(), name));
  const sys::UniqueFd to =
      MYRT_TRY(sys::open_at(to_directory, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, 0600));
  for (;;) {
    const ssize_t sent = ::sendfile(to.get(), from.get(), nullptr, std::size_t{1} << 30U);
    if (sent == 0) {
      break;
    }
    if (sent < 0 && errno != EINTR) {
      return std::unexpected(Error::from_errno({"copy ", name}));
    }
  }
  MYRT_TRY(copy_attributes(from.get(), to.get(), name));
  return copy_status(to.get(), status, name);
}

Result<void> copy_link(int from_directory, int to_directory, const std::string& name,
                       const struct ::stat& status) {
  const std::string target = MYRT_TRY(sys::read_link(from_directory, name));
  if (::symlinkat(target.c_str(), to_directory, name.c_str()) != 0 ||
      ::fchownat(to_directory, name.c_str(), status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) !=
          0) {
    return std::unexpected(Error::from_errno({"copy link ", name}));
  }
  return {};
}

Result<void> copy_special(int to_directory, const std::string& name, const struct ::stat& status) {
  if (::mknodat(to_directory, name.c_str(), status.st_mode, status.st_rdev) != 0 ||
      ::fchownat(to_directory, name.c_str(), status.st_uid, status.st_gid, AT_SYMLINK_NOFOLLOW) !=
          0) {
    return std::unexpected(Error::from_errno({"copy special file ", name}));
  }
  return {};
}

Result<void> copy_directory(int from, int to, int depth);

Result<void> copy_entry(int from, int to, const std::string& name, int depth) {
  struct ::stat status = {};
  if (::fstatat(from, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
    return std::unexpected(Error::from_errno({"stat ", name}));
  }
  if (S_ISREG(status.st_mode)) {
    return copy_regular(from, to, name);
  }
  if (S_ISLNK(status.st_mode)) {
    return copy_link(from, to, name, status);
  }
  if (!S_ISDIR(status.st_mode)) {
    return copy_special(to, name, status);
  }
  if (::mkdirat(to, name.c_str(), 0700) != 0) {
    return std::unexpected(Error::from_errno({"mkdir ", name}));
  }
  const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
  const sys::UniqueFd from_directory = MYRT_TRY(sys::open_at(from, name, flags));
  const sys::UniqueFd to_directory = MYRT_TRY(sys::open_at(to, name, flags));
  MYRT_TRY(in(name, copy_directory(from_directory.get(), to_directory.get(), depth + 1)));
  MYRT_TRY(copy_attributes(from_directory.get(), to_directory.get(), name));
  return copy_status(to_directory.get(), status, name);
}

Result<void> copy_directory(int from, int to, int depth) {
  if (depth > kMaxDepth) {
    return std::unexpected(Error("directories nested deeper than " + std::to_string(kMaxDepth)));
  }
  for (const std::string& name : MYRT_TRY(sys::names_in(from, "."))) {
    MYRT_TRY(copy_entry(from, to, name, depth));
  }
  return {};
}

}  // namespace

Result<void> copy_tree(int from, int to) { return copy_directory(from, to, 0); }

}  // namespace myrt::rootfs
