#include <cstdint>
#include <limits>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "schema/schema.h"

namespace myrt::test {

namespace {

using nlohmann::json;
using Adapter = valijson::adapters::NlohmannJsonAdapter;

/// valijson reads every integer as a signed one: 2^64 - 1 would be -1.
void clamp_integers(json& value) {
  constexpr std::uint64_t kMax = std::numeric_limits<std::int64_t>::max();
  if (value.is_number_unsigned() && value.get<std::uint64_t>() > kMax) {
    value = kMax;
  }
  for (json& child : value) {
    if (value.is_structured()) {
      clamp_integers(child);
    }
  }
}

std::string place(const std::vector<std::string>& context) {
  std::string text;
  for (const std::string& step : context) {
    text += step;
  }
  return text;
}

}  // namespace

struct SchemaValidator::Rules {
  valijson::Schema schema;
};

SchemaValidator::SchemaValidator(const std::string& schema) : rules_(std::make_unique<Rules>()) {
  json tree = json::parse(schema);
  clamp_integers(tree);
  valijson::SchemaParser parser(valijson::SchemaParser::kDraft7);
  parser.populateSchema(Adapter(tree), rules_->schema);
}

SchemaValidator::~SchemaValidator() = default;

std::vector<std::string> SchemaValidator::faults(const std::string& document) const {
  json tree = json::parse(document, nullptr, false);
  if (tree.is_discarded()) {
    return {"not JSON"};
  }
  clamp_integers(tree);
  valijson::Validator validator;
  valijson::ValidationResults results;
  validator.validate(rules_->schema, Adapter(tree), &results);
  std::vector<std::string> faults;
  valijson::ValidationResults::Error error;
  while (results.popError(error)) {
    faults.push_back(place(error.context) + ": " + error.description);
  }
  return faults;
}

}  // namespace myrt::test
