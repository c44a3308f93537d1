#include "config/syntax.h"

#include <algorithm>
#include <optional>
#include <string>

#include "base/text.h"
#include "config/locate.h"

namespace myrt::config {

namespace {

constexpr std::string_view kEscapes = "\"\\/bfnrt";
constexpr std::size_t kUnicodeEscape = 6;  // \u0041

/// The value of the four hexadecimal digits of a Unicode escape.
std::optional<unsigned> code_unit(std::string_view escape) {
  if (!escape.starts_with("\\u") || escape.size() < kUnicodeEscape) {
    return std::nullopt;
  }
  return base::parse_integer<unsigned>(escape.substr(2, 4), 0, 0xFFFF, 16);
}

/// The length of the escape sequence that starts `rest`, or 0 when it is none (RFC 8259, section
/// 7). A surrogate needs its other half.
std::size_t escape_length(std::string_view rest) {
  if (rest.size() < 2) {
    return 0;
  }
  if (rest[1] != 'u') {
    return kEscapes.find(rest[1]) == std::string_view::npos ? 0 : 2;
  }
  const std::optional<unsigned> unit = code_unit(rest);
  if (!unit.has_value() || (*unit >= 0xDC00 && *unit <= 0xDFFF)) {
    return 0;
  }
  if (*unit < 0xD800 || *unit > 0xDBFF) {
    return kUnicodeEscape;
  }
  const std::optional<unsigned> low = code_unit(rest.substr(kUnicodeEscape));
  return low.has_value() && *low >= 0xDC00 && *low <= 0xDFFF ? 2 * kUnicodeEscape : 0;
}

Fault fault_at(std::size_t offset, std::initializer_list<std::string_view> text) {
  return {.pointer = "", .text = base::concat(text), .offset = offset};
}

/// What is wrong inside the string that starts at `start`, if anything is.
std::optional<Fault> string_fault(std::string_view text, std::size_t start) {
  for (std::size_t at = start + 1; at < text.size();) {
    const std::string_view rest = text.substr(at);
    const auto byte = static_cast<unsigned char>(rest[0]);
    std::size_t length = base::utf8_length(rest);
    if (byte == '"') {
      return std::nullopt;
    }
    if (byte < 0x20) {
      return fault_at(at, {"want control characters in a string escaped, got ",
                           base::quote(rest.substr(0, 1))});
    }
    if (length == 0) {
      return fault_at(at, {"want UTF-8, got ", base::quote(rest.substr(0, 1))});
    }
    if (byte == '\\') {
      length = escape_length(rest);
      if (length == 0) {
        const bool unicode = rest.size() > 1 && rest[1] == 'u';
        return fault_at(at, {"want an escape sequence, got ",
                             base::quote(rest.substr(0, unicode ? kUnicodeEscape : 2))});
      }
    }
    at += length;
  }
  return fault_at(start, {"want a closing '\"' of this string, got the end of the file"});
}

/// Whether `word` is a number as RFC 8259, section 6, has it.
bool is_number(std::string_view word) {
  const auto take_digits = [&word] {
    const std::size_t digits = std::min(word.find_first_not_of("0123456789"), word.size());
    word.remove_prefix(digits);
    return digits > 0;
  };
  if (word.starts_with('-')) {
    word.remove_prefix(1);
  }
  if (word.starts_with('0')) {
    word.remove_prefix(1);
  } else if (!take_digits()) {
    return false;
  }
  if (word.starts_with('.')) {
    word.remove_prefix(1);
    if (!take_digits()) {
      return false;
    }
  }
  if (word.starts_with('e') || word.starts_with('E')) {
    word.remove_prefix(word.size() > 1 && (word[1] == '+' || word[1] == '-') ? 2 : 1);
    if (!take_digits()) {
      return false;
    }
  }
  return word.empty();
}

bool is_token(std::string_view text, std::size_t start, std::size_t end) {
  const std::string_view token = text.substr(start, end - start);
  if (token[0] == '"') {
    return !string_fault(text, start).has_value();
  }
  constexpr std::string_view kPunctuation = "{}[],:";
  return kPunctuation.find(token[0]) != std::string_view::npos || token == "true" ||
         token == "false" || token == "null" || is_number(token);
}

/// The token at fault, and the first byte of the one before it (NUL for none).
struct Place {
  std::size_t start = 0;
  char previous = '\0';
};

/// The first token that is no JSON, or else the one that holds the byte before `position`. The
/// parser may have read on behind it.
Place faulty_token(std::string_view text, std::size_t position) {
  Place place{.start = skip_space(text, text.starts_with("\xEF\xBB\xBF") ? 3 : 0)};
  while (place.start < text.size()) {
    const std::size_t end = token_end(text, place.start);
    if (end >= position || !is_token(text, place.start, end)) {
      break;
    }
    place = {.start = skip_space(text, end), .previous = text[place.start]};
  }
  return place;
}

std::string_view wanted(SyntaxState state, char previous) {
  if (state == SyntaxState::kHugeNumber) {
    return "a number below 1.8e308";
  }
  if (previous == ':') {
    return "a value";
  }
  switch (state) {
    case SyntaxState::kStart:
      return "an object";
    case SyntaxState::kAfterName:
      return "':'";
    case SyntaxState::kInArray:
      if (previous == '[') {
        return "a value or ']'";
      }
      return previous == ',' ? "a value" : "',' or ']'";
    case SyntaxState::kInObject:
      if (previous == '{') {
        return "a name in double quotes or '}'";
      }
      return previous == ',' ? "a name in double quotes" : "',' or '}'";
    default:
      return "the end of the file";
  }
}

std::string found(std::string_view text, std::size_t start) {
  if (start >= text.size()) {
    const bool only_space = skip_space(text, 0) == text.size();
    return only_space ? "an empty file" : "the end of the file";
  }
  const std::string_view token = text.substr(start, token_end(text, start) - start);
  if (token.size() == 1) {
    return "'" + base::escape(token, 1) + "'";
  }
  return token[0] == '"' ? base::quote(token.substr(1, token.size() - 2)) : base::quote(token);
}

}  // namespace

Fault syntax_fault(std::string_view text, std::size_t position, SyntaxState state) {
  const Place place = faulty_token(text, position);
  if (place.start < text.size() && text[place.start] == '"') {
    if (std::optional<Fault> fault = string_fault(text, place.start); fault.has_value()) {
      return *std::move(fault);
    }
  }
  return fault_at(place.start,
                  {"want ", wanted(state, place.previous), ", got ", found(text, place.start)});
}

}  // namespace myrt::config
