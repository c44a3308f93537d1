// Making directories of cgroups so that a failure later leaves none behind.
#pragma once

#include <string>
#include <vector>

#include <myrt/result.h>

namespace myrt::cgroup {

/// Removes what it made, unless commit() is called.
class MadeDirectories {
 public:
  MadeDirectories() = default;
  MadeDirectories(const MadeDirectories&) = delete;
  MadeDirectories& operator=(const MadeDirectories&) = delete;
  MadeDirectories(MadeDirectories&&) = delete;
  MadeDirectories& operator=(MadeDirectories&&) = delete;
  ~MadeDirectories();

  /// Makes `path`, which is below `top`, and the directories between that are missing; these are
  /// marked. False when `path` was there already.
  Result<bool> make_with_parents(const std::string& path, const std::string& top);

  void commit() { paths_.clear(); }

 private:
  /// mkdir(2). False when it was there already.
  Result<bool> make(const std::string& path);
  Result<void> make_parents(const std::string& path, const std::string& top);

  std::vector<std::string> paths_;
};

/// Whether `path` is a parent that the runtime has made, for whichever container, or that it would
/// make because nothing is there.
bool is_own_parent(const std::string& path);

}  // namespace myrt::cgroup
