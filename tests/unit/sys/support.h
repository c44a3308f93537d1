// What the tests of this folder share: a directory of their own, and code run in a process of its
// own.
#pragma once

#include <fcntl.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "sys/process.h"
#include "sys/unique_fd.h"

namespace myrt::sys {

/// A fresh directory, removed with all that it holds.
class TemporaryDirectory {
 public:
  TemporaryDirectory() : path_(testing::TempDir() + "myrt-sys-XXXXXX") {
    if (::mkdtemp(path_.data()) == nullptr) {
      ADD_FAILURE() << "mkdtemp " << path_;
    }
    fd_ = UniqueFd(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  TemporaryDirectory(TemporaryDirectory&&) = delete;
  TemporaryDirectory& operator=(TemporaryDirectory&&) = delete;
  ~TemporaryDirectory() {
    std::error_code ignored;  // what is left in /tmp is no reason to fail
    std::filesystem::remove_all(path_, ignored);
  }

  [[nodiscard]] int fd() const { return fd_.get(); }
  [[nodiscard]] const std::string& path() const { return path_; }
  /// The path of `name` in it.
  [[nodiscard]] std::string operator/(std::string_view name) const {
    return path_ + "/" + std::string(name);
  }

 private:
  std::string path_;
  UniqueFd fd_;
};

inline void write_text(const std::string& path, std::string_view text) {
  std::ofstream(path) << text;
}

inline std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// The exit status of a child process that calls `body` and exits with what that returns.
template <typename Body>
Result<ExitStatus> run_in_child(Body body, std::uint64_t clone_flags = 0) {
  const Cloned cloned = MYRT_TRY(clone_process({.flags = clone_flags}));
  if (cloned.pid == 0) {
    child_exit(body());
  }
  return wait_for(cloned.pid);
}

}  // namespace myrt::sys
