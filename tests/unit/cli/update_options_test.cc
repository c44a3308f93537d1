#include "cli/update_options.h"

#include <gtest/gtest.h>

namespace myrt::cli {
namespace {

std::string fault_of(const std::map<std::string, std::string>& limits) {
  const Result<UpdateOptions> options = update_options(limits);
  return options.has_value() ? "" : options.error().text();
}

TEST(ParseBytes, TakesPlainNumbers) {
  EXPECT_EQ(parse_bytes("0"), 0);
  EXPECT_EQ(parse_bytes("67108864"), 67108864);
  EXPECT_EQ(parse_bytes("9223372036854775807"), 9223372036854775807);
}

TEST(ParseBytes, TakesUnitsOf1024InAnyCase) {
  EXPECT_EQ(parse_bytes("1k"), 1024);
  EXPECT_EQ(parse_bytes("64M"), 67108864);
  EXPECT_EQ(parse_bytes("64mb"), 67108864);
  EXPECT_EQ(parse_bytes("64 MiB"), 67108864);
  EXPECT_EQ(parse_bytes("1g"), 1073741824);
  EXPECT_EQ(parse_bytes("2T"), 2199023255552);
  EXPECT_EQ(parse_bytes("1pb"), 1125899906842624);
  EXPECT_EQ(parse_bytes("512b"), 512);
}

TEST(ParseBytes, TakesFractions) {
  EXPECT_EQ(parse_bytes("1.5g"), 1610612736);
  EXPECT_EQ(parse_bytes("0.5k"), 512);
  EXPECT_EQ(parse_bytes("1.9"), 1);
}

TEST(ParseBytes, TakesMinusOneForNoLimit) { EXPECT_EQ(parse_bytes("-1"), -1); }

TEST(ParseBytes, RefusesAnythingElse) {
  for (const char* text : {"", "-2", "x", "m", "64x", "64kk", "64ki b", "64  M", " 64", "64M ",
                           "1e3", "0x10", "+1", "1.2.3", ".", "64i", "64bb"}) {
    EXPECT_FALSE(parse_bytes(text).has_value()) << text;
  }
  EXPECT_EQ(parse_bytes("64x").error().text(),
            "want bytes, as 67108864, 64M or 1.5g, or -1, got \"64x\"");
}

TEST(ParseBytes, RefusesWhatDoesNotFit) {
  for (const char* text : {"9223372036854775808", "8192p", "8388608t", "8192.0p", "99999999.5p"}) {
    EXPECT_FALSE(parse_bytes(text).has_value()) << text;
  }
  EXPECT_EQ(parse_bytes("8191p"), 9222246136947933184);
}

TEST(UpdateOptions, AreNothingWhenNothingIsTyped) {
  EXPECT_EQ(update_options({}).value().changes, Resources{});
}

TEST(UpdateOptions, EachHasItsField) {
  const UpdateOptions options = update_options({{"memory", "64M"},
                                                {"memory-reservation", "32M"},
                                                {"memory-swap", "-1"},
                                                {"kernel-memory", "1k"},
                                                {"kernel-memory-tcp", "2k"},
                                                {"cpu-period", "100000"},
                                                {"cpu-quota", "-1"},
                                                {"cpu-burst", "0"},
                                                {"cpu-share", "512"},
                                                {"cpu-rt-period", "1000000"},
                                                {"cpu-rt-runtime", "950000"},
                                                {"cpu-idle", "1"},
                                                {"cpuset-cpus", "0-3,7"},
                                                {"cpuset-mems", "0"},
                                                {"pids-limit", "42"},
                                                {"blkio-weight", "500"},
                                                {"l3-cache-schema", "L3:0=f"},
                                                {"mem-bw-schema", "MB:0=20"}})
                                    .value();

  const Resources& changes = options.changes;
  EXPECT_EQ(changes.memory, (MemoryResources{.limit = 67108864,
                                             .reservation = 33554432,
                                             .swap = -1,
                                             .kernel = 1024,
                                             .kernel_tcp = 2048}));
  EXPECT_EQ(changes.cpu, (CpuResources{.shares = 512,
                                       .quota = -1,
                                       .burst = 0,
                                       .period = 100000,
                                       .realtime_runtime = 950000,
                                       .realtime_period = 1000000,
                                       .cpus = "0-3,7",
                                       .mems = "0",
                                       .idle = 1}));
  EXPECT_EQ(changes.pids_limit, 42);
  EXPECT_EQ(changes.block_io.weight, 500);
  EXPECT_EQ(options.l3_cache_schema, "L3:0=f");
  EXPECT_EQ(options.mem_bw_schema, "MB:0=20");
}

TEST(UpdateOptions, WithoutAValueChangeNothing) {
  EXPECT_EQ(update_options({{"memory", ""}, {"cpu-share", ""}, {"pids-limit", ""}}).value().changes,
            Resources{});
}

TEST(UpdateOptions, TakeZeroForLeaveAsItIs) {
  EXPECT_EQ(update_options({{"blkio-weight", "0"}}).value().changes.block_io.weight, std::nullopt);
}

TEST(UpdateOptions, SayWhichOneIsWrongAndWhatIsWanted) {
  EXPECT_EQ(fault_of({{"memory", "a lot"}}),
            "--memory: want bytes, as 67108864, 64M or 1.5g, or -1, got \"a lot\"");
  EXPECT_EQ(fault_of({{"cpu-share", "-1"}}),
            "--cpu-share: want a number from 0 to 18446744073709551615, got \"-1\"");
  EXPECT_EQ(fault_of({{"cpu-idle", "2"}}), "--cpu-idle: want a number from 0 to 1, got \"2\"");
  EXPECT_EQ(fault_of({{"blkio-weight", "9"}}),
            "--blkio-weight: want a number from 10 to 1000, got \"9\"");
  EXPECT_EQ(fault_of({{"pids-limit", "-2"}}),
            "--pids-limit: want a number from -1 to 9223372036854775807, got \"-2\"");
}

}  // namespace
}  // namespace myrt::cli
