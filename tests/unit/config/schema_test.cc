// spec/config.schema.json and the parser say the same: what both take, and what both refuse. The
// parser refuses a few values more, which only two properties together or the kernel make wrong.
#include "schema/schema.h"

#include <algorithm>
#include <regex>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <myrt/spec.h>

#include "../engine_configs.h"

namespace myrt {
namespace {

using test::BadValue;
using test::Property;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

std::string source_file(const std::string& path) {
  std::ifstream file(std::string(MYRT_SOURCE_DIR "/") + path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string schema() { return source_file("spec/config.schema.json"); }

std::vector<std::string> faults_of(const std::string& config) {
  static const test::SchemaValidator kSchema(schema());
  return kSchema.faults(config);
}

/// Configs that are valid, and together have every property.
std::vector<std::string> full_configs() {
  std::vector<std::string> configs;
  for (const char* name : {"full", "deadline", "realtime"}) {
    configs.push_back(source_file("tests/schema/configs/" + std::string(name) + ".json"));
  }
  return configs;
}

std::string fault_of(const std::string& config) {
  const Result<Spec> spec = parse_spec(config, "config.json");
  return spec.has_value() ? "" : spec.error().text();
}

/// Whether a fault is told of `pointer`.
testing::AssertionResult names(const std::string& fault, const std::string& pointer) {
  if (fault.find(": " + pointer + ": ") != std::string::npos) {
    return testing::AssertionSuccess();
  }
  return testing::AssertionFailure() << "no word of " << pointer << ": " << fault;
}

TEST(ConfigSchema, TakesConfigsOfEngines) {
  for (const char* name : test::kEngineConfigs) {
    EXPECT_THAT(faults_of(test::engine_config(name)), IsEmpty()) << name;
  }
}

TEST(ConfigSchema, TakesTheDefaultConfigs) {
  EXPECT_THAT(faults_of(default_spec(false, 0, 0)), IsEmpty());
  EXPECT_THAT(faults_of(default_spec(true, 1000, 1000)), IsEmpty());
}

TEST(ConfigSchema, TakesConfigsWithEveryProperty) {
  const std::vector<std::string> configs = full_configs();
  for (const std::string& config : configs) {
    EXPECT_THAT(faults_of(config), IsEmpty());
  }
  for (const Property& property : test::schema_properties(schema())) {
    const bool held = std::ranges::any_of(configs, [&property](const std::string& config) {
      return test::has_value(config, test::place_of(property, config));
    });
    // The one array that must be empty.
    EXPECT_TRUE(held || property.pointer == "/linux/personality/flags/*") << property.pointer;
  }
}

TEST(ConfigSchema, RefusesEveryBadValue) {
  const std::string full = full_configs().front();
  for (const Property& property : test::schema_properties(schema())) {
    const std::string place = test::place_of(property, full);
    const test::Gap gap = test::gap_at(full, place);
    for (const BadValue& bad : test::bad_values(property)) {
      // valijson compares as floating point numbers, where 2^63 and 2^63 - 1 are the same.
      if (bad.kind != BadValue::Kind::kRange || bad.value.size() < 18) {
        EXPECT_THAT(faults_of(gap.filled(bad.value)), Not(IsEmpty())) << place << " " << bad.value;
      }
    }
  }
}

TEST(ConfigSchema, RefusesWhatOnlyTwoPropertiesMakeWrong) {
  const std::string full = full_configs().front();
  for (const char* pointer :
       {"/linux/devices/0/major", "/linux/seccomp/listenerPath", "/mounts/0/gidMappings"}) {
    EXPECT_THAT(faults_of(test::without_value(full, pointer)), Not(IsEmpty())) << pointer;
  }
  EXPECT_THAT(faults_of(test::gap_at(full, "/annotations").filled(R"({"": "x"})")), Not(IsEmpty()));
  const std::string fifo = test::gap_at(full, "/linux/devices/0/type").filled(R"("p")");
  EXPECT_THAT(faults_of(test::without_value(fifo, "/linux/devices/0/major")), IsEmpty());
}

TEST(ParserAndSchema, TakeConfigsWithEveryProperty) {
  for (const std::string& config : full_configs()) {
    EXPECT_EQ(fault_of(config), "");
  }
}

TEST(ParserAndSchema, RefuseEveryBadValueByItsPointer) {
  const std::string full = full_configs().front();
  std::size_t count = 0;
  for (const Property& property : test::schema_properties(schema())) {
    const std::string place = test::place_of(property, full);
    const test::Gap gap = test::gap_at(full, place);
    for (const BadValue& bad : test::bad_values(property)) {
      EXPECT_TRUE(names(fault_of(gap.filled(bad.value)), place)) << bad.value;
      ++count;
    }
  }
  EXPECT_GT(count, 1000U);
}

TEST(ParserAndSchema, WantWhatIsRequired) {
  const std::string full = full_configs().front();
  for (const Property& property : test::schema_properties(schema())) {
    const std::string place = test::place_of(property, full);
    if (property.required && !property.pointer.ends_with("*") && test::has_value(full, place)) {
      EXPECT_TRUE(names(fault_of(test::without_value(full, place)), place));
    }
  }
}

TEST(SchemaProperties, HaveTheirTypesAndRanges) {
  const std::vector<Property> properties = test::schema_properties(
      R"({"properties": {"a": {"type": "array", "items": {"$ref": "#/definitions/n"}}}, "required": ["a"],
          "definitions": {"n": {"type": ["integer", "null"], "minimum": -9, "maximum": 99}}})");
  ASSERT_EQ(properties.size(), 2U);
  EXPECT_EQ(properties[0].pointer, "/a");
  EXPECT_TRUE(properties[0].required);
  EXPECT_EQ(properties[1].pointer, "/a/*");
  EXPECT_THAT(properties[1].types, ElementsAre("integer", "null"));
  std::vector<std::string> ranges;
  for (const BadValue& bad : test::bad_values(properties[1])) {
    if (bad.kind == BadValue::Kind::kRange) {
      ranges.push_back(bad.value);
    }
  }
  EXPECT_THAT(ranges, ElementsAre("-10", "100"));
  EXPECT_THAT(test::gap_at("{}", "/a/b").filled("18446744073709551616"),
              HasSubstr("\"b\": 18446744073709551616"));
}

}  // namespace
}  // namespace myrt
