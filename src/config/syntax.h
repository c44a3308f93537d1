// What is wrong with a text that is not JSON, in words of our own: what may stand at a place, and
// what does.
#pragma once

#include <cstddef>
#include <string_view>

#include "config/faults.h"

namespace myrt::config {

/// Where the parser was when it gave up.
enum class SyntaxState { kStart, kInArray, kInObject, kAfterName, kDone, kHugeNumber };

/// The fault of a text that a parser gave up after reading `position` bytes.
Fault syntax_fault(std::string_view text, std::size_t position, SyntaxState state);

}  // namespace myrt::config
