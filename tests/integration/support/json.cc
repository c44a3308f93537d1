#include "support/json.h"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace myrt::test {
namespace {

using nlohmann::json;

json parse(const std::string& text) { return json::parse(text, nullptr, false); }

// What stands at `pointer`, or a discarded value.
json at(const std::string& document, const std::string& pointer) {
  const json parsed = parse(document);
  const json::json_pointer place(pointer);
  return !parsed.is_discarded() && parsed.contains(place) ? parsed.at(place)
                                                          : json(json::value_t::discarded);
}

}  // namespace

std::string json_set(const std::string& document, const std::string& pointer,
                     const std::string& value) {
  json parsed = parse(document);
  const json parsed_value = parse(value);
  if (parsed.is_discarded() || parsed_value.is_discarded()) {
    ADD_FAILURE() << "not JSON: " << value << " for " << pointer;
    return document;
  }
  parsed[json::json_pointer(pointer)] = parsed_value;
  return parsed.dump(1);
}

std::string json_erase(const std::string& document, const std::string& pointer) {
  json parsed = parse(document);
  const json::json_pointer place(pointer);
  if (parsed.is_discarded() || !parsed.contains(place)) {
    ADD_FAILURE() << "nothing to erase at " << pointer;
    return document;
  }
  json& parent = parsed[place.parent_pointer()];
  if (parent.is_array()) {
    parent.erase(std::stoul(place.back()));
  } else {
    parent.erase(place.back());
  }
  return parsed.dump(1);
}

std::string json_quote(const std::string& text) { return json(text).dump(); }

std::string json_strings(const std::vector<std::string>& strings) { return json(strings).dump(); }

bool json_valid(const std::string& document) { return json::accept(document); }

bool json_has(const std::string& document, const std::string& pointer) {
  return !at(document, pointer).is_discarded();
}

std::optional<std::string> json_string(const std::string& document, const std::string& pointer) {
  const json value = at(document, pointer);
  return value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
}

std::optional<std::int64_t> json_integer(const std::string& document, const std::string& pointer) {
  const json value = at(document, pointer);
  return value.is_number_integer() ? std::optional(value.get<std::int64_t>()) : std::nullopt;
}

std::optional<std::size_t> json_size(const std::string& document, const std::string& pointer) {
  const json value = at(document, pointer);
  return value.is_structured() ? std::optional(value.size()) : std::nullopt;
}

}  // namespace myrt::test
