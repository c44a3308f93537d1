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

  /// mkdir(2). False when it was there already.
  Result<bool> make(const std::string& path);
  /// Makes `path`, which is below `top`, and the directories between that are missing. False when
  /// it was there already.
  Result<bool> make_with_parents(const std::string& path, const std::string& top);

  void commit() { paths_.clear(); }

 private:
  std::vector<std::string> paths_;
};

}  // namespace myrt::cgroup
