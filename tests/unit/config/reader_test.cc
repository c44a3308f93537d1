#include "config/reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "section.h"

namespace myrt::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(Reader, ReadsFieldsOfTheirType) {
  const auto parsed = parse_section(
      [](const Value& in) {
        EXPECT_EQ(in["b"].boolean(), true);
        EXPECT_EQ(in["i"].integer<int>(), -7);
        EXPECT_EQ(in["u"].integer<std::uint64_t>(), 18446744073709551615U);
        EXPECT_EQ(in["s"].string(), "x");
        EXPECT_THAT(in["a"].texts(), ElementsAre("x", "y"));
        EXPECT_EQ(in["p"].absolute_path(), "/p");
        return 0;
      },
      R"({"b": true, "i": -7, "u": 18446744073709551615, "s": "x", "a": ["x", "y"], "p": "/p"})");
  EXPECT_THAT(parsed.faults, IsEmpty());
}

TEST(Reader, TakesAbsentAndNullOptionalFieldsForNothing) {
  const auto parsed = parse_section(
      [](const Value& in) {
        for (const std::string_view key : {"absent", "null"}) {
          EXPECT_EQ(in[key].boolean(), std::nullopt);
          EXPECT_EQ(in[key].integer<int>(), std::nullopt);
          EXPECT_EQ(in[key].string(), std::nullopt);
          EXPECT_EQ(in[key].text(), "");
          EXPECT_EQ(in[key].absolute_path(), "");
          EXPECT_THAT(in[key].texts(), IsEmpty());
          EXPECT_FALSE(in[key].object());
          EXPECT_FALSE(in[key]["below"].present());
          EXPECT_EQ(in[key].need("below").string(), std::nullopt);
        }
        return 0;
      },
      R"({"null": null})");
  EXPECT_THAT(parsed.faults, IsEmpty());
}

TEST(Reader, WantsRequiredFields) {
  const auto parsed = parse_section(
      [](const Value& in) {
        (void)in.need("s").string();
        (void)in.need("null").string();
        (void)in.need("i").integer<int>(0, 9);
        (void)in.need("o").object();
        (void)in.need("p").absolute_path();
        return 0;
      },
      R"({"null": null})");
  EXPECT_THAT(
      parsed.faults,
      ElementsAre("/s: want a string, got nothing", "/null: want a string, got null",
                  "/i: want an integer from 0 to 9, got nothing", "/o: want an object, got nothing",
                  "/p: want an absolute path, got nothing"));
}

TEST(Reader, NeverCoerces) {
  struct Case {
    const char* json;
    const char* fault;
  };
  const Case cases[] = {
      {R"({"i": "1000"})", "/i: want an integer from 0 to 4294967294, got \"1000\""},
      {R"({"i": -1})", "/i: want an integer from 0 to 4294967294, got -1"},
      {R"({"i": 4294967295})", "/i: want an integer from 0 to 4294967294, got 4294967295"},
      {R"({"i": 4294967296})", "/i: want an integer from 0 to 4294967294, got 4294967296"},
      {R"({"i": 18446744073709551616})",
       "/i: want an integer from 0 to 4294967294, got 18446744073709551616"},
      {R"({"i": -9223372036854775809})",
       "/i: want an integer from 0 to 4294967294, got -9223372036854775809"},
      {R"({"i": 1.5})", "/i: want an integer from 0 to 4294967294, got 1.5"},
      {R"({"i": 1.0})", "/i: want an integer from 0 to 4294967294, got 1.0"},
      {R"({"i": 1e3})", "/i: want an integer from 0 to 4294967294, got 1e3"},
      {R"({"i": true})", "/i: want an integer from 0 to 4294967294, got true"},
      {R"({"i": []})", "/i: want an integer from 0 to 4294967294, got an empty array"},
      {R"({"i": {}})", "/i: want an integer from 0 to 4294967294, got an object"},
      {R"({"b": "true"})", "/b: want true or false, got \"true\""},
      {R"({"b": 1})", "/b: want true or false, got 1"},
      {R"({"b": 0})", "/b: want true or false, got 0"},
      {R"({"s": 5})", "/s: want a string, got 5"},
      {R"({"s": false})", "/s: want a string, got false"},
      {R"({"s": ["x"]})", "/s: want a string, got an array"},
      {R"({"a": "x"})", "/a: want an array of strings, got a string"},
      {R"({"a": {}})", "/a: want an array of strings, got an object"},
      {R"({"a": ["x", 1]})", "/a/1: want a string, got 1"},
      {R"({"a": ["x", null]})", "/a/1: want a string, got null"},
      {R"({"o": []})", "/o: want an object, got an array"},
      {R"({"o": 5})", "/o: want an object, got a number"},
      {R"({"o": false})", "/o: want an object, got a boolean"},
      {R"({"p": "x"})", "/p: want an absolute path, got \"x\""},
  };
  for (const Case& c : cases) {
    const auto parsed = parse_section(
        [](const Value& in) {
          (void)in["i"].integer<std::uint32_t>(0, 4294967294);
          (void)in["b"].boolean();
          (void)in["s"].string();
          (void)in["a"].texts();
          (void)in["o"].object();
          (void)in["p"].absolute_path();
          return 0;
        },
        c.json);
    EXPECT_THAT(parsed.faults, ElementsAre(c.fault)) << c.json;
  }
}

TEST(Reader, ShowsWhatIsThereInABoundedLine) {
  const auto parsed = parse_section([](const Value& in) { return in["b"].boolean(); },
                                    R"({"b": "a\nb\u001b)" + std::string(100, 'x') + R"("})");
  EXPECT_THAT(parsed.faults, ElementsAre("/b: want true or false, got \"a\\nb\\x1b" +
                                         std::string(60, 'x') + "\"..."));
}

TEST(Reader, FindsAllFaultsInTheirOrder) {
  const auto parsed = parse_section(
      [](const Value& in) {
        for (const Value& value : in.elements("an array of integers")) {
          (void)value.integer<int>(0, 9);
        }
        return 0;
      },
      R"([1, "x", 10, 2, null])");
  EXPECT_THAT(parsed.faults, ElementsAre("/1: want an integer from 0 to 9, got \"x\"",
                                         "/2: want an integer from 0 to 9, got 10",
                                         "/4: want an integer from 0 to 9, got null"));
}

TEST(Reader, ListsTheWordsOfAShortTable) {
  const auto parsed = parse_section(
      [](const Value& in) {
        EXPECT_EQ(in["good"].word(namespaces(), "a namespace type"), NamespaceKind::kUts);
        (void)in["bad"].word(namespaces(), "a namespace type");
        (void)in["number"].word(rlimits(), "the name of a resource limit");
        return 0;
      },
      R"({"good": "uts", "bad": "UTS", "number": 7})");
  EXPECT_THAT(parsed.faults,
              ElementsAre("/bad: want a namespace type (cgroup, ipc, mount, network, pid, time, "
                          "user, uts), got \"UTS\"",
                          "/number: want the name of a resource limit, got 7"));
}

TEST(Reader, GivesMembersTheirNames) {
  const auto parsed = parse_section(
      [](const Value& in) {
        std::vector<std::string> members;
        for (const Value& value : in.members("an object of strings")) {
          members.push_back(std::string(value.key()) + "=" + value.text());
        }
        return members;
      },
      R"({"b": "1", "a": "2"})");
  EXPECT_THAT(parsed.value, ElementsAre("b=1", "a=2"));
}

}  // namespace
}  // namespace myrt::config
