#include "cgroup/devices.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "device_samples.h"

namespace myrt::cgroup {
namespace {

std::vector<OrderedRule> ordered(const std::vector<DeviceRule>& rules) {
  return ordered_rules(rules).value();
}

TEST(OrderedRules, BeginWithDenyingEverything) {
  EXPECT_EQ(ordered({}).at(0), (OrderedRule{.allow = false,
                                            .type = 'a',
                                            .major = -1,
                                            .minor = -1,
                                            .access = kMknod | kRead | kWrite,
                                            .field = ""}));
}

TEST(OrderedRules, KeepTheOrderOfTheConfig) {
  const std::vector<OrderedRule> rules =
      ordered({rule(true, 'c', 10, 229, "rwm"), rule(false, 'b', 8, -1, "w")});

  EXPECT_EQ(rules.at(1), (OrderedRule{.allow = true,
                                      .type = 'c',
                                      .major = 10,
                                      .minor = 229,
                                      .access = kMknod | kRead | kWrite,
                                      .field = "/linux/resources/devices/0"}));
  EXPECT_EQ(rules.at(2), (OrderedRule{.allow = false,
                                      .type = 'b',
                                      .major = 8,
                                      .minor = -1,
                                      .access = kWrite,
                                      .field = "/linux/resources/devices/1"}));
}

TEST(OrderedRules, EndWithWhatEveryContainerMayDo) {
  struct Device {
    char type;
    std::int64_t major;
    std::int64_t minor;
    unsigned access;
    bool operator==(const Device&) const = default;
  };
  std::vector<Device> devices;
  for (const OrderedRule& rule : ordered({})) {
    if (rule.allow) {
      devices.push_back({rule.type, rule.major, rule.minor, rule.access});
    }
  }

  const unsigned all = kMknod | kRead | kWrite;
  EXPECT_EQ(devices, (std::vector<Device>{{'c', -1, -1, kMknod},
                                          {'b', -1, -1, kMknod},
                                          {'c', 1, 3, all},
                                          {'c', 1, 5, all},
                                          {'c', 1, 7, all},
                                          {'c', 1, 8, all},
                                          {'c', 1, 9, all},
                                          {'c', 5, 0, all},
                                          {'c', 5, 2, all},
                                          {'c', 136, -1, all},
                                          {'c', 10, 200, all}}));
}

TEST(OrderedRules, AllTypesWithANumberBecomeOneRuleForEachType) {
  const std::vector<OrderedRule> rules = ordered({rule(true, 'a', 1, -1, "rwm")});

  EXPECT_EQ(rules.at(1).type, 'b');
  EXPECT_EQ(rules.at(2).type, 'c');
  EXPECT_EQ(rules.at(2).major, 1);
}

TEST(OrderedRules, AllTypesWithLessThanAllAccessBecomeOneRuleForEachType) {
  const std::vector<OrderedRule> rules = ordered({rule(true, 'a', -1, -1, "r")});

  EXPECT_EQ(rules.at(1).type, 'b');
  EXPECT_EQ(rules.at(2).type, 'c');
  EXPECT_EQ(rules.at(2).access, kRead);
}

TEST(OrderedRules, MinusOneIsAnyNumber) {
  DeviceRule any = rule(true, 'c', 1, 1, "r");
  any.major = -1;
  any.minor = -1;

  EXPECT_EQ(ordered({any}).at(1).major, -1);
}

TEST(OrderedRules, RefuseNumbersThatNoDeviceHas) {
  EXPECT_EQ(ordered_rules(std::vector{rule(true, 'c', 4294967296, 0, "r")}).error().text(),
            "/linux/resources/devices/0/major: want a device number or -1, got 4294967296");
}

TEST(OrderedRules, RefuseEmptyAccess) {
  EXPECT_EQ(ordered_rules(std::vector{rule(true, 'c', 1, 3, "")}).error().text(),
            "/linux/resources/devices/0/access: want one or more of \"r\", \"w\", \"m\"");
}

}  // namespace
}  // namespace myrt::cgroup
