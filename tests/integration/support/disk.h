// A disk that a container may read, to feel its limits by.
#pragma once

#include <filesystem>
#include <string>

#include "support/fd.h"

namespace myrt::test {

/// A null block device of the machine, or else a loop device of 8 MiB that ends with its scope.
class Disk {
 public:
  explicit Disk(const std::filesystem::path& workspace);

  /// "MAJOR:MINOR"; empty when the machine has neither.
  const std::string& number() const { return number_; }

 private:
  Fd loop_;
  std::string number_;
};

}  // namespace myrt::test
