#include "container/process_table.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/text.h"

namespace myrt::container {

namespace {

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words = base::split(line, ' ');
  std::erase(words, std::string_view());
  return words;
}

}  // namespace

Result<std::string> rows_of(std::string_view table, std::span<const pid_t> pids) {
  const std::vector<std::string_view> lines = base::split(table, '\n');
  const std::vector<std::string_view> titles = words_of(lines.front());
  const auto title = std::ranges::find(titles, "PID");
  if (title == titles.end()) {
    return std::unexpected(
        Error("want a column PID in the output of ps, got " + base::quote(lines.front())));
  }
  const auto column = static_cast<std::size_t>(title - titles.begin());
  std::string rows = base::concat({lines.front(), "\n"});
  for (const std::string_view line : std::span(lines).subspan(1)) {
    const std::vector<std::string_view> words = words_of(line);
    if (words.empty()) {
      continue;
    }
    const std::string_view word = column < words.size() ? words[column] : "";
    const std::optional<pid_t> pid = base::parse_integer<pid_t>(word, 1);
    if (!pid.has_value()) {
      return std::unexpected(Error(base::concat(
          {"want a number in the column PID of ps, got ", base::quote(word), " in ",
           base::quote(line), ": columns with blanks in them have to come after it"})));
    }
    if (std::ranges::binary_search(pids, *pid)) {
      rows += base::concat({line, "\n"});
    }
  }
  return rows;
}

}  // namespace myrt::container
