#include "sys/resolve.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "base/text.h"

namespace myrt::sys {

namespace {

constexpr mode_t kDirectoryMode = 0755;
constexpr mode_t kFileMode = 0644;

/// openat2(2); the descriptor, or -1 with errno set.
int openat2(int directory, const std::string& path, int flags, std::uint64_t resolve) {
  // With a scope, a rename or mount anywhere on the machine during the walk ends it with EAGAIN
  // (openat2(2)).
  constexpr int kAttempts = 128;
  // The C string would end at a NUL, and another path than the one that was checked would be
  // opened.
  if (path.find('\0') != std::string::npos) {
    errno = EINVAL;
    return -1;
  }
  struct open_how how{};
  how.flags = static_cast<unsigned>(flags | O_CLOEXEC);
  how.resolve = resolve;
  for (int attempt = 1;; ++attempt) {
    const long fd = ::syscall(SYS_openat2, directory, path.c_str(), &how, sizeof(how));
    const bool again = fd < 0 && ((errno == EAGAIN && attempt < kAttempts) || errno == EINTR);
    if (!again) {
      return static_cast<int>(fd);
    }
  }
}

Result<UniqueFd> open_scoped(int root, std::string_view path, int flags, std::uint64_t also) {
  const int fd =
      openat2(root, std::string(path), flags, RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | also);
  if (fd < 0) {
    const int code = errno;
    return std::unexpected(Error::from_code(
        code, {"open ", path, " in root", code == ENOSYS ? " (openat2 needs Linux 5.6)" : ""}));
  }
  return UniqueFd(fd);
}

/// Opens one component, which `directory` itself must hold: a symbolic link there is ELOOP.
Result<UniqueFd> open_component(int directory, const std::string& name, int flags) {
  const int fd = openat2(directory, name, flags,
                         RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS | RESOLVE_NO_MAGICLINKS);
  if (fd < 0) {
    return std::unexpected(Error::from_errno({"open ", name}));
  }
  return UniqueFd(fd);
}

/// Makes the directory `name` unless there is one, and opens it.
Result<UniqueFd> make_component(int directory, const std::string& name, mode_t mode) {
  if (::mkdirat(directory, name.c_str(), mode) < 0 && errno != EEXIST) {
    return std::unexpected(Error::from_errno({"mkdir ", name}));
  }
  // After EEXIST this is somebody's directory made meanwhile, or a link, which is an error here.
  return open_component(directory, name, O_PATH | O_DIRECTORY);
}

/// The text of the symbolic link `name`, or nothing when it is something else or not there.
std::optional<std::string> link_text(int directory, const std::string& name) {
  struct ::statfs system = {};
  // The links of a procfs are magic: their text is not where they lead.
  if (::fstatfs(directory, &system) != 0 || system.f_type == PROC_SUPER_MAGIC) {
    return std::nullopt;
  }
  std::string text(PATH_MAX, '\0');
  const ssize_t length = ::readlinkat(directory, name.c_str(), text.data(), text.size());
  if (length <= 0) {
    return std::nullopt;
  }
  text.resize(static_cast<std::size_t>(length));
  return text;
}

/// The components of `path` without empty ones and ".".
std::vector<std::string_view> components_of(std::string_view path) {
  std::vector<std::string_view> components = base::split(path, '/');
  std::erase_if(components, [](std::string_view part) { return part.empty() || part == "."; });
  return components;
}

std::string joined(std::span<const std::string_view> components) {
  return "/" + base::join(components, "/");
}

/// As many links that lead nowhere are followed in one path as the kernel follows links
/// (path_resolution(7)).
constexpr int kMaxLinks = 40;

/// `components` with the link at `index` replaced by its text, for the kernel to resolve inside the
/// root again.
std::string spliced(std::span<const std::string_view> components, std::size_t index,
                    const std::string& text) {
  const std::string before = text.starts_with('/') ? "" : joined(components.first(index)) + "/";
  return before + text + joined(components.subspan(index + 1));
}

Result<UniqueFd> make_directories(int root, std::string_view path, mode_t mode, int links);

/// Makes the directories of `components`, of which the last is known to be missing. A link that
/// leads nowhere is followed inside the root, and what it names is made there.
Result<UniqueFd> make_missing(int root, std::span<const std::string_view> components, mode_t mode,
                              int links) {
  constexpr int kDirectory = O_PATH | O_DIRECTORY;
  // The longest part that exists is resolved as a whole, so links within it are followed as the
  // kernel would.
  std::size_t existing = components.size() - 1;
  Result<UniqueFd> directory = open_in_root(root, joined(components.first(existing)), kDirectory);
  while (!directory.has_value() && directory.error().code() == ENOENT && existing > 0) {
    --existing;
    directory = open_in_root(root, joined(components.first(existing)), kDirectory);
  }
  const std::span<const std::string_view> missing = components.subspan(existing);
  if (std::ranges::find(missing, "..") != missing.end()) {
    return std::unexpected(Error(ENOENT, "open .. of a missing directory"));
  }
  for (std::size_t i = existing; i < components.size(); ++i) {
    const UniqueFd parent = MYRT_TRY(std::move(directory));
    const std::string name(components[i]);
    directory = make_component(parent.get(), name, mode);
    const std::optional<std::string> text =
        directory.has_value() ? std::nullopt : link_text(parent.get(), name);
    if (text.has_value()) {
      return make_directories(root, spliced(components, i, *text), mode, links + 1);
    }
  }
  return directory;
}

Result<UniqueFd> make_directories(int root, std::string_view path, mode_t mode, int links) {
  if (links > kMaxLinks) {
    return std::unexpected(Error(ELOOP, "follow links"));
  }
  Result<UniqueFd> directory = open_in_root(root, path, O_PATH | O_DIRECTORY);
  if (directory.has_value() || directory.error().code() != ENOENT) {
    return directory;
  }
  const std::vector<std::string_view> components = components_of(path);
  if (components.empty()) {  // the empty path; "/" and its like were opened above
    return directory;
  }
  return make_missing(root, components, mode, links);
}

Result<Parent> split_parent(int root, std::span<const std::string_view> components) {
  if (components.empty() || components.back() == "..") {
    return std::unexpected(Error(EINVAL, "want the name of a file in a directory"));
  }
  const std::string directory = joined(components.first(components.size() - 1));
  return Parent{.directory = MYRT_TRY(make_directories_in_root(root, directory, kDirectoryMode)),
                .name = std::string(components.back())};
}

}  // namespace

Result<UniqueFd> open_in_root(int root, std::string_view path, int flags) {
  return open_scoped(root, path, flags, 0);
}

Result<UniqueFd> open_in_root_no_links(int root, std::string_view path, int flags) {
  return open_scoped(root, path, flags, RESOLVE_NO_SYMLINKS);
}

Result<UniqueFd> make_directories_in_root(int root, std::string_view path, mode_t mode) {
  Result<UniqueFd> directory = make_directories(root, path, mode, 0);
  return directory.has_value()
             ? std::move(directory)
             : in(base::concat({"make directory ", path, " in root"}), std::move(directory));
}

Result<Parent> parent_in_root(int root, std::string_view path) {
  return in(base::concat({"parent of ", path, " in root"}),
            split_parent(root, components_of(path)));
}

Result<UniqueFd> make_file_in_root(int root, std::string_view path) {
  Result<UniqueFd> file = open_in_root(root, path, O_PATH);
  if (file.has_value() || file.error().code() != ENOENT) {
    return file;
  }
  const std::string step = base::concat({"make file ", path, " in root"});
  std::string target(path);
  for (int links = 0; links <= kMaxLinks; ++links) {
    const std::vector<std::string_view> components = components_of(target);
    const Parent parent = MYRT_TRY(in(step, split_parent(root, components)));
    const int fd = ::openat(parent.directory.get(), parent.name.c_str(),
                            O_RDONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, kFileMode);
    if (fd >= 0) {
      return UniqueFd(fd);
    }
    if (errno != EEXIST) {
      return std::unexpected(Error::from_errno({step}));
    }
    const std::optional<std::string> text = link_text(parent.directory.get(), parent.name);
    if (!text.has_value()) {
      // Made by somebody else meanwhile. A link put there now is ELOOP.
      return in(step, open_component(parent.directory.get(), parent.name, O_PATH));
    }
    target = spliced(components, components.size() - 1, *text);
  }
  return std::unexpected(Error(ELOOP, step));
}

}  // namespace myrt::sys
