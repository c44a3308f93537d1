#include "base/number_set.h"

#include <gtest/gtest.h>

namespace myrt::base {
namespace {

std::optional<NumberSet> cpus(std::string_view text) { return parse_number_list(text, kMaxCpus); }

TEST(NumberList, HasNumbersAndRanges) {
  EXPECT_EQ(cpus("0"), NumberSet{0x1});
  EXPECT_EQ(cpus("0-3,7"), NumberSet{0x8f});
  EXPECT_EQ(cpus("63"), NumberSet{0x8000000000000000});
  EXPECT_EQ(cpus("62-65"), (NumberSet{0xc000000000000000, 0x3}));
}

TEST(NumberList, MayRepeatItselfInAnyOrder) { EXPECT_EQ(cpus("7,0-3,2,3-3"), NumberSet{0x8f}); }

TEST(NumberList, GoesBeyond1024Cpus) {
  const std::optional<NumberSet> set = cpus("1500,8191");
  ASSERT_TRUE(set.has_value());
  ASSERT_EQ(set->size(), 128U);
  EXPECT_EQ((*set)[23], std::uint64_t{1} << 28U);  // 1500 = 23 * 64 + 28
  EXPECT_EQ((*set)[127], 0x8000000000000000);
}

TEST(NumberList, HasALimit) {
  EXPECT_EQ(cpus("8192"), std::nullopt);
  EXPECT_EQ(cpus("0-8192"), std::nullopt);
  EXPECT_EQ(parse_number_list("1024", kMaxNodes), std::nullopt);
  EXPECT_NE(parse_number_list("1023", kMaxNodes), std::nullopt);
}

TEST(NumberList, RefusesWhatIsNone) {
  for (const char* text : {"", ",", "0,", ",0", "a", "0x1", "-1", "1-", "-", "3-1", "1-2-3", "0 ",
                           " 0", "0, 1", "+1", "0-10:2/4", "1.5", "18446744073709551616"}) {
    EXPECT_EQ(cpus(text), std::nullopt) << text;
  }
}

TEST(NumberListText, IsTheShortestList) {
  for (const char* text : {"0", "0-3,7", "62-65", "1500,8190-8191", "0-8191"}) {
    EXPECT_EQ(number_list(cpus(text).value()), text);
  }
  EXPECT_EQ(number_list(cpus("7,0,1,3,2").value()), "0-3,7");
  EXPECT_EQ(number_list({}), "");
}

}  // namespace
}  // namespace myrt::base
