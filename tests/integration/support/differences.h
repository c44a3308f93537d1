// Where another runtime behaves differently from what a test asks of myrt, and why myrt should
// differ.
#pragma once

#include <span>
#include <string_view>

namespace myrt::test {

struct Difference {
  std::string_view test;  ///< "Suite.Test"
  std::string_view
      runtime;  ///< runc or crun, as measured with the versions of Debian 12 (1.1.5 and 1.8.1)
  std::string_view reason;  ///< what it does, and why myrt does not
};

std::span<const Difference> differences();

}  // namespace myrt::test
