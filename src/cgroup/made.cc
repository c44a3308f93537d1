#include "cgroup/made.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace myrt::cgroup {

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
  return std::unexpected(Error::from_errno({"make cgroup ", path}));
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
    for (std::size_t slash = path.find('/', top.size() + 1); slash != std::string::npos;
         slash = path.find('/', slash + 1)) {
      const Result<bool> parent = make(path.substr(0, slash));
      if (!parent.has_value() && parent.error().code() != ENOENT) {
        return parent;
      }
    }
  }
}

}  // namespace myrt::cgroup
