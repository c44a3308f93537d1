#include <cmath>

#include <gtest/gtest.h>

#include "cgroup/writes_v2.h"

namespace myrt::cgroup {
namespace {

TEST(CpuWeight, KeepsTheDefault) { EXPECT_EQ(cpu_weight(1024), 100U); }

TEST(CpuWeight, StaysWithinTheRangeOfV2) {
  EXPECT_EQ(cpu_weight(2), 1U);
  EXPECT_EQ(cpu_weight(262144), 10000U);
  EXPECT_EQ(cpu_weight(UINT64_MAX), 10000U);
}

// The formula of the field (runc, crun since 2025), by libm.
TEST(CpuWeight, IsTheFormulasForEveryNumberOfShares) {
  for (std::uint64_t shares = 3; shares < 262144; ++shares) {
    const double l = std::log2(static_cast<double>(shares));
    const double weight = std::pow(10, (l * l + 125 * l) / 612.0 - 7.0 / 34.0);
    ASSERT_EQ(cpu_weight(shares), static_cast<std::uint64_t>(std::ceil(weight)))
        << shares << " shares";
  }
}

}  // namespace
}  // namespace myrt::cgroup
