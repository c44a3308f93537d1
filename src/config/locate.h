// Line and column of a value in the text of a JSON file. Types and pointers are checked on the
// tree, which knows no places; a place is looked up in the text when there is something to tell
// about it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace myrt::config {

/// Both count from 1; the column counts characters, not bytes.
struct Position {
  std::size_t line = 1;
  std::size_t column = 1;
  friend bool operator==(const Position&, const Position&) = default;
};

Position position_of(std::string_view text, std::size_t offset);

/// Where the value starts that `path` leads to: at each level, the number of its siblings before
/// it. `text` must be JSON up to that value.
std::size_t offset_of(std::string_view text, std::span<const std::uint32_t> path);

/// Where the token that starts at `at` ends: a string with its quotes, one of {}[],: or a word.
/// Holds for any text; an open string ends with it.
std::size_t token_end(std::string_view text, std::size_t at);

/// The first place from `at` on that is no white space.
std::size_t skip_space(std::string_view text, std::size_t at);

}  // namespace myrt::config
