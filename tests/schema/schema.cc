#include "schema/schema.h"

#include <algorithm>
#include <cctype>
#include <regex>
#include <sstream>
#include <string_view>

#include <nlohmann/json.hpp>

namespace myrt::test {

namespace {

using nlohmann::json;

json parse(const std::string& text) { return json::parse(text, nullptr, false); }

/// A name as a step of a JSON pointer (RFC 6901).
std::string step(std::string name) {
  for (const auto& [from, to] : {std::pair{"~", "~0"}, std::pair{"/", "~1"}}) {
    for (std::size_t at = 0; (at = name.find(from, at)) != std::string::npos; at += 2) {
      name.replace(at, 1, to);
    }
  }
  return "/" + name;
}

/// The texts, of some that are usual mistakes, that the schema of a string forbids.
std::vector<std::string> forbidden_texts(const json& schema) {
  std::vector<std::string> texts;
  for (const std::string_view text : {"", "relative/path", "two words", "=", "0"}) {
    const bool breaks_pattern =
        schema.contains("pattern") &&
        !std::regex_search(std::string(text), std::regex(schema["pattern"].get<std::string>()));
    if (breaks_pattern || text.size() < schema.value("minLength", 0U)) {
      texts.emplace_back(text);
    }
  }
  if (schema.contains("maxLength")) {
    texts.emplace_back(schema["maxLength"].get<std::size_t>() + 1, 'x');
  }
  return texts;
}

class Walk {
 public:
  explicit Walk(const json& root) : root_(root) {}

  std::vector<Property> properties() {
    children(resolved(root_), {});
    return std::move(properties_);
  }

 private:
  [[nodiscard]] const json& resolved(const json& schema) const {
    return schema.contains("$ref")
               ? root_.at(json::json_pointer(schema["$ref"].get<std::string>().substr(1)))
               : schema;
  }

  void property(const json& unresolved, Property property) {
    const json& schema = resolved(unresolved);
    const json types = schema.value("type", json::array());
    property.types = types.is_string() ? std::vector{types.get<std::string>()}
                                       : types.get<std::vector<std::string>>();
    property.words = schema.value("enum", std::vector<std::string>{});
    property.minimum = schema.contains("minimum") ? schema["minimum"].dump() : "";
    property.maximum = schema.contains("maximum") ? schema["maximum"].dump() : "";
    property.bad_texts = forbidden_texts(schema);
    properties_.push_back(property);
    children(schema, property);
  }

  void children(const json& schema, const Property& parent) {
    const std::vector<std::string> required = schema.value("required", std::vector<std::string>{});
    if (schema.contains("properties")) {
      for (const auto& [name, child] : schema["properties"].items()) {
        property(child, {.pointer = parent.pointer + step(name),
                         .sample = parent.sample + step(name),
                         .required = std::ranges::count(required, name) > 0});
      }
    }
    if (schema.contains("items")) {
      unnamed(schema["items"], parent, "0");
    }
    if (schema.contains("additionalProperties")) {
      const json names = schema.value("propertyNames", json::object());
      unnamed(schema["additionalProperties"], parent,
              names.contains("enum") ? names["enum"][0] : "a");
    }
  }

  void unnamed(const json& schema, const Property& parent, const std::string& name) {
    if (schema.is_object()) {
      property(schema, {.pointer = parent.pointer + "/*",
                        .sample = parent.sample + step(name),
                        .required = true});
    }
  }

  const json& root_;
  std::vector<Property> properties_;
};

/// The integer next to `number`, which may be beyond every type. `away` is -1 or 1.
std::string next_integer(const std::string& number, int away) {
  const bool negative = number.starts_with('-');
  std::string digits = negative ? number.substr(1) : number;
  const bool grows = negative == (away < 0);
  if (digits == "0" && !grows) {
    return "-1";
  }
  auto digit = digits.rbegin();
  while (digit != digits.rend() && *digit == (grows ? '9' : '0')) {
    *digit++ = grows ? '0' : '9';
  }
  if (digit == digits.rend()) {
    digits.insert(0, "1");
  } else {
    *digit = static_cast<char>(*digit + (grows ? 1 : -1));
  }
  if (digits.size() > 1 && digits.starts_with('0')) {
    digits.erase(0, 1);
  }
  return (negative ? "-" : "") + digits;
}

/// A word in the other case: "pid" for "PID", and "PID" for "pid".
std::string other_case(std::string word) {
  std::ranges::transform(word, word.begin(), [](unsigned char letter) {
    return static_cast<char>(std::islower(letter) != 0 ? std::toupper(letter)
                                                       : std::tolower(letter));
  });
  return word;
}

}  // namespace

std::vector<Property> schema_properties(const std::string& schema) {
  const json root = parse(schema);
  return Walk(root).properties();
}

std::string place_of(const Property& property, const std::string& document) {
  const json tree = parse(document);
  const json* at = &tree;
  std::string place;
  std::istringstream steps(property.pointer.substr(1));
  std::istringstream samples(property.sample.substr(1));
  std::string name;
  std::string sample;
  while (std::getline(steps, name, '/') && std::getline(samples, sample, '/')) {
    const bool any = name == "*" && at != nullptr && at->is_object() && !at->empty();
    place += step(any ? at->begin().key() : sample);
    const json::json_pointer pointer(place);
    at = tree.contains(pointer) ? &tree.at(pointer) : nullptr;
  }
  return place;
}

bool has_value(const std::string& document, const std::string& pointer) {
  return parse(document).contains(json::json_pointer(pointer));
}

Gap gap_at(const std::string& document, const std::string& pointer) {
  constexpr std::string_view kMark = "\"@value@\"";
  json tree = parse(document);
  tree[json::json_pointer(pointer)] = json::parse(kMark);
  const std::string text = tree.dump(1);
  const std::size_t place = text.find(kMark);
  return {.before = text.substr(0, place), .after = text.substr(place + kMark.size())};
}

std::string without_value(const std::string& document, const std::string& pointer) {
  json tree = parse(document);
  const json::json_pointer place(pointer);
  json& parent = tree[place.parent_pointer()];
  if (parent.is_array()) {
    parent.erase(std::stoul(place.back()));
  } else {
    parent.erase(place.back());
  }
  return tree.dump(1);
}

std::vector<BadValue> bad_values(const Property& property) {
  using Kind = BadValue::Kind;
  const auto is = [&property](const char* type) {
    return std::ranges::count(property.types, type) > 0;
  };
  std::vector<BadValue> values;
  for (const auto& [type, value] :
       {std::pair{"boolean", "true"}, std::pair{"integer", "1"}, std::pair{"string", "\"1\""},
        std::pair{"array", "[1]"}, std::pair{"object", "{\"a\": 1}"}, std::pair{"number", "1.5"}}) {
    if (!is(type)) {
      values.push_back({.kind = Kind::kType, .value = value});
    }
  }
  if (property.required) {
    values.push_back({.kind = Kind::kType, .value = "null"});
  }
  if (!property.minimum.empty()) {
    values.push_back({.kind = Kind::kRange, .value = next_integer(property.minimum, -1)});
  }
  if (!property.maximum.empty()) {
    values.push_back({.kind = Kind::kRange, .value = next_integer(property.maximum, 1)});
  }
  if (!property.words.empty()) {
    values.push_back({.kind = Kind::kWord, .value = "\"no-such-word\""});
    values.push_back(
        {.kind = Kind::kWord, .value = json(other_case(property.words.back())).dump()});
  }
  for (const std::string& text : property.bad_texts) {
    values.push_back({.kind = Kind::kWord, .value = json(text).dump()});
  }
  return values;
}

}  // namespace myrt::test
