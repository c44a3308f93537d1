#include "config/faults.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace myrt::config {
namespace {

using testing::ElementsAre;

TEST(Findings, TouchWhatIsAtAboveAndBelowAFault) {
  Findings findings;
  findings.fault("/linux/namespaces/0", "bad");
  EXPECT_TRUE(findings.touch("/linux/namespaces/0"));
  EXPECT_TRUE(findings.touch("/linux/namespaces"));
  EXPECT_TRUE(findings.touch("/linux"));
  EXPECT_TRUE(findings.touch("/linux/namespaces/0/type"));
  EXPECT_FALSE(findings.touch("/linux/namespaces/01"));
  EXPECT_FALSE(findings.touch("/linux/name"));
  EXPECT_FALSE(findings.touch("/hostname"));
}

TEST(Findings, KeepTheFirstThousandFaultsAndCountAll) {
  Findings findings;
  for (int i = 0; i < 1500; ++i) {
    findings.fault("/" + std::to_string(i), "bad");
  }
  EXPECT_EQ(findings.first_faults().size(), 1000U);
  EXPECT_EQ(findings.first_faults().back().pointer, "/999");
  EXPECT_EQ(findings.fault_count(), 1500U);
}

TEST(Findings, AFatalFaultStandsAlone) {
  Findings findings;
  findings.fault("/a", "bad");
  findings.fatal({.pointer = "", .text = "worse", .offset = 3});
  EXPECT_EQ(findings.fault_count(), 1U);
  EXPECT_EQ(findings.first_faults()[0].text, "worse");
}

TEST(Findings, KeepAHundredWarnings) {
  Findings findings;
  for (int i = 0; i < 150; ++i) {
    findings.warn("/a", "odd");
  }
  const std::vector<std::string> warnings = findings.take_warnings();
  ASSERT_EQ(warnings.size(), 101U);
  EXPECT_EQ(warnings[0], "/a: odd");
  EXPECT_EQ(warnings[100], "more warnings are left out");
}

}  // namespace
}  // namespace myrt::config
