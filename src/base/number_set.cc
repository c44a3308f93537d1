#include "base/number_set.h"

#include <algorithm>
#include <vector>

#include "base/text.h"

namespace myrt::base {

namespace {

constexpr std::size_t kWordBits = 64;

bool has(const NumberSet& set, std::size_t number) {
  return number / kWordBits < set.size() &&
         (set[number / kWordBits] >> number % kWordBits & 1U) != 0;
}

}  // namespace

std::optional<NumberSet> parse_number_list(std::string_view text, std::size_t limit) {
  NumberSet set;
  for (const std::string_view range : split(text, ',')) {
    const std::vector<std::string_view> ends = split(range, '-');
    const auto first = parse_integer<std::size_t>(ends.front(), 0, limit - 1);
    const auto last = parse_integer<std::size_t>(ends.back(), 0, limit - 1);
    if (ends.size() > 2 || !first.has_value() || !last.has_value() || *first > *last) {
      return std::nullopt;
    }
    set.resize(std::max(set.size(), *last / kWordBits + 1));
    for (std::size_t number = *first; number <= *last; ++number) {
      set[number / kWordBits] |= std::uint64_t{1} << number % kWordBits;
    }
  }
  return set;
}

std::string number_list(const NumberSet& set) {
  std::string list;
  for (std::size_t first = 0; first < set.size() * kWordBits; ++first) {
    if (!has(set, first)) {
      continue;
    }
    std::size_t last = first;
    while (has(set, last + 1)) {
      ++last;
    }
    list += (list.empty() ? "" : ",") + std::to_string(first);
    list += last > first ? "-" + std::to_string(last) : "";
    first = last;
  }
  return list;
}

}  // namespace myrt::base
