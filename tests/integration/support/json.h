// JSON as text, addressed by JSON pointers (RFC 6901). Only json.cc sees the JSON library, which is
// slow to compile.
//
// Editing functions report a test failure when the pointer or the value is not usable, and return
// the text unchanged.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace myrt::test {

/// `document` with `value` (JSON text) at `pointer`. Missing objects on the way are made; `-`
/// appends to an array.
std::string json_set(const std::string& document, const std::string& pointer,
                     const std::string& value);

/// `document` without what stands at `pointer`.
std::string json_erase(const std::string& document, const std::string& pointer);

/// A string as JSON text, with its quotes.
std::string json_quote(const std::string& text);

/// Strings as a JSON array.
std::string json_strings(const std::vector<std::string>& strings);

bool json_valid(const std::string& document);
bool json_has(const std::string& document, const std::string& pointer);

/// The string at `pointer`; unset when there is none or it is of another type.
std::optional<std::string> json_string(const std::string& document, const std::string& pointer);

/// The integer at `pointer`; unset when there is none or it is of another type.
std::optional<std::int64_t> json_integer(const std::string& document, const std::string& pointer);

/// Number of elements of the array or object at `pointer`; unset when it is neither.
std::optional<std::size_t> json_size(const std::string& document, const std::string& pointer);

}  // namespace myrt::test
