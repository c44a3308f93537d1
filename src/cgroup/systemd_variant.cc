// GVariant's text form, as far as properties of units need it (GLib, "GVariant Text Format").
#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <optional>

#include "base/text.h"
#include "cgroup/systemd_annotations.h"

namespace myrt::cgroup {

namespace {

struct TypeWord {
  std::string_view word;
  char type;
};
constexpr std::array<TypeWord, 11> kTypeWords = {{{"boolean", 'b'},
                                                  {"byte", 'y'},
                                                  {"double", 'd'},
                                                  {"int16", 'n'},
                                                  {"int32", 'i'},
                                                  {"int64", 'x'},
                                                  {"objectpath", 'o'},
                                                  {"string", 's'},
                                                  {"uint16", 'q'},
                                                  {"uint32", 'u'},
                                                  {"uint64", 't'}}};

template <typename T>
std::optional<std::string> integer_text(std::string_view text) {
  const std::optional<T> number = base::parse_integer<T>(text);
  return number.has_value() ? std::optional(std::to_string(*number)) : std::nullopt;
}

/// `text` as a number of `type`, or nothing when it is none.
std::optional<std::string> number_text(char type, std::string_view text) {
  switch (type) {
    case 'y':
      return integer_text<std::uint8_t>(text);
    case 'n':
      return integer_text<std::int16_t>(text);
    case 'q':
      return integer_text<std::uint16_t>(text);
    case 'i':
      return integer_text<std::int32_t>(text);
    case 'u':
      return integer_text<std::uint32_t>(text);
    case 'x':
      return integer_text<std::int64_t>(text);
    case 't':
      return integer_text<std::uint64_t>(text);
    default:
      break;
  }
  const std::string copy(text);
  char* end = nullptr;
  std::strtod(copy.c_str(), &end);
  const bool plain = text.find_first_not_of("0123456789.+-eE") == std::string_view::npos;
  return type == 'd' && plain && end != copy.c_str() && *end == '\0' ? std::optional(copy)
                                                                     : std::nullopt;
}

class Parser {
 public:
  explicit Parser(std::string_view text) : text_(text) {}

  Result<UnitProperty> parse() {
    UnitProperty property;
    MYRT_TRY(value(property, '\0', 0));
    skip_spaces();
    if (!text_.empty()) {
      return wanted("the end");
    }
    return property;
  }

 private:
  [[nodiscard]] std::unexpected<Error> wanted(std::string_view what) const {
    return std::unexpected(Error(base::concat({"want ", what, ", got ", base::quote(text_)})));
  }

  void skip_spaces() {
    while (text_.starts_with(' ')) {
      text_.remove_prefix(1);
    }
  }

  bool accept(char c) {
    skip_spaces();
    if (!text_.starts_with(c)) {
      return false;
    }
    text_.remove_prefix(1);
    return true;
  }

  /// The letters, digits and signs that come next.
  std::string_view take_word() {
    constexpr std::string_view kEnds = " ,()[]'\"";
    skip_spaces();
    const std::string_view word = text_.substr(0, text_.find_first_of(kEnds));
    text_.remove_prefix(word.size());
    return word;
  }

  /// Adds one value to `property`, of `type` when that is known.
  Result<void> value(UnitProperty& property, char type, int depth) {
    constexpr int kMaxDepth = 16;
    if (depth == kMaxDepth) {
      return wanted("fewer levels");
    }
    if (accept('[')) {
      return array(property, type, depth);
    }
    if (accept('(')) {
      return tuple(property, depth);
    }
    if (text_.starts_with('\'') || text_.starts_with('"')) {
      return quoted(property, type == '\0' ? 's' : type);
    }
    return plain(property, type, depth);
  }

  /// After the bracket. All elements have the type of the first one. `type` is for an array without
  /// any.
  Result<void> array(UnitProperty& property, char type, int depth) {
    const std::size_t count_at = property.values.size();
    property.values.emplace_back();
    property.signature += 'a';
    std::string element;
    std::size_t count = 0;
    while (!accept(']')) {
      if (count != 0 && !accept(',')) {
        return wanted("\",\" or \"]\"");
      }
      UnitProperty next{.name = "", .signature = "", .values = std::move(property.values)};
      const bool simple = element.size() == 1;
      MYRT_TRY(value(next, simple ? element.front() : type, depth + 1));
      property.values = std::move(next.values);
      if (count != 0 && next.signature != element) {
        return std::unexpected(Error("want elements of one type"));
      }
      element = next.signature;
      ++count;
    }
    if (count == 0) {
      element = type == '\0' ? "s" : std::string(1, type);
    }
    property.signature += element;
    property.values[count_at] = std::to_string(count);
    return {};
  }

  Result<void> tuple(UnitProperty& property, int depth) {
    property.signature += '(';
    for (bool first = true; !accept(')'); first = false) {
      if (!first && !accept(',')) {
        return wanted("\",\" or \")\"");
      }
      if (!first && accept(')')) {
        break;  // "(1,)" is a tuple of one
      }
      MYRT_TRY(value(property, '\0', depth + 1));
    }
    property.signature += ')';
    return {};
  }

  Result<void> quoted(UnitProperty& property, char type) {
    const char end = text_.front();
    std::string content;
    for (std::size_t i = 1; i < text_.size(); ++i) {
      if (text_[i] == end) {
        text_.remove_prefix(i + 1);
        property.signature += type;
        property.values.push_back(std::move(content));
        return type == 's' || type == 'o' ? Result<void>{} : wanted("a number");
      }
      if (text_[i] == '\\' && i + 1 < text_.size()) {
        ++i;
        content += text_[i] == 'n' ? '\n' : text_[i] == 't' ? '\t' : text_[i];
      } else {
        content += text_[i];
      }
    }
    return wanted("the end of the string");
  }

  /// A word: a type before its value, or a value.
  Result<void> plain(UnitProperty& property, char type, int depth) {
    const std::string_view rest = text_;
    const std::string_view word = take_word();
    if (word.size() == 2 && word.front() == '@') {
      return value(property, word[1], depth + 1);
    }
    if (word.size() == 3 && word.starts_with("@a")) {
      return accept('[') ? array(property, word[2], depth) : wanted("\"[\"");
    }
    for (const TypeWord& known : kTypeWords) {
      if (word == known.word) {
        return value(property, known.type, depth + 1);
      }
    }
    if (word == "true" || word == "false") {
      property.signature += 'b';
      property.values.emplace_back(word == "true" ? "1" : "0");
      return type == '\0' || type == 'b' ? Result<void>{} : wanted("a number");
    }
    const bool is_double = type == '\0' && word.find('.') != std::string_view::npos;
    const char meant = type != '\0' ? type : is_double ? 'd' : 'i';
    const std::optional<std::string> number = number_text(meant, word);
    if (!number.has_value()) {
      text_ = rest;
      return wanted("a value");
    }
    property.signature += meant;
    property.values.push_back(*number);
    return {};
  }

  std::string_view text_;
};

}  // namespace

Result<UnitProperty> parse_variant(std::string_view text) { return Parser(text).parse(); }

}  // namespace myrt::cgroup
