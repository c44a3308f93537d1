#include "seccomp/cache.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "seccomp/cache_entry.h"
#include "seccomp/compile.h"
#include "sys/directory.h"
#include "sys/file.h"

namespace myrt::seccomp {
namespace {

// A leading dot: the ids of containers, whose directories are beside it, never have one.
constexpr const char* kDirectory = ".seccomp-cache";

// A profile with all system calls and many conditions is below 100 KiB. What is larger is not worth
// keeping.
constexpr std::size_t kMaxEntryBytes = std::size_t{1} << 20U;

struct AgedFile {
  std::int64_t seconds = 0;
  std::int64_t nanoseconds = 0;
  std::string name;
  auto operator<=>(const AgedFile&) const = default;
};

/// The regular files of the cache; as many as can be seen.
std::vector<AgedFile> list_entries(int cache) {
  std::vector<AgedFile> files;
  for (std::string& name : sys::names_in(cache, ".").value_or(std::vector<std::string>{})) {
    struct ::stat status{};
    if (::fstatat(cache, name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0 &&
        S_ISREG(status.st_mode)) {
      files.push_back({status.st_mtim.tv_sec, status.st_mtim.tv_nsec, std::move(name)});
    }
  }
  return files;
}

/// Removes the oldest files beyond kMaxCachedFilters: also temporary files of a writer that was
/// killed. That a writer at work loses its file this way does no harm: its entry is then not kept.
void prune(int cache) {
  std::vector<AgedFile> files = list_entries(cache);
  if (files.size() <= kMaxCachedFilters) {
    return;
  }
  std::ranges::sort(files);
  files.resize(files.size() - kMaxCachedFilters);
  for (const AgedFile& file : files) {
    ::unlinkat(cache, file.name.c_str(), 0);  // another runtime may have been quicker
  }
}

void store(int cache, const std::string& name, std::string_view key, const Filter& filter) {
  const std::string entry = encode_entry(key, filter);
  if (entry.size() > kMaxEntryBytes) {
    return;
  }
  // The filter is there, whether it can be kept or not: a full or read-only disk must not stop a
  // container that needs nothing of it.
  if (sys::replace_file(cache, name, entry, 0600).has_value()) {
    prune(cache);
  }
}

}  // namespace

Result<sys::UniqueFd> open_cache(int state_root) {
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW;
  Result<sys::UniqueFd> cache = sys::open_at(state_root, kDirectory, kFlags);
  if (!cache.has_value() && cache.error().code() == ENOENT) {
    if (::mkdirat(state_root, kDirectory, 0700) < 0 && errno != EEXIST) {
      return std::unexpected(Error::from_errno({"mkdir ", kDirectory}));
    }
    cache = sys::open_at(state_root, kDirectory, kFlags);
  }
  if (!cache.has_value()) {
    return cache;
  }
  const struct ::stat status = MYRT_TRY(sys::status_of(cache->get(), kDirectory));
  if (status.st_uid != ::geteuid() || (status.st_mode & 0077U) != 0) {
    return std::unexpected(Error::from_code(EPERM, {kDirectory, " is open to other users"}));
  }
  return cache;
}

Result<Filter> compile_cached(const Seccomp& seccomp, const KernelSupport& kernel, int cache) {
  const std::string key = cache_key(seccomp, kernel, this_compiler());
  const std::string name = entry_name(key);
  // A file that cannot be read is a miss like one that is not there: it is replaced, or stays as it
  // is.
  if (const Result<std::string> entry = sys::read_file(cache, name, kMaxEntryBytes);
      entry.has_value()) {
    if (std::optional<Filter> filter = decode_entry(*entry, key)) {
      filter->listener_path = seccomp.listener_path;
      filter->listener_metadata = seccomp.listener_metadata;
      return *std::move(filter);
    }
  }
  Filter filter = MYRT_TRY(compile(seccomp, kernel));
  store(cache, name, key, filter);
  return filter;
}

}  // namespace myrt::seccomp
