#include "cli/duration.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <limits>
#include <optional>
#include <ranges>

#include "base/text.h"

namespace myrt::cli {

namespace {

constexpr std::uint64_t kLongest = std::numeric_limits<std::int64_t>::max();

struct Unit {
  std::string_view name;
  std::uint64_t nanoseconds;
};
constexpr auto kUnits = std::to_array<Unit>({{"ns", 1},
                                             {"us", 1'000},
                                             {"\u00b5s", 1'000},  // micro sign
                                             {"\u03bcs", 1'000},  // Greek mu
                                             {"ms", 1'000'000},
                                             {"s", 1'000'000'000},
                                             {"m", 60'000'000'000},
                                             {"h", 3'600'000'000'000}});

/// Cuts what `belongs` off the front of `text`.
template <typename Belongs>
std::string_view next_part(std::string_view& text, Belongs belongs) {
  const auto end = std::ranges::find_if_not(text, belongs);
  const auto length = static_cast<std::size_t>(end - text.begin());
  const std::string_view part = text.substr(0, length);
  text.remove_prefix(length);
  return part;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// The digits after the point, in nanoseconds; less than one unit.
std::uint64_t fraction_of(std::string_view digits, std::uint64_t unit) {
  std::uint64_t nanoseconds = 0;
  for (const char digit : digits | std::views::reverse) {
    nanoseconds = (unit * static_cast<std::uint64_t>(digit - '0') + nanoseconds) / 10;
  }
  return nanoseconds;
}

/// Cuts a number with its unit off the front of `text`. Nothing: that is not what is there, or it
/// is too long.
std::optional<std::uint64_t> next_nanoseconds(std::string_view& text) {
  const std::string_view whole = next_part(text, is_digit);
  std::string_view digits;
  if (text.starts_with('.')) {
    text.remove_prefix(1);
    digits = next_part(text, is_digit);
  }
  const std::string_view name = next_part(text, [](char c) { return !is_digit(c) && c != '.'; });
  const auto* const unit = std::ranges::find(kUnits, name, &Unit::name);
  const auto number =
      whole.empty() ? std::optional<std::uint64_t>(0) : base::parse_integer<std::uint64_t>(whole);
  if (unit == kUnits.end() || !number.has_value() || (whole.empty() && digits.empty()) ||
      *number > kLongest / unit->nanoseconds) {
    return std::nullopt;
  }
  return *number * unit->nanoseconds + fraction_of(digits, unit->nanoseconds);
}

}  // namespace

Result<std::chrono::nanoseconds> parse_duration(std::string_view text) {
  std::string_view rest = text;
  const bool negative = rest.starts_with('-');
  if (negative || rest.starts_with('+')) {
    rest.remove_prefix(1);
  }
  std::uint64_t sum = 0;
  bool valid = !rest.empty();
  while (valid && !rest.empty() && rest != "0") {
    const std::optional<std::uint64_t> part = next_nanoseconds(rest);
    valid = part.has_value() && sum <= kLongest && *part <= kLongest - sum && rest != "0";
    sum += part.value_or(0);
  }
  if (!valid) {
    return std::unexpected(Error("want a duration such as 5s or 1m30s, got " + base::quote(text)));
  }
  const auto nanoseconds = static_cast<std::int64_t>(sum);
  return std::chrono::nanoseconds(negative ? -nanoseconds : nanoseconds);
}

}  // namespace myrt::cli
