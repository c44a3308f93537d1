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

constexpr const char* kWantedName =
    "a name of a network device (1 to 15 bytes, without '/', ':' and spaces, not \".\" or \"..\")";

TEST(ParseNetDevices, ReadsNamesAndKeepsTheHostsWithoutOne) {
  const auto parsed = parse_section(
      parse_net_devices,
      R"({"eth0": {}, "eth1": {"name": "net0"}, "eth2": {"name": ""}, "e3": {"name": "net%d"}})");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_THAT(parsed.value, ElementsAre(NetDevice{.host_name = "eth0", .name = "eth0"},
                                        NetDevice{.host_name = "eth1", .name = "net0"},
                                        NetDevice{.host_name = "eth2", .name = "eth2"},
                                        NetDevice{.host_name = "e3", .name = "net%d"}));
}

TEST(ParseNetDevices, TakesWhatTheKernelTakes) {
  for (const std::string_view name : {"x", "123456789012345", "eth0.100", "a@b", "...", "%d"}) {
    EXPECT_THAT(
        parse_section(parse_net_devices, R"({"a": {"name": ")" + std::string(name) + "\"}}").faults,
        IsEmpty())
        << name;
  }
}

TEST(ParseNetDevices, RefusesWhatIsNoNameInTheContainer) {
  for (const std::string name : {"1234567890123456", "a/b", "a:b", "a b", "a\\tb", ".", ".."}) {
    EXPECT_THAT(
        parse_section(parse_net_devices, R"({"a": {"name": ")" + name + "\"}}").faults,
        ElementsAre("/a/name: want " + std::string(kWantedName) + ", got \"" + name + "\""));
  }
  for (const std::string name : {"%", "%s", "a%%d", "%d%d", "a%"}) {
    EXPECT_THAT(parse_section(parse_net_devices, R"({"a": {"name": ")" + name + "\"}}").faults,
                ElementsAre("/a/name: want \"%d\" once, or no '%', got \"" + name + "\""));
  }
}

TEST(ParseNetDevices, RefusesWhatIsNoNameOnTheHost) {
  EXPECT_THAT(parse_section(parse_net_devices, R"({"": {}, "a b": {"name": "c"}})").faults,
              ElementsAre("/: want " + std::string(kWantedName) + " as key",
                          "/a b: want " + std::string(kWantedName) + " as key"));
}

TEST(ParseNetDevices, RefusesOneNameForTwo) {
  EXPECT_THAT(
      parse_section(parse_net_devices, R"({"a": {}, "b": {"name": "a"}, "c": {"name": "n%d"},
                                           "d": {"name": "n%d"}})")
          .faults,
      ElementsAre("/b: want each name once in the container, got \"a\" again"));
}

TEST(ParseNetDevices, RefusesOtherTypes) {
  EXPECT_THAT(parse_section(parse_net_devices, R"({"a": "b", "c": {"name": 1}})").faults,
              ElementsAre("/a: want an object, got a string", "/c/name: want a string, got 1"));
  EXPECT_THAT(parse_section(parse_linux, R"({"netDevices": ["a"]})").faults,
              ElementsAre("/netDevices: want an object of network devices, got an array"));
}

}  // namespace
}  // namespace myrt::config
