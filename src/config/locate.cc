#include "config/locate.h"

#include <algorithm>

namespace myrt::config {

namespace {

constexpr std::string_view kSpace = " \t\r\n";
constexpr std::string_view kPunctuation = "{}[],:";

/// The start of the value after the one that starts at `at`.
std::size_t next_value(std::string_view text, std::size_t at) {
  std::size_t depth = 0;
  while (at < text.size()) {
    const char first = text[at];
    at = skip_space(text, token_end(text, at));
    if (first == '{' || first == '[') {
      ++depth;
    } else if (first == '}' || first == ']') {
      --depth;
    }
    if (depth == 0) {
      break;
    }
  }
  return skip_space(text, at + 1);  // behind the comma
}

/// The start of the value of the member whose name starts at `at`.
std::size_t behind_name(std::string_view text, std::size_t at) {
  const std::size_t colon = skip_space(text, token_end(text, at));
  return skip_space(text, colon + 1);
}

}  // namespace

Position position_of(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const std::size_t line_start = before.rfind('\n') + 1;  // npos + 1 is 0
  const auto is_character_start = [](char byte) {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;
  };
  return {.line = 1 + static_cast<std::size_t>(std::ranges::count(before, '\n')),
          .column = 1 + static_cast<std::size_t>(
                            std::ranges::count_if(before.substr(line_start), is_character_start))};
}

std::size_t offset_of(std::string_view text, std::span<const std::uint32_t> path) {
  std::size_t at = skip_space(text, text.starts_with("\xEF\xBB\xBF") ? 3 : 0);  // byte order mark
  for (const std::uint32_t before : path) {
    if (at >= text.size()) {
      break;
    }
    const bool in_object = text[at] == '{';
    at = skip_space(text, at + 1);
    for (std::uint32_t i = 0; i < before; ++i) {
      at = next_value(text, in_object ? behind_name(text, at) : at);
    }
    if (in_object) {
      at = behind_name(text, at);
    }
  }
  return std::min(at, text.size());
}

std::size_t token_end(std::string_view text, std::size_t at) {
  if (at >= text.size()) {
    return text.size();
  }
  if (kPunctuation.find(text[at]) != std::string_view::npos) {
    return at + 1;
  }
  if (text[at] != '"') {
    const std::size_t end = text.find_first_of(" \t\r\n{}[],:\"", at);
    return std::min(end, text.size());
  }
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return text.size();
}

std::size_t skip_space(std::string_view text, std::size_t at) {
  return std::min(text.find_first_not_of(kSpace, at), text.size());
}

}  // namespace myrt::config
