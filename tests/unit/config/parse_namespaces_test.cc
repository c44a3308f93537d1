#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/parse.h"
#include "section.h"

namespace myrt::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(ParseTimeOffsets, ReadsBothClocks) {
  const auto parsed = parse_section(parse_time_offsets, R"({
      "monotonic": {"secs": -9223372036854775808, "nanosecs": 999999999},
      "boottime": {"secs": 9223372036854775807}})");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_EQ(parsed.value.monotonic, (TimeOffset{.seconds = std::numeric_limits<std::int64_t>::min(),
                                                .nanoseconds = 999'999'999}));
  EXPECT_EQ(parsed.value.boottime,
            (TimeOffset{.seconds = std::numeric_limits<std::int64_t>::max(), .nanoseconds = 0}));
}

TEST(ParseTimeOffsets, AreNoneWhenTheObjectSaysNothing) {
  EXPECT_EQ(parse_section(parse_time_offsets, "{}").value, TimeOffsets{});
  const Linux section = parse_section(parse_linux, R"({"timeOffsets": null})").value;
  EXPECT_EQ(section.time_offsets, TimeOffsets{});
}

TEST(ParseTimeOffsets, RefusesWrongValues) {
  const auto parsed = parse_section(parse_time_offsets, R"({
      "realtime": {"secs": 1},
      "monotonic": {"secs": 1.5, "nanosecs": 1000000000},
      "boottime": 7})");
  EXPECT_THAT(
      parsed.faults,
      ElementsAre(
          "/realtime: want a clock of time namespaces (boottime, monotonic) as key",
          "/monotonic/secs: want an integer from -9223372036854775808 to 9223372036854775807, got "
          "1.5",
          "/monotonic/nanosecs: want an integer from 0 to 999999999, got 1000000000",
          "/boottime: want an object, got a number"));
}

TEST(ParseTimeOffsets, RefusesWhatIsNoObject) {
  EXPECT_THAT(parse_section(parse_linux, R"({"timeOffsets": []})").faults,
              ElementsAre("/timeOffsets: want an object of clocks, got an array"));
}

}  // namespace
}  // namespace myrt::config
