// Documents against the JSON schemas of spec/, and documents that the schemas forbid. Only
// validate.cc sees valijson, and only it and schema.cc the JSON library: both are slow to compile.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace myrt::test {

/// A JSON schema. Integers above 2^63 - 1 are taken for 2^63 - 1, as valijson has no others.
class SchemaValidator {
 public:
  explicit SchemaValidator(const std::string& schema);
  SchemaValidator(const SchemaValidator&) = delete;
  SchemaValidator& operator=(const SchemaValidator&) = delete;
  SchemaValidator(SchemaValidator&&) = delete;
  SchemaValidator& operator=(SchemaValidator&&) = delete;
  ~SchemaValidator();

  /// What is wrong with the JSON text `document`, a sentence each; none when it is valid.
  [[nodiscard]] std::vector<std::string> faults(const std::string& document) const;

 private:
  struct Rules;
  std::unique_ptr<Rules> rules_;
};

/// A value that a schema describes.
struct Property {
  std::string pointer;             // JSON pointer; "*" for any element and for any name
  std::string sample;              // the same with "0" for any element, and a name for any name
  std::vector<std::string> types;  // JSON schema's words: "string", "integer" ...
  bool required = false;
  std::vector<std::string> words;      // of an enumeration
  std::string minimum;                 // of an integer, as text; "" when there is none
  std::string maximum;                 // likewise
  std::vector<std::string> bad_texts;  // what its pattern or its length forbids
};

/// All of them below the root, parents before their children.
std::vector<Property> schema_properties(const std::string& schema);

/// The JSON pointer of the first value in `document` that is this property, or of where it can be.
std::string place_of(const Property& property, const std::string& document);

/// Whether there is a value at `pointer`.
bool has_value(const std::string& document, const std::string& pointer);

/// A document without the text of one value.
struct Gap {
  std::string before;
  std::string after;
  [[nodiscard]] std::string filled(const std::string& value) const {
    return before + value + after;
  }
};

/// `document` with room for a value at `pointer`; missing objects are made.
Gap gap_at(const std::string& document, const std::string& pointer);

/// `document` without what stands at `pointer`.
std::string without_value(const std::string& document, const std::string& pointer);

/// A value that a property may not have.
struct BadValue {
  enum class Kind { kType, kRange, kWord };

  Kind kind = Kind::kType;
  std::string value;  // JSON text
};

/// Values of every wrong type, below and above the range, and words that are no words of it.
std::vector<BadValue> bad_values(const Property& property);

}  // namespace myrt::test
