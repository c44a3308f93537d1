#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/parse.h"
#include "section.h"

namespace myrt::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ParseIntelRdt, ReadsEveryField) {
  const auto parsed = parse_section(parse_intel_rdt, R"({
      "closID": "gold", "schemata": ["L3:0=f", "MB:0=20"], "l3CacheSchema": "L3:0=7f0;1=1f",
      "memBwSchema": "MB:0=20;1=70", "enableMonitoring": true})");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_EQ(parsed.value, (IntelRdt{.clos_id = "gold",
                                    .schemata = {"L3:0=f", "MB:0=20"},
                                    .l3_cache_schema = "L3:0=7f0;1=1f",
                                    .mem_bw_schema = "MB:0=20;1=70",
                                    .monitoring = true}));
}

TEST(ParseIntelRdt, IsThereWhenItIsEmptyAndNotWhenAbsent) {
  EXPECT_EQ(parse_section(parse_intel_rdt, "{}").value, IntelRdt{});
  EXPECT_EQ(parse_section(parse_linux, "{}").value.intel_rdt, std::nullopt);
  EXPECT_EQ(parse_section(parse_linux, R"({"intelRdt": null})").value.intel_rdt, std::nullopt);
}

TEST(ParseIntelRdt, TakesTheFieldsOfOlderVersionsForMonitoring) {
  EXPECT_TRUE(parse_section(parse_intel_rdt, R"({"enableCMT": true})").value->monitoring);
  EXPECT_TRUE(parse_section(parse_intel_rdt, R"({"enableCMT": false, "enableMBM": true})")
                  .value->monitoring);
  EXPECT_FALSE(parse_section(parse_intel_rdt, R"({"enableMBM": false})").value->monitoring);
}

TEST(ParseIntelRdt, TakesTheDefaultGroup) {
  const auto parsed = parse_section(parse_intel_rdt, R"({"closID": "/"})");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_EQ(parsed.value->clos_id, "/");
}

TEST(ParseIntelRdt, RefusesWhatIsNoNameOfAGroup) {
  const std::string longest(255, 'x');
  EXPECT_THAT(parse_section(parse_intel_rdt, R"({"closID": ")" + longest + "\"}").faults,
              IsEmpty());
  for (const std::string& name :
       {std::string("."), std::string(".."), std::string("a/b"), std::string("/a"),
        std::string("a\\nb"), std::string("info"), std::string("mon_groups"), longest + "x"}) {
    const auto faults = parse_section(parse_intel_rdt, R"({"closID": ")" + name + "\"}").faults;
    ASSERT_EQ(faults.size(), 1U) << name;
    EXPECT_TRUE(faults[0].starts_with(
        "/closID: want the name of a resctrl group, or \"/\" for the default one, got"))
        << faults[0];
  }
}

TEST(ParseIntelRdt, RefusesWrongSchemata) {
  EXPECT_THAT(parse_section(parse_intel_rdt, R"({
      "schemata": ["L3:0=f\nMB:0=20", "", 5], "l3CacheSchema": 7, "memBwSchema": "L3:0=f",
      "enableMonitoring": "yes"})")
                  .faults,
              ElementsAre("/schemata/0: want one line of a schemata file, got \"L3:0=f\\nMB:0=20\"",
                          "/schemata/1: want a line of a schemata file, got \"\"",
                          "/schemata/2: want a line of a schemata file, got 5",
                          "/l3CacheSchema: want a string, got 7",
                          "/memBwSchema: want one line that starts with \"MB:\", got \"L3:0=f\"",
                          "/enableMonitoring: want true or false, got \"yes\""));
  EXPECT_THAT(parse_section(parse_intel_rdt, R"({"memBwSchema": "MB:0=1\nMB:1=2"})").faults,
              ElementsAre("/memBwSchema: want one line that starts with \"MB:\", got "
                          "\"MB:0=1\\nMB:1=2\""));
  EXPECT_THAT(parse_section(parse_intel_rdt, R"({"schemata": "L3:0=f"})").faults,
              ElementsAre("/schemata: want an array of strings, got a string"));
}

TEST(ParseIntelRdt, RefusesWhatIsNoObject) {
  EXPECT_THAT(parse_section(parse_linux, R"({"intelRdt": true})").faults,
              ElementsAre("/intelRdt: want an object, got a boolean"));
}

}  // namespace
}  // namespace myrt::config
