#include "config/resources_json.h"

#include <gtest/gtest.h>

#include <myrt/update.h>

namespace myrt::config {
namespace {

TEST(ResourcesJson, IsReadAsWhatItWasMadeOf) {
  const Resources resources{
      .memory = {.limit = 67108864,
                 .reservation = 1,
                 .swap = -1,
                 .kernel = 2,
                 .kernel_tcp = 3,
                 .swappiness = 0,
                 .disable_oom_killer = false,
                 .use_hierarchy = true,
                 .check_before_update = true},
      .cpu = {.shares = 18446744073709551615U,
              .quota = -1,
              .burst = 0,
              .period = 100000,
              .realtime_runtime = 950000,
              .realtime_period = 1000000,
              .cpus = "0-3",
              .mems = "0",
              .idle = 1},
      .pids_limit = 0,
      .block_io = {.weight = 10,
                   .leaf_weight = 1000,
                   .weight_device = {{.major = 8, .minor = 0, .weight = 20},
                                     {.major = 8, .minor = 16, .leaf_weight = 30}},
                   .throttle_read_bps = {{.major = 8, .minor = 0, .rate = 1}},
                   .throttle_write_bps = {{.major = 8, .minor = 0, .rate = 2}},
                   .throttle_read_iops = {{.major = 8, .minor = 0, .rate = 3}},
                   .throttle_write_iops = {{.major = 8, .minor = 0, .rate = 4}}},
      .hugepage_limits = {{.page_size = "2MB", .limit = 4194304}},
      .network = {.class_id = 1048577, .priorities = {{"eth0", 5}}},
      .rdma = {{"mlx5_0", {.hca_handles = 3}}, {"mlx5_1", {.hca_objects = 4}}},
      .unified = {{"memory.high", "max"}, {"io.max", "8:0 rbps=1\n8:16 rbps=2"}}};

  const Result<Resources> read = parse_resources(resources_json(resources), "text");

  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(*read, resources);
}

TEST(ResourcesJson, OfNothingIsReadAsNothing) {
  EXPECT_EQ(parse_resources(resources_json({}), "text").value(), Resources{});
}

TEST(ResourcesText, DoesNotLookAtDevices) {
  const Result<Resources> read =
      parse_resources(R"({"devices": [{"allow": "of course"}], "pids": {"limit": 5}})", "text");

  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_TRUE(read->devices.empty());
  EXPECT_EQ(read->pids_limit, 5);
}

TEST(ResourcesText, NamesThePlaceOfEveryFault) {
  EXPECT_EQ(
      parse_resources("{\"memory\": {\"limit\": \"1g\"},\n \"pids\": []}", "stdin").error().text(),
      "stdin:1:22: /memory/limit: want an integer from -1 to 9223372036854775807, got \"1g\"; "
      "stdin:2:10: /pids: want an object, got an array");
  EXPECT_EQ(parse_resources("", "stdin").error().text(),
            "stdin:1:1: want an object, got an empty file");
}

// As dockerd writes it for `docker update --memory 100m --cpus 0.5`.
TEST(ResourcesText, MayHoldTheZeroesOfDocker) {
  const Result<Resources> read = parse_resources(
      R"({"memory":{"limit":104857600,"reservation":0,"swap":104857600,"kernel":0},)"
      R"("cpu":{"shares":0,"quota":50000,"period":100000},"blockIO":{"weight":0}})",
      "stdin");

  ASSERT_TRUE(read.has_value()) << read.error().text();
  EXPECT_EQ(read->memory.limit, 104857600);
  EXPECT_EQ(read->cpu.shares, 0U);
}

}  // namespace
}  // namespace myrt::config
