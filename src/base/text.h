// Text in and out: splitting, joining, quoting for messages, and integers read strictly. Pure; no
// locale.
#pragma once

#include <charconv>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace myrt::base {

/// The pieces between `separator`s. Always at least one piece; empty pieces are kept ("a,,b" has
/// three). The pieces point into `text`.
std::vector<std::string_view> split(std::string_view text, char separator);

/// `parts` with `separator` between them.
std::string join(std::span<const std::string> parts, std::string_view separator);
std::string join(std::span<const std::string_view> parts, std::string_view separator);

/// `parts` one after the other, in one allocation.
std::string concat(std::initializer_list<std::string_view> parts);

/// The first line of `text` that is not empty, without its newline; empty when there is none.
std::string_view first_line(std::string_view text);

/// How many bytes of a text quote() shows.
inline constexpr std::size_t kQuotedBytes = 64;

/// `text` on one line and harmless for a terminal and for JSON logs: quotes, backslashes, control
/// characters and bytes that are not UTF-8 are escaped. Of a text longer than `max_bytes` it is the
/// first characters and "...".
std::string escape(std::string_view text, std::size_t max_bytes);

/// `text` in double quotes, escaped; the "..." of a cut text stands after the closing quote.
std::string quote(std::string_view text, std::size_t max_bytes = kQuotedBytes);

/// `number` as in "0x1f".
std::string hexadecimal(std::uint64_t number);

/// The length (1 to 4) of the UTF-8 character that starts `text`, or 0 when `text` is empty or
/// starts with anything else: a stray or missing continuation byte, an overlong form, a surrogate,
/// a value above U+10FFFF.
std::size_t utf8_length(std::string_view text);

/// The integer that the whole of `text` is, when it lies in `min`..`max`. No spaces, no '+', no
/// prefix such as 0x, and a '-' for signed types alone. `base` is 2..36.
template <std::integral T>
std::optional<T> parse_integer(std::string_view text, T min = std::numeric_limits<T>::min(),
                               T max = std::numeric_limits<T>::max(), int base = 10) {
  T value = 0;
  const char* end = text.data() + text.size();
  const auto [rest, fault] = std::from_chars(text.data(), end, value, base);
  if (fault != std::errc() || rest != end || value < min || value > max) {
    return std::nullopt;
  }
  return value;
}

}  // namespace myrt::base
