#include "container/store.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>
#include <filesystem>
#include <system_error>
#include <tuple>

#include "host/user_namespace.h"
#include "sys/directory.h"
#include "sys/file.h"

namespace myrt::container {

namespace {

constexpr const char* kDefaultRoot = "/run/myrt";
constexpr std::size_t kMaxId = 255;  // NAME_MAX: an id is a directory name

bool is_id_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '+' || c == '-' || c == '.';
}

bool is_id(std::string_view id) {
  return !id.empty() && id.size() <= kMaxId && id.front() != '.' && id.front() != '-' &&
         std::ranges::all_of(id, is_id_character);
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

/// Names what failed; to a user who looks at root's, also where his is.
template <typename T>
Result<T> in_root(const Store& store, Result<T> result) {
  const bool is_roots = !result.has_value() && result.error().code() == EACCES &&
                        store.root == kDefaultRoot && ::geteuid() != 0;
  return in(is_roots ? "state root (a user's is in $XDG_RUNTIME_DIR, or where --root says)"
                     : "state root",
            std::move(result));
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
  Result<sys::UniqueFd> root = sys::open_at(AT_FDCWD, store.root, kFlags);
  if (root.has_value() || !create || root.error().code() != ENOENT) {
    return in_root(store, std::move(root));
  }
  MYRT_TRY(in_root(store, make_directories(store.root)));
  root = in_root(store, sys::open_at(AT_FDCWD, store.root, kFlags));
  if (root.has_value() && store.sticky && ::fchmod(root->get(), S_ISVTX | S_IRWXU) != 0) {
    return std::unexpected(Error::from_errno({"state root: chmod ", store.root}));
  }
  return root;
}

Result<Entry> make_entry(int root, std::string_view id) {
  MYRT_TRY(check_id(id));
  Entry entry{.directory = {}, .id = std::string(id)};
  if (::mkdirat(root, entry.id.c_str(), 0700) != 0) {
    if (errno == EEXIST) {
      return std::unexpected(Error::sentence(EEXIST, "container with given ID already exists"));
    }
    Result<Entry> failed = std::unexpected(Error::from_errno({"mkdir ", id}));
    const Store store{
        .root = sys::read_link(AT_FDCWD, "/proc/self/fd/" + std::to_string(root)).value_or("")};
    return in_root(store, std::move(failed));
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
  for (const std::string& name : MYRT_TRY(sys::names_in(entry.directory.get(), "."))) {
    MYRT_TRY(in("container " + entry.id, remove_tree(entry.directory.get(), name)));
  }
  if (::unlinkat(root.get(), entry.id.c_str(), AT_REMOVEDIR) != 0 && errno != ENOENT) {
    return std::unexpected(Error::from_errno({"remove the state directory of ", entry.id}));
  }
  return {};
}

Result<std::vector<std::string>> ids(int root) {
  std::vector<std::string> list = MYRT_TRY(in("state root", sys::names_in(root, ".")));
  std::erase_if(list, [](const std::string& name) { return !is_id(name); });
  std::ranges::sort(list);
  return list;
}

}  // namespace myrt::container

namespace myrt {

Store default_store(const Keeper& keeper) {
  const bool is_user = keeper.uid != 0 || (keeper.in_user_namespace && keeper.user_name != "root");
  if (!is_user || keeper.runtime_directory.empty()) {
    return {.root = container::kDefaultRoot};
  }
  return {.root = std::string(keeper.runtime_directory) + "/myrt", .sticky = true};
}

Result<bool> in_user_namespace() { return host::in_user_namespace(); }

}  // namespace myrt
