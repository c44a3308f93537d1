#include "container/resources.h"

#include <gtest/gtest.h>

#include "../sys/support.h"

namespace myrt::container {
namespace {

TEST(CompletedUpdate, KeepsTheOtherOfQuotaAndPeriod) {
  const Resources known{.cpu = {.quota = 20000, .period = 50000}};

  const Resources quota = completed({.cpu = {.quota = 30000}}, known);
  const Resources period = completed({.cpu = {.period = 60000}}, known);

  EXPECT_EQ(quota.cpu.quota, 30000);
  EXPECT_EQ(quota.cpu.period, 50000U);
  EXPECT_EQ(period.cpu.quota, 20000);
  EXPECT_EQ(period.cpu.period, 60000U);
}

TEST(CompletedUpdate, CountsSwapWithTheMemoryLimitInForce) {
  const Resources known{.memory = {.limit = 1000}};

  EXPECT_EQ(completed({.memory = {.swap = 1500}}, known).memory.limit, 1000);
  EXPECT_EQ(completed({.memory = {.limit = 1200, .swap = 1500}}, known).memory.limit, 1200);
}

TEST(CompletedUpdate, GivesAGroupThatIsIdleNoLongerItsSharesBack) {
  const Resources known{.cpu = {.shares = 512, .idle = 1}};

  EXPECT_EQ(completed({.cpu = {.idle = 0}}, known).cpu.shares, 512U);
  EXPECT_EQ(completed({.cpu = {.idle = 1}}, known).cpu.shares, std::nullopt);
}

TEST(CompletedUpdate, TakesZeroProcessesForLeaveAsItIs) {
  EXPECT_EQ(completed({.pids_limit = 0}, {}).pids_limit, std::nullopt);
}

TEST(MergedUpdate, KeepsWhatIsNotChanged) {
  const Resources known{.memory = {.limit = 1000, .reservation = 500},
                        .cpu = {.shares = 512, .cpus = "0-1"},
                        .pids_limit = 42,
                        .block_io = {.weight = 100}};

  EXPECT_EQ(merged(known, {}, true), known);
  // What engines send for it.
  EXPECT_EQ(merged(known,
                   {.memory = {.limit = 0, .reservation = 0},
                    .cpu = {.shares = 0, .quota = 0, .period = 0},
                    .block_io = {.weight = 0}},
                   true),
            known);
}

TEST(MergedUpdate, TakesWhatIsSet) {
  const Resources known{.memory = {.limit = 1000, .swappiness = 60},
                        .cpu = {.shares = 512, .cpus = "0-1", .idle = 1},
                        .pids_limit = 42};

  EXPECT_EQ(merged(known,
                   {.memory = {.limit = 2000, .swappiness = 0},
                    .cpu = {.shares = 1024, .cpus = "2", .idle = 0},
                    .pids_limit = -1},
                   true),
            (Resources{.memory = {.limit = 2000, .swappiness = 0},
                       .cpu = {.shares = 1024, .cpus = "2", .idle = 0},
                       .pids_limit = -1}));
}

TEST(MergedUpdate, TakesEntriesOfListsByWhatTheyAreAbout) {
  const Resources known{.block_io = {.throttle_read_bps = {{.major = 8, .minor = 0, .rate = 1}}},
                        .hugepage_limits = {{.page_size = "2MB", .limit = 1}},
                        .network = {.priorities = {{"lo", 1}}},
                        .rdma = {{"a", {.hca_handles = 1}}},
                        .unified = {{"memory.high", "1"}}};

  EXPECT_EQ(merged(known,
                   {.block_io = {.throttle_read_bps = {{.major = 8, .minor = 0, .rate = 2},
                                                       {.major = 8, .minor = 16, .rate = 3}}},
                    .hugepage_limits = {{.page_size = "2MB", .limit = 2}},
                    .network = {.priorities = {{"eth0", 2}}},
                    .rdma = {{"a", {.hca_objects = 2}}},
                    .unified = {{"memory.high", "2"}, {"io.max", "3"}}},
                   true),
            (Resources{.block_io = {.throttle_read_bps = {{.major = 8, .minor = 0, .rate = 2},
                                                          {.major = 8, .minor = 16, .rate = 3}}},
                       .hugepage_limits = {{.page_size = "2MB", .limit = 2}},
                       .network = {.priorities = {{"lo", 1}, {"eth0", 2}}},
                       .rdma = {{"a", {.hca_handles = 1, .hca_objects = 2}}},
                       .unified = {{"io.max", "3"}, {"memory.high", "2"}}}));
}

TEST(MergedUpdate, OfUnlimitedMemoryUnlimitsSwap) {
  const Resources known{.memory = {.limit = 1000, .swap = 1500}};

  EXPECT_EQ(merged(known, {.memory = {.limit = -1}}, true).memory.swap, -1);
  EXPECT_EQ(merged(known, {.memory = {.limit = -1}}, false).memory.swap, -1);
}

// v2 limits swap alone, v1 memory and swap together; what is not written stays.
TEST(MergedUpdate, OfMemoryAloneKeepsWhatTheKernelCalledSwap) {
  const Resources known{.memory = {.limit = 1000, .swap = 1500}};

  EXPECT_EQ(merged(known, {.memory = {.limit = 1200}}, true).memory.swap, 1700);
  EXPECT_EQ(merged(known, {.memory = {.limit = 1200}}, false).memory.swap, 1500);
}

class CurrentResources : public testing::Test {
 protected:
  CurrentResources() {
    const Result<sys::UniqueFd> root = open_root(store_, true);
    entry_ = make_entry(root->get(), "c1").value();
    sys::write_text(store_.root + "/c1/config.json",
                    R"({"ociVersion":"1.3.0","root":{"path":"rootfs"},)"
                    R"("linux":{"resources":{"pids":{"limit":42}}}})");
  }
  sys::TemporaryDirectory directory_;
  Store store_{.root = directory_ / "state"};
  Entry entry_;
};

TEST_F(CurrentResources, AreThoseOfTheConfigFirst) {
  EXPECT_EQ(current_resources(entry_).value(), (Resources{.pids_limit = 42}));
}

TEST_F(CurrentResources, AreThoseThatWereSavedLast) {
  const Resources saved{.memory = {.limit = 1000}, .pids_limit = 43};
  ASSERT_TRUE(save_resources(entry_, {.pids_limit = 7}).has_value());
  ASSERT_TRUE(save_resources(entry_, saved).has_value());

  EXPECT_EQ(current_resources(entry_).value(), saved);
}

TEST_F(CurrentResources, GoWithTheContainer) {
  ASSERT_TRUE(save_resources(entry_, {.pids_limit = 7}).has_value());

  EXPECT_TRUE(remove_entry(store_, entry_).has_value());
  EXPECT_FALSE(open_entry(store_, "c1").has_value());
}

}  // namespace
}  // namespace myrt::container
