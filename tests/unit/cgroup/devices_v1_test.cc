#include "cgroup/devices_v1.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device_samples.h"
#include "writes_text.h"

namespace myrt::cgroup {
namespace {

using testing::ElementsAre;

/// The writes for rules without the default ones, which is all but the last eleven.
Result<std::vector<FileWrite>> writes_without_defaults(const std::vector<DeviceRule>& rules) {
  std::vector<OrderedRule> ordered = ordered_rules(rules).value();
  ordered.resize(ordered.size() - 11);
  return device_writes_v1(ordered);
}

TEST(DeviceWritesV1, WithoutRulesAreTheDefaults) {
  EXPECT_THAT(text(device_writes_v1(ordered_rules({}).value()).value()),
              ElementsAre("devices.deny: a *:* rwm", "devices.allow: c *:* m",
                          "devices.allow: b *:* m", "devices.allow: c 1:3 rwm",
                          "devices.allow: c 1:5 rwm", "devices.allow: c 1:7 rwm",
                          "devices.allow: c 1:8 rwm", "devices.allow: c 1:9 rwm",
                          "devices.allow: c 5:0 rwm", "devices.allow: c 5:2 rwm",
                          "devices.allow: c 136:* rwm", "devices.allow: c 10:200 rwm"));
}

TEST(DeviceWritesV1, DenyingEverythingAgainWritesNothing) {
  // podman's and runc's first rule.
  EXPECT_THAT(text(writes_without_defaults({rule(false, 'a', -1, -1, "rwm")}).value()),
              ElementsAre("devices.deny: a *:* rwm"));
}

TEST(DeviceWritesV1, AllowedDevicesAreWrittenAsGiven) {
  EXPECT_THAT(
      text(writes_without_defaults({rule(true, 'c', 10, 229, "rw"), rule(true, 'b', 8, -1, "r")})
               .value()),
      ElementsAre("devices.deny: a *:* rwm", "devices.allow: c 10:229 rw",
                  "devices.allow: b 8:* r"));
}

TEST(DeviceWritesV1, WhatAnEarlierRuleAllowsIsNotWrittenAgain) {
  EXPECT_THAT(
      text(writes_without_defaults({rule(true, 'c', 1, -1, "rwm"), rule(true, 'c', 1, 3, "rw")})
               .value()),
      ElementsAre("devices.deny: a *:* rwm", "devices.allow: c 1:* rwm"));
}

TEST(DeviceWritesV1, MoreAccessToTheSameDeviceIsWritten) {
  EXPECT_THAT(
      text(writes_without_defaults({rule(true, 'c', 1, 3, "r"), rule(true, 'c', 1, 3, "rw")})
               .value()),
      ElementsAre("devices.deny: a *:* rwm", "devices.allow: c 1:3 r", "devices.allow: c 1:3 rw"));
}

TEST(DeviceWritesV1, DenyingWhatIsNotAllowedWritesNothing) {
  EXPECT_THAT(text(writes_without_defaults({rule(false, 'c', 1, 3, "rwm")}).value()),
              ElementsAre("devices.deny: a *:* rwm"));
}

TEST(DeviceWritesV1, DenyingAnAllowedDeviceTakesItBack) {
  EXPECT_THAT(
      text(writes_without_defaults({rule(true, 'c', 1, 3, "rwm"), rule(false, 'c', 1, 3, "w")})
               .value()),
      ElementsAre("devices.deny: a *:* rwm", "devices.allow: c 1:3 rwm", "devices.deny: c 1:3 w"));
}

TEST(DeviceWritesV1, DenyingManyTakesBackEachThatIsAllowed) {
  // The kernel only forgets exceptions whose numbers are written exactly.
  EXPECT_THAT(
      text(writes_without_defaults({rule(true, 'c', 1, 3, "rwm"), rule(true, 'c', 1, 5, "rwm"),
                                    rule(false, 'c', 1, -1, "rwm")})
               .value()),
      ElementsAre("devices.deny: a *:* rwm", "devices.allow: c 1:3 rwm", "devices.allow: c 1:5 rwm",
                  "devices.deny: c 1:3 rwm", "devices.deny: c 1:5 rwm"));
}

TEST(DeviceWritesV1, DenyingOneOfManyIsRefused) {
  // The kernel would accept the write and go on allowing the device.
  EXPECT_EQ(writes_without_defaults({rule(true, 'c', 1, -1, "rwm"), rule(false, 'c', 1, 3, "w")})
                .error()
                .text(),
            "/linux/resources/devices/1: cgroup v1 cannot take \"c 1:3 w\" out of \"c 1:* rwm\"");
}

TEST(DeviceWritesV1, DenyingOtherAccessToOneOfManyIsFine) {
  EXPECT_TRUE(writes_without_defaults({rule(true, 'c', 1, -1, "r"), rule(false, 'c', 1, 3, "w")})
                  .has_value());
}

TEST(DeviceWritesV1, AllowingEverythingTurnsDeniedDevicesIntoTheExceptions) {
  EXPECT_THAT(
      text(writes_without_defaults({rule(true, 'a', -1, -1, "rwm"), rule(false, 'b', 8, -1, "w")})
               .value()),
      ElementsAre("devices.deny: a *:* rwm", "devices.allow: a *:* rwm", "devices.deny: b 8:* w"));
}

TEST(DeviceWritesV1, AllowingEverythingNeedsNoDefaults) {
  const std::vector<OrderedRule> rules =
      ordered_rules(std::vector{rule(true, 'a', -1, -1, "rwm")}).value();

  EXPECT_THAT(text(device_writes_v1(rules).value()),
              ElementsAre("devices.deny: a *:* rwm", "devices.allow: a *:* rwm"));
}

TEST(DeviceWritesV1, ADefaultThatContradictsADeniedRangeNamesTheRuleOfTheConfig) {
  const std::vector<OrderedRule> rules =
      ordered_rules(std::vector{rule(true, 'a', -1, -1, "rwm"), rule(false, 'c', 1, -1, "rwm")})
          .value();

  EXPECT_EQ(device_writes_v1(rules).error().text(),
            "/linux/resources/devices/1: cgroup v1 cannot take \"c 1:3 rwm\" out of \"c 1:* rw\"");
}

}  // namespace
}  // namespace myrt::cgroup
