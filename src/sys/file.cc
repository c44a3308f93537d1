#include "sys/file.h"

#include <fcntl.h>
#include <sys/random.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <span>

#include "base/text.h"
#include "sys/retry.h"

namespace myrt::sys {

namespace {

/// One open(2) of a new file under a name of its own beside `name`. A random name: in a shared
/// directory a predictable one can be occupied by somebody else.
struct TemporaryFile {
  std::string path;
  UniqueFd fd;
};

Result<TemporaryFile> create_temporary(int directory, const std::string& name, mode_t mode) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, 8> random{};
  if (::getrandom(random.data(), random.size(), 0) < 0) {
    return std::unexpected(Error::from_errno({"getrandom"}));
  }
  const std::size_t slash = name.rfind('/');
  std::string path = slash == std::string::npos ? "" : name.substr(0, slash + 1);
  path += ".myrt-";
  for (const unsigned char byte : random) {
    path += kDigits[byte >> 4U];
    path += kDigits[byte & 0xFU];
  }
  UniqueFd fd = MYRT_TRY(open_at(directory, path, O_WRONLY | O_CREAT | O_EXCL, mode));
  return TemporaryFile{std::move(path), std::move(fd)};
}

}  // namespace

Result<UniqueFd> open_at(int directory, const std::string& path, int flags, mode_t mode) {
  const int fd =
      again_after_eintr([&] { return ::openat(directory, path.c_str(), flags | O_CLOEXEC, mode); });
  if (fd < 0) {
    const bool wants_directory = (flags & O_DIRECTORY) != 0;
    return std::unexpected(
        Error::from_errno({wants_directory ? "open directory " : "open ", path}));
  }
  return UniqueFd(fd);
}

Result<std::string> read_all(int fd, std::string_view name, std::size_t limit) {
  constexpr std::size_t kFirstBytes = 16384;
  std::string data;
  std::size_t used = 0;
  for (;;) {
    if (used > limit) {
      return std::unexpected(
          Error::from_code(EFBIG, {"read ", name, " (limit ", std::to_string(limit), " bytes)"}));
    }
    if (used == data.size()) {
      data.resize(std::max(kFirstBytes, 2 * data.size()));
    }
    const ssize_t count =
        again_after_eintr([&] { return ::read(fd, data.data() + used, data.size() - used); });
    if (count < 0) {
      return std::unexpected(Error::from_errno({"read ", name}));
    }
    if (count == 0) {
      data.resize(used);
      return data;
    }
    used += static_cast<std::size_t>(count);
  }
}

Result<std::string> read_file(int directory, const std::string& path, std::size_t limit) {
  const UniqueFd fd = MYRT_TRY(open_at(directory, path, O_RDONLY));
  return read_all(fd.get(), path, limit);
}

Result<std::string> read_value(int directory, const std::string& path) {
  constexpr std::size_t kPage = 4096;
  const UniqueFd fd = MYRT_TRY(open_at(directory, path, O_RDONLY));
  std::string value(kPage, '\0');
  const ssize_t count =
      again_after_eintr([&] { return ::read(fd.get(), value.data(), value.size()); });
  if (count < 0) {
    return std::unexpected(Error::from_errno({"read ", path}));
  }
  value.resize(static_cast<std::size_t>(count));
  return value;
}

Result<void> write_all(int fd, std::string_view data, std::string_view name) {
  while (!data.empty()) {
    const ssize_t count = again_after_eintr([&] { return ::write(fd, data.data(), data.size()); });
    if (count < 0) {
      return std::unexpected(Error::from_errno({"write ", name}));
    }
    data.remove_prefix(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> write_value(int directory, const std::string& path, std::string_view value) {
  const UniqueFd fd(
      again_after_eintr([&] { return ::openat(directory, path.c_str(), O_WRONLY | O_CLOEXEC); }));
  if (!fd.is_open()) {
    const int code = errno;
    return std::unexpected(
        Error::from_code(code, {"open ", path, " to write ", base::quote(value)}));
  }
  const ssize_t count =
      again_after_eintr([&] { return ::write(fd.get(), value.data(), value.size()); });
  if (count != static_cast<ssize_t>(value.size())) {
    // A kernel file that took a part of a value has set something else than was asked for.
    const int code = count < 0 ? errno : EIO;
    return std::unexpected(Error::from_code(code, {"write ", base::quote(value), " to ", path}));
  }
  return {};
}

Result<void> replace_file(int directory, const std::string& name, std::string_view data,
                          mode_t mode) {
  TemporaryFile file = MYRT_TRY(in("replace " + name, create_temporary(directory, name, mode)));
  Result<void> done = write_all(file.fd.get(), data, name);
  if (done.has_value() && ::renameat(directory, file.path.c_str(), directory, name.c_str()) < 0) {
    done = std::unexpected(Error::from_errno({"rename ", file.path, " to ", name}));
  }
  if (!done.has_value()) {
    // The first failure is the one to report; a temporary file that cannot be removed adds nothing
    // to it.
    ::unlinkat(directory, file.path.c_str(), 0);
  }
  return done;
}

Result<struct ::stat> status_of(int fd, std::string_view name) {
  struct ::stat status{};
  if (::fstat(fd, &status) < 0) {
    return std::unexpected(Error::from_errno({"stat ", name}));
  }
  return status;
}

Result<std::string> read_link(int directory, const std::string& path) {
  std::string target(256, '\0');
  for (;;) {
    const ssize_t length = ::readlinkat(directory, path.c_str(), target.data(), target.size());
    if (length < 0) {
      return std::unexpected(Error::from_errno({"readlink ", path}));
    }
    const auto size = static_cast<std::size_t>(length);
    if (size < target.size()) {
      target.resize(size);
      return target;
    }
    target.resize(2 * target.size());  // readlink(2) cuts without a word
  }
}

Result<UniqueFd> duplicate(int fd) {
  const int copy = ::fcntl(fd, F_DUPFD_CLOEXEC, 0);
  if (copy < 0) {
    const int code = errno;
    return std::unexpected(Error::from_code(code, {"duplicate descriptor ", std::to_string(fd)}));
  }
  return UniqueFd(copy);
}

}  // namespace myrt::sys
