#include "cgroup/made.h"

#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cerrno>
#include <tuple>

namespace myrt::cgroup {

namespace {

// Containers share parents, and the last of them is to remove what the first one made.
constexpr const char* kMark = "trusted.myrt.made";

}  // namespace

MadeDirectories::~MadeDirectories() {
  while (!paths_.empty()) {
    // No process is in there yet, so nothing holds it. If it stays, the record still names it for
    // `delete`.
    ::rmdir(paths_.back().c_str());
    paths_.pop_back();
  }
}

Result<bool> MadeDirectories::make(const std::string& path) {
  constexpr mode_t kMode = 0755;
  if (::mkdir(path.c_str(), kMode) == 0) {
    paths_.push_back(path);
    return true;
  }
  if (errno == EEXIST) {
    return false;
  }
  return std::unexpected(Error::from_errno({"mkdir ", path}));
}

Result<bool> MadeDirectories::make_with_parents(const std::string& path, const std::string& top) {
  // Again when a parent has gone meanwhile: the delete of another container removes the parents
  // that it had made.
  constexpr int kAttempts = 5;
  for (int attempt = 1;; ++attempt) {
    Result<bool> made = make(path);
    if (made.has_value() || made.error().code() != ENOENT || attempt == kAttempts) {
      return made;
    }
    MYRT_TRY(make_parents(path, top));
  }
}

Result<void> MadeDirectories::make_parents(const std::string& path, const std::string& top) {
  for (std::size_t slash = path.find('/', top.size() + 1); slash != std::string::npos;
       slash = path.find('/', slash + 1)) {
    const std::string parent = path.substr(0, slash);
    const Result<bool> made = make(parent);
    if (made.has_value() && *made) {
      // Without the privilege that trusted attributes need (xattr(7)), only the container for which
      // it was made removes it, unless others use it then.
      std::ignore = ::setxattr(parent.c_str(), kMark, "1", 1, 0);
    } else if (!made.has_value() && made.error().code() != ENOENT) {
      return std::unexpected(made.error());
    }
  }
  return {};
}

bool is_own_parent(const std::string& path) {
  return ::getxattr(path.c_str(), kMark, nullptr, 0) >= 0 || errno == ENOENT;
}

}  // namespace myrt::cgroup
