#include "plan/print_text.h"

#include <array>
#include <charconv>
#include <limits>

#include "base/text.h"

namespace myrt::plan {

namespace {

std::string digits(std::uint64_t number, int base, std::size_t width) {
  std::array<char, std::numeric_limits<std::uint64_t>::digits> buffer{};
  const char* end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, base).ptr;
  std::string text(static_cast<const char*>(buffer.data()), end);
  return text.size() < width ? std::string(width - text.size(), '0') + text : text;
}

}  // namespace

std::string line(std::initializer_list<std::string_view> parts) {
  return base::concat(parts) + "\n";
}

std::string line_if(bool wanted, std::initializer_list<std::string_view> parts) {
  return wanted ? line(parts) : "";
}

std::string word(std::string_view text) {
  std::string quoted = base::quote(text, text.size());
  const bool plain =
      !text.empty() && quoted.size() == text.size() + 2 && text.find(' ') == std::string_view::npos;
  return plain ? std::string(text) : quoted;
}

std::string words(std::span<const std::string> texts) {
  std::string all;
  for (const std::string& text : texts) {
    all += " " + word(text);
  }
  return all;
}

std::string octal(std::uint32_t number) { return digits(number, 8, 1); }

std::string hexadecimal(std::uint64_t number) { return digits(number, 16, 16); }

}  // namespace myrt::plan
