#include "base/text.h"

#include <algorithm>
#include <array>

namespace myrt::base {

namespace {

template <typename Part>
std::string join_parts(std::span<const Part> parts, std::string_view separator) {
  std::size_t size = 0;
  for (const Part& part : parts) {
    size += part.size() + separator.size();
  }
  std::string text;
  text.reserve(size);
  bool first = true;
  for (const Part& part : parts) {
    if (!first) {
      text += separator;
    }
    first = false;
    text += part;
  }
  return text;
}

bool is_continuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

void append_escaped(std::string& text, char byte) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  switch (byte) {
    case '"':
      text += "\\\"";
      return;
    case '\\':
      text += "\\\\";
      return;
    case '\n':
      text += "\\n";
      return;
    case '\r':
      text += "\\r";
      return;
    case '\t':
      text += "\\t";
      return;
    default:
      text += "\\x";
      text += kDigits[static_cast<unsigned char>(byte) >> 4U];
      text += kDigits[static_cast<unsigned char>(byte) & 0xFU];
  }
}

/// Whether a UTF-8 character can be shown as it is. U+0080 to U+009F are control characters: U+009B
/// starts a terminal's escape sequence as ESC [ does.
bool is_printable(std::string_view character) {
  const auto first = static_cast<unsigned char>(character[0]);
  if (character.size() == 1) {
    return first >= 0x20 && first != 0x7F && first != '"' && first != '\\';
  }
  return first != 0xC2 || static_cast<unsigned char>(character[1]) >= 0xA0;
}

/// How many bytes of `text` fit into `max_bytes` when no character is cut.
std::size_t whole_characters(std::string_view text, std::size_t max_bytes) {
  std::size_t size = 0;
  while (size < text.size()) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text.substr(size)), 1);
    if (size + length > max_bytes) {
      break;
    }
    size += length;
  }
  return size;
}

std::string escape_all(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size());
  while (!text.empty()) {
    const std::size_t length = utf8_length(text);
    const std::string_view character = text.substr(0, length == 0 ? 1 : length);
    text.remove_prefix(character.size());
    if (length != 0 && is_printable(character)) {
      escaped += character;
      continue;
    }
    for (const char byte : character) {
      append_escaped(escaped, byte);
    }
  }
  return escaped;
}

}  // namespace

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> pieces;
  for (;;) {
    const std::size_t end = text.find(separator);
    pieces.push_back(text.substr(0, end));
    if (end == std::string_view::npos) {
      return pieces;
    }
    text.remove_prefix(end + 1);
  }
}

std::string join(std::span<const std::string> parts, std::string_view separator) {
  return join_parts(parts, separator);
}

std::string join(std::span<const std::string_view> parts, std::string_view separator) {
  return join_parts(parts, separator);
}

std::string concat(std::initializer_list<std::string_view> parts) {
  return join_parts(std::span<const std::string_view>(parts.begin(), parts.size()), "");
}

std::string_view first_line(std::string_view text) {
  for (const std::string_view line : split(text, '\n')) {
    if (!line.empty()) {
      return line;
    }
  }
  return {};
}

std::string escape(std::string_view text, std::size_t max_bytes) {
  const std::size_t shown = whole_characters(text, max_bytes);
  std::string escaped = escape_all(text.substr(0, shown));
  return shown < text.size() ? escaped + "..." : escaped;
}

std::string quote(std::string_view text, std::size_t max_bytes) {
  const std::size_t shown = whole_characters(text, max_bytes);
  return concat({"\"", escape_all(text.substr(0, shown)), shown < text.size() ? "\"..." : "\""});
}

std::string hexadecimal(std::uint64_t number) {
  std::array<char, 16> digits{};  // enough for 64 bits
  const char* end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return concat({"0x", std::string_view(digits.data(), end)});
}

std::size_t utf8_length(std::string_view text) {
  // The first byte, and what the second may be (Unicode, table 3-7): the ranges that are narrower
  // than 80..BF keep out overlong forms, surrogates and what lies above U+10FFFF.
  struct Form {
    unsigned char first_from, first_to, second_from, second_to;
    std::size_t length;
  };
  static constexpr std::array<Form, 8> kForms{{{0xC2, 0xDF, 0x80, 0xBF, 2},
                                               {0xE0, 0xE0, 0xA0, 0xBF, 3},
                                               {0xE1, 0xEC, 0x80, 0xBF, 3},
                                               {0xED, 0xED, 0x80, 0x9F, 3},
                                               {0xEE, 0xEF, 0x80, 0xBF, 3},
                                               {0xF0, 0xF0, 0x90, 0xBF, 4},
                                               {0xF1, 0xF3, 0x80, 0xBF, 4},
                                               {0xF4, 0xF4, 0x80, 0x8F, 4}}};
  if (text.empty()) {
    return 0;
  }
  const auto first = static_cast<unsigned char>(text[0]);
  if (first < 0x80) {
    return 1;
  }
  for (const Form& form : kForms) {
    if (first < form.first_from || first > form.first_to || text.size() < form.length) {
      continue;
    }
    const auto second = static_cast<unsigned char>(text[1]);
    bool valid = second >= form.second_from && second <= form.second_to;
    for (std::size_t i = 2; i < form.length; ++i) {
      valid = valid && is_continuation(text[i]);
    }
    return valid ? form.length : 0;
  }
  return 0;
}

}  // namespace myrt::base
