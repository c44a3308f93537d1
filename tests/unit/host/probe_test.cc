#include "host/probe.h"

#include <unistd.h>

#include <gtest/gtest.h>

namespace myrt::host {
namespace {

TEST(Probe, TellsWhoWeAre) {
  const auto facts = probe();
  ASSERT_TRUE(facts.has_value());
  EXPECT_EQ(facts->uid, ::geteuid());
  EXPECT_EQ(facts->gid, ::getegid());
}

TEST(Probe, KnowsTheKernelsLastCapability) {
  const auto facts = probe();
  ASSERT_TRUE(facts.has_value());
  EXPECT_GE(facts->last_capability, 37);  // CAP_AUDIT_READ: Linux 3.16
  EXPECT_LE(facts->last_capability, 63);
  EXPECT_EQ(facts->capabilities >> static_cast<unsigned>(facts->last_capability) >> 1U, 0U);
}

TEST(HasCapability, AsksForOneBit) {
  const HostFacts facts{.capabilities = std::uint64_t{1} << 21U};
  EXPECT_TRUE(has_capability(facts, 21));
  EXPECT_FALSE(has_capability(facts, 20));
}

}  // namespace
}  // namespace myrt::host
