#include "cli/duration.h"

#include <gtest/gtest.h>

namespace myrt::cli {
namespace {

using std::chrono::nanoseconds;
using namespace std::chrono_literals;  // NOLINT(google-build-using-namespace): literals

TEST(ParseDuration, TakesEachUnit) {
  EXPECT_EQ(parse_duration("7ns"), 7ns);
  EXPECT_EQ(parse_duration("7us"), 7us);
  EXPECT_EQ(parse_duration("7\u00b5s"), 7us);
  EXPECT_EQ(parse_duration("7\u03bcs"), 7us);
  EXPECT_EQ(parse_duration("7ms"), 7ms);
  EXPECT_EQ(parse_duration("7s"), 7s);
  EXPECT_EQ(parse_duration("7m"), 7min);
  EXPECT_EQ(parse_duration("7h"), 7h);
}

TEST(ParseDuration, AddsSeveralNumbers) {
  EXPECT_EQ(parse_duration("1h2m3s4ms"), 1h + 2min + 3s + 4ms);
  EXPECT_EQ(parse_duration("1s1s"), 2s);
  EXPECT_EQ(parse_duration("0s0ns"), 0s);
}

TEST(ParseDuration, TakesFractions) {
  EXPECT_EQ(parse_duration("1.5s"), 1500ms);
  EXPECT_EQ(parse_duration(".5h"), 30min);
  EXPECT_EQ(parse_duration("5.s"), 5s);
  EXPECT_EQ(parse_duration("0.000000001s"), 1ns);
  EXPECT_EQ(parse_duration("1.9ns"), 1ns);
  EXPECT_EQ(parse_duration("0.33333333333333333333h"), 20min - 1ns);
}

TEST(ParseDuration, TakesSigns) {
  EXPECT_EQ(parse_duration("-5s"), -5s);
  EXPECT_EQ(parse_duration("+5s"), 5s);
}

TEST(ParseDuration, TakesZeroWithoutAUnit) {
  EXPECT_EQ(parse_duration("0"), 0s);
  EXPECT_EQ(parse_duration("-0"), 0s);
}

TEST(ParseDuration, GoesUpToTheLargestNumberOfNanoseconds) {
  EXPECT_EQ(parse_duration("9223372036854775807ns"), nanoseconds(9223372036854775807));
  EXPECT_EQ(parse_duration("2562047h"), 2562047h);
  EXPECT_FALSE(parse_duration("9223372036854775808ns").has_value());
  EXPECT_FALSE(parse_duration("2562048h").has_value());
  EXPECT_FALSE(parse_duration("9223372036s1s").has_value());
  EXPECT_FALSE(parse_duration("99999999999999999999s").has_value());
}

TEST(ParseDuration, RefusesAnythingElse) {
  for (const char* text : {"", "-", "5", "s", ".s", ".", "5 s", " 5s", "5s ", "abc", "5d", "5S",
                           "--5s", "5s-1s", "1e3s", "0x5s", "5s0", "1.2.3s", "\xb5s"}) {
    EXPECT_FALSE(parse_duration(text).has_value()) << text;
  }
}

TEST(ParseDuration, SaysWhatItWants) {
  EXPECT_EQ(parse_duration("5 seconds").error().text(),
            "want a duration such as 5s or 1m30s, got \"5 seconds\"");
}

}  // namespace
}  // namespace myrt::cli
