#include "cgroup/stats_text.h"

#include <algorithm>
#include <charconv>
#include <span>
#include <utility>

#include "base/text.h"

namespace myrt::cgroup {

namespace {

/// The words of a line, whatever blanks are around them.
std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words = base::split(line, ' ');
  std::erase_if(words, [](std::string_view word) { return word.empty(); });
  return words;
}

std::vector<std::vector<std::string_view>> rows_of(std::string_view text) {
  std::vector<std::vector<std::string_view>> rows;
  for (const std::string_view line : base::split(text, '\n')) {
    std::vector<std::string_view> words = words_of(line);
    if (!words.empty()) {
      rows.push_back(std::move(words));
    }
  }
  return rows;
}

std::optional<std::uint64_t> number(std::string_view word) {
  return base::parse_integer<std::uint64_t>(word);
}

/// The value of the word "KEY=VALUE" among `words`.
std::optional<std::string_view> value_of(std::span<const std::string_view> words,
                                         std::string_view key) {
  for (const std::string_view word : words) {
    if (word.size() > key.size() && word.starts_with(key) && word[key.size()] == '=') {
      return word.substr(key.size() + 1);
    }
  }
  return std::nullopt;
}

/// "MAJOR:MINOR".
std::optional<BlockIoEntry> entry_of_device(std::string_view word) {
  const std::size_t colon = std::min(word.find(':'), word.size());
  const std::optional<std::uint64_t> major = number(word.substr(0, colon));
  const std::optional<std::uint64_t> minor = number(word.substr(std::min(colon + 1, word.size())));
  if (!major.has_value() || !minor.has_value()) {
    return std::nullopt;
  }
  return BlockIoEntry{.major = *major, .minor = *minor, .operation = {}, .value = 0};
}

double percentage(std::span<const std::string_view> words, std::string_view key) {
  const std::string_view text = value_of(words, key).value_or("");
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);  // 0 stays when it is no number
  return value;
}

PressureLine pressure_line(std::span<const std::string_view> words) {
  return {.avg10 = percentage(words, "avg10"),
          .avg60 = percentage(words, "avg60"),
          .avg300 = percentage(words, "avg300"),
          .total = parse_count(value_of(words, "total").value_or(""))};
}

}  // namespace

std::uint64_t parse_count(std::string_view text) {
  if (text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  return text == "max" ? kNoLimit : number(text).value_or(0);
}

std::map<std::string, std::uint64_t> parse_counts(std::string_view text) {
  std::map<std::string, std::uint64_t> counts;
  for (const auto& words : rows_of(text)) {
    const std::optional<std::uint64_t> count = words.size() == 2 ? number(words[1]) : std::nullopt;
    if (count.has_value()) {
      counts.emplace(words[0], *count);
    }
  }
  return counts;
}

std::vector<std::uint64_t> parse_row(std::string_view text) {
  std::vector<std::uint64_t> numbers;
  for (const std::string_view word : words_of(text.substr(0, text.find('\n')))) {
    if (const std::optional<std::uint64_t> value = number(word)) {
      numbers.push_back(*value);
    }
  }
  return numbers;
}

std::vector<std::uint64_t> parse_column(std::string_view text, std::size_t column) {
  std::vector<std::uint64_t> numbers;
  for (const auto& words : rows_of(text)) {
    const std::optional<std::uint64_t> value =
        column < words.size() ? number(words[column]) : std::nullopt;
    if (value.has_value()) {
      numbers.push_back(*value);
    }
  }
  return numbers;
}

std::vector<std::uint16_t> parse_ranges(std::string_view text) {
  std::vector<std::uint16_t> numbers;
  for (const std::string_view range : base::split(text.substr(0, text.find('\n')), ',')) {
    const std::size_t dash = range.find('-');
    const auto first = base::parse_integer<std::uint16_t>(range.substr(0, dash));
    const auto last = dash == std::string_view::npos
                          ? first
                          : base::parse_integer<std::uint16_t>(range.substr(dash + 1));
    if (!first.has_value() || !last.has_value()) {
      continue;
    }
    for (unsigned value = *first; value <= *last; ++value) {
      numbers.push_back(static_cast<std::uint16_t>(value));
    }
  }
  return numbers;
}

std::vector<BlockIoEntry> parse_block_io(std::string_view text) {
  std::vector<BlockIoEntry> entries;
  for (const auto& words : rows_of(text)) {
    std::optional<BlockIoEntry> entry = entry_of_device(words[0]);
    const std::optional<std::uint64_t> value = number(words.back());
    if (!entry.has_value() || !value.has_value() || words.size() > 3) {
      continue;
    }
    entry->operation = words.size() == 3 ? words[1] : "";
    entry->value = *value;
    entries.push_back(*std::move(entry));
  }
  return entries;
}

std::vector<BlockIoEntry> parse_io_stat(std::string_view text, std::string_view read_key,
                                        std::string_view write_key) {
  std::vector<BlockIoEntry> entries;
  for (const auto& words : rows_of(text)) {
    const std::optional<BlockIoEntry> device = entry_of_device(words[0]);
    if (!device.has_value()) {
      continue;
    }
    for (const auto& [key, operation] :
         {std::pair(read_key, "Read"), std::pair(write_key, "Write")}) {
      // A device that the cgroup has never used stands there without counters.
      const std::optional<std::uint64_t> value = number(value_of(words, key).value_or(""));
      if (value.has_value()) {
        entries.push_back({.major = device->major,
                           .minor = device->minor,
                           .operation = operation,
                           .value = *value});
      }
    }
  }
  return entries;
}

std::vector<RdmaEntry> parse_rdma(std::string_view text) {
  std::vector<RdmaEntry> entries;
  for (const auto& words : rows_of(text)) {
    const std::optional<std::string_view> handles = value_of(words, "hca_handle");
    const std::optional<std::string_view> objects = value_of(words, "hca_object");
    if (handles.has_value() && objects.has_value()) {
      entries.push_back({.device = std::string(words[0]),
                         .handles = parse_count(*handles),
                         .objects = parse_count(*objects)});
    }
  }
  return entries;
}

std::optional<Pressure> parse_pressure(std::string_view text) {
  std::optional<Pressure> pressure;
  for (const auto& words : rows_of(text)) {
    if (words[0] == "some") {
      pressure = Pressure{.some = pressure_line(words), .full = std::nullopt};
    } else if (words[0] == "full" && pressure.has_value()) {
      pressure->full = pressure_line(words);
    }
  }
  return pressure;
}

}  // namespace myrt::cgroup
