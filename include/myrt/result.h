// Result<T>: a value or an Error. Every operation of myrt that can fail returns one.
#pragma once

#include <expected>
#include <string_view>
#include <utility>

#include <myrt/error.h>

namespace myrt {

template <typename T>
using Result = std::expected<T, Error>;

/// Adds one step of context to a failure; a success passes through.
template <typename T>
[[nodiscard]] Result<T> in(std::string_view step, Result<T> result) {
  if (!result.has_value()) {
    result.error().add_context(step);
  }
  return result;
}

}  // namespace myrt

/// Unwraps a Result or returns its error from the enclosing function. One per expression: nesting
/// shadows.
#define MYRT_TRY(expression)                                      \
  __extension__({                                                 \
    auto myrt_try_result = (expression);                          \
    if (!myrt_try_result.has_value()) {                           \
      return std::unexpected(std::move(myrt_try_result).error()); \
    }                                                             \
    *std::move(myrt_try_result);                                  \
  })
