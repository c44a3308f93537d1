#include "container/store.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <memory>
#include <system_error>
#include <tuple>

#include "sys/file.h"

namespace myrt::container {

namespace {

constexpr std::size_t kMaxId = 255;  // NAME_MAX: an id is a directory name

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '+' || c == '-' || c == '.';
}

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxId && id.front() != '.' && id.front() != '-' &&
         std::ranges::all_of(id, is_id_character);
}

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

/// The names in a directory without "." and "..".
Result<std::vector<std::string>> names(int directory, std::string_view path) {
  sys::UniqueFd copy = MYRT_TRY(sys::open_at(directory, ".", O_RDONLY | O_DIRECTORY));
  const std::unique_ptr<DIR, CloseDirectory> stream(::fdopendir(copy.get()));
  if (!stream) {
    return std::unexpected(Error::from_errno({"read directory ", path}));
  }
  std::ignore = copy.release();  // closedir(3) closes it
  std::vector<std::string> list;
  for (;;) {
    errno = 0;
    const struct ::dirent* entry = ::readdir(stream.get());
    if (entry == nullptr) {
      break;
    }
    const std::string name = entry->d_name;
    if (name != "." && name != "..") {
      list.push_back(name);
    }
  }
  if (errno != 0) {
    return std::unexpected(Error::from_errno({"read directory ", path}));
  }
  return list;
}

Result<void> make_directories(const std::string& path) {
  for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
    const std::string part = path.substr(0, end);
    if (::mkdir(part.c_str(), 0700) != 0 && errno != EEXIST) {
      return std::unexpected(Error::from_errno({"mkdir ", part}));
    }
    if (end == std::string::npos) {
      return {};
    }
  }
}

/// A file, or the directory of the notify socket, in which a container that has all privileges can
/// have made what it liked.
Result<void> remove_tree(int directory, const std::string& name) {
  if (::unlinkat(directory, name.c_str(), 0) == 0 || errno == ENOENT) {
    return {};
  }
  if (errno != EISDIR) {
    return std::unexpected(Error::from_errno({"remove ", name}));
  }
  std::error_code code;
  std::filesystem::remove_all("/proc/self/fd/" + std::to_string(directory) + "/" + name, code);
  return code ? std::unexpected(Error::from_code(code.value(), {"remove ", name})) : Result<void>{};
}

/// Another command that has found the new directory holds it only until it has found it empty.
Result<void> open_locked(int root, Entry& entry) {
  constexpr int kMilliseconds = 1000;
  entry.directory = MYRT_TRY(sys::open_at(root, entry.id, O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  return lock(entry, kMilliseconds);
}

Error no_such_container() { return Error::sentence(ENOENT, "container does not exist"); }

/// Whether the directory is still in the state root: it may be deleted while one waits for its
/// lock.
bool stands(const Entry& entry) {
  struct ::stat status = {};
  return ::fstat(entry.directory.get(), &status) == 0 && status.st_nlink > 0;
}

}  // namespace

Result<void> check_id(std::string_view id) {
  if (!is_id(id)) {
    return std::unexpected(Error::sentence(EINVAL, "invalid container ID format"));
  }
  return {};
}

Result<sys::UniqueFd> open_root(const Store& store, bool create) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY;
  Result<sys::UniqueFd> root = in("state root", sys::open_at(AT_FDCWD, store.root, kFlags));
  if (root.has_value() || !create || root.error().code() != ENOENT) {
    return root;
  }
  MYRT_TRY(in("state root", make_directories(store.root)));
  return in("state root", sys::open_at(AT_FDCWD, store.root, kFlags));
}

Result<Entry> make_entry(int root, std::string_view id) {
  MYRT_TRY(check_id(id));
  Entry entry{.directory = {}, .id = std::string(id)};
  if (::mkdirat(root, entry.id.c_str(), 0700) != 0) {
    if (errno == EEXIST) {
      return std::unexpected(Error::sentence(EEXIST, "container with given ID already exists"));
    }
    return std::unexpected(Error::from_errno({"mkdir ", id, " in the state root"}));
  }
  Result<void> locked = open_locked(root, entry);
  if (!locked.has_value()) {
    // Still empty; whoever deletes containers may have been faster.
    ::unlinkat(root, entry.id.c_str(), AT_REMOVEDIR);
    return std::unexpected(std::move(locked).error());
  }
  return entry;
}

Result<Entry> open_entry(const Store& store, std::string_view id) {
  MYRT_TRY(check_id(id));
  Result<sys::UniqueFd> root = open_root(store, false);
  if (!root.has_value() && root.error().code() == ENOENT) {
    return std::unexpected(no_such_container());
  }
  const sys::UniqueFd open = MYRT_TRY(std::move(root));
  Result<sys::UniqueFd> directory =
      sys::open_at(open.get(), std::string(id), O_RDONLY | O_DIRECTORY | O_NOFOLLOW);
  if (!directory.has_value() && directory.error().code() == ENOENT) {
    return std::unexpected(no_such_container());
  }
  return Entry{.directory = MYRT_TRY(std::move(directory)), .id = std::string(id)};
}

Result<void> lock(const Entry& entry, int milliseconds) {
  constexpr int kStep = 10;
  for (int waited = 0;; waited += kStep) {
    const int mode = milliseconds < 0 ? LOCK_EX : LOCK_EX | LOCK_NB;
    if (::flock(entry.directory.get(), mode) == 0) {
      return stands(entry) ? Result<void>{} : std::unexpected(no_such_container());
    }
    if (errno == EINTR) {
      continue;
    }
    if (errno != EWOULDBLOCK) {
      return std::unexpected(Error::from_errno({"lock container ", entry.id}));
    }
    if (waited >= milliseconds) {
      return std::unexpected(Error::from_code(
          ETIMEDOUT, {"lock container ", entry.id, ", which another command holds"}));
    }
    const struct ::timespec pause = {.tv_sec = 0, .tv_nsec = kStep * 1'000'000L};
    ::nanosleep(&pause, nullptr);
  }
}

void unlock(const Entry& entry) {
  // A lock that we hold can be given up.
  std::ignore = ::flock(entry.directory.get(), LOCK_UN);
}

Result<void> remove_entry(const Store& store, const Entry& entry) {
  // What a container usually has, by name; only for more is the directory read.
  const sys::UniqueFd root = MYRT_TRY(open_root(store, false));
  for (const char* name : {"config.json", "state.json"}) {
    std::ignore = ::unlinkat(entry.directory.get(), name, 0);  // one that stays is met again below
  }
  if (::unlinkat(root.get(), entry.id.c_str(), AT_REMOVEDIR) == 0) {
    return {};
  }
  for (const std::string& name : MYRT_TRY(names(entry.directory.get(), entry.id))) {
    MYRT_TRY(in("container " + entry.id, remove_tree(entry.directory.get(), name)));
  }
  if (::unlinkat(root.get(), entry.id.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
    return std::unexpected(Error::from_errno({"remove the state directory of ", entry.id}));
  }
  return {};
}

Result<std::vector<std::string>> ids(int root) {
  std::vector<std::string> list = MYRT_TRY(names(root, "of the state root"));
  std::erase_if(list, [](const std::string& name) { return !is_id(name); });
  std::ranges::sort(list);
  return list;
}

}  // namespace myrt::container
