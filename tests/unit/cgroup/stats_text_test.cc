#include "cgroup/stats_text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace myrt::cgroup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

TEST(ParseCount, TakesANumberWithItsNewline) {
  EXPECT_EQ(parse_count("9223372036854771712\n"), 9223372036854771712U);
  EXPECT_EQ(parse_count("0"), 0U);
}

TEST(ParseCount, TakesMaxAsNoLimit) { EXPECT_EQ(parse_count("max\n"), 18446744073709551615U); }

TEST(ParseCount, IsZeroForAnythingElse) {
  for (const char* text : {"", "\n", "-1\n", "18446744073709551616\n", "1 2\n", "maximum\n"}) {
    EXPECT_EQ(parse_count(text), 0U) << text;
  }
}

TEST(ParseCounts, TakesLinesOfANameAndANumber) {
  EXPECT_THAT(parse_counts("low 0\nmax 350\noom_kill 1\n"),
              ElementsAre(Pair("low", 0), Pair("max", 350), Pair("oom_kill", 1)));
}

TEST(ParseCounts, LeavesOtherLinesOut) {
  EXPECT_THAT(parse_counts("a\n\nb 1 2\nc x\nd -1\ne 5"), ElementsAre(Pair("e", 5)));
}

TEST(ParseRow, TakesNumbersWithBlanksAroundThem) {
  EXPECT_THAT(parse_row("8303606 3313443 \n"), ElementsAre(8303606, 3313443));
  EXPECT_THAT(parse_row("\n"), IsEmpty());
}

TEST(ParseColumn, TakesAColumnWithoutItsHeading) {
  constexpr std::string_view kText = "cpu user system\n0 7 8000000\n1 0 4000000\n";

  EXPECT_THAT(parse_column(kText, 1), ElementsAre(7, 0));
  EXPECT_THAT(parse_column(kText, 2), ElementsAre(8000000, 4000000));
  EXPECT_THAT(parse_column(kText, 3), IsEmpty());
}

TEST(ParseRanges, TakesNumbersAndRanges) {
  EXPECT_THAT(parse_ranges("0-2,7\n"), ElementsAre(0, 1, 2, 7));
  EXPECT_THAT(parse_ranges("3\n"), ElementsAre(3));
  EXPECT_THAT(parse_ranges("\n"), IsEmpty());
}

TEST(ParseRanges, GoesUpToTheLargestNumber) {
  EXPECT_THAT(parse_ranges("65534-65535"), ElementsAre(65534, 65535));
  EXPECT_EQ(parse_ranges("0-65535").size(), 65536U);
  EXPECT_THAT(parse_ranges("65535-65536"), IsEmpty());
  EXPECT_THAT(parse_ranges("5-3"), IsEmpty());
}

TEST(ParseBlockIo, TakesTheCountersOfEachDevice) {
  EXPECT_THAT(
      parse_block_io("8:0 Read 1282048\n253:16 Write 5\n8:0 Total 1282048\nTotal 1282053\n"),
      ElementsAre(BlockIoEntry{8, 0, "Read", 1282048}, BlockIoEntry{253, 16, "Write", 5},
                  BlockIoEntry{8, 0, "Total", 1282048}));
}

TEST(ParseBlockIo, TakesCountersWithoutAnOperation) {
  EXPECT_THAT(parse_block_io("8:0 6792\n"), ElementsAre(BlockIoEntry{8, 0, "", 6792}));
}

TEST(ParseBlockIo, LeavesOtherLinesOut) {
  EXPECT_THAT(parse_block_io("Total 0\n8: Read 1\n8 Read 1\n8:0\n8:0 Read Write 1\n:1 Read 2\n"),
              IsEmpty());
}

TEST(ParseIoStat, TakesTwoOfTheKeys) {
  constexpr std::string_view kText =
      "8:0 rbytes=1459200 wbytes=314773504 rios=192 wios=353 dbytes=0 dios=0\n1:0 \n";

  EXPECT_THAT(
      parse_io_stat(kText, "rbytes", "wbytes"),
      ElementsAre(BlockIoEntry{8, 0, "Read", 1459200}, BlockIoEntry{8, 0, "Write", 314773504}));
  EXPECT_THAT(parse_io_stat(kText, "rios", "wios"),
              ElementsAre(BlockIoEntry{8, 0, "Read", 192}, BlockIoEntry{8, 0, "Write", 353}));
}

TEST(ParseRdma, TakesEachDevice) {
  EXPECT_THAT(
      parse_rdma("mlx4_0 hca_handle=2 hca_object=2000\nocrdma1 hca_handle=3 hca_object=max\n"),
      ElementsAre(RdmaEntry{"mlx4_0", 2, 2000}, RdmaEntry{"ocrdma1", 3, kNoLimit}));
  EXPECT_THAT(parse_rdma("mlx4_0 hca_handle=2\n"), IsEmpty());
}

TEST(ParsePressure, TakesBothLines) {
  const Pressure expected{.some = {.avg10 = 22.83, .avg60 = 5.32, .avg300 = 1.16, .total = 3514085},
                          .full = PressureLine{.avg10 = 0, .avg60 = 0, .avg300 = 0.01, .total = 7}};

  EXPECT_EQ(parse_pressure("some avg10=22.83 avg60=5.32 avg300=1.16 total=3514085\n"
                           "full avg10=0.00 avg60=0.00 avg300=0.01 total=7\n"),
            expected);
}

TEST(ParsePressure, TakesOneLineOfTheCpu) {
  const std::optional<Pressure> pressure =
      parse_pressure("some avg10=100.00 avg60=1.00 avg300=0.50 total=1\n");

  ASSERT_TRUE(pressure.has_value());
  EXPECT_EQ(pressure->some.avg10, 100.0);
  EXPECT_FALSE(pressure->full.has_value());
}

TEST(ParsePressure, IsNothingWithoutText) { EXPECT_EQ(parse_pressure(""), std::nullopt); }

}  // namespace
}  // namespace myrt::cgroup
