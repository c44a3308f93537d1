#include "base/text.h"

#include <cstdint>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace myrt::base {
namespace {

using testing::ElementsAre;

TEST(Split, KeepsEmptyPieces) { EXPECT_THAT(split("a,,b,", ','), ElementsAre("a", "", "b", "")); }

TEST(Split, OfAnEmptyTextIsOneEmptyPiece) { EXPECT_THAT(split("", ','), ElementsAre("")); }

TEST(Split, WithoutSeparatorIsTheTextItself) { EXPECT_THAT(split("abc", ','), ElementsAre("abc")); }

TEST(Join, PutsTheSeparatorBetweenParts) {
  EXPECT_EQ(join(std::vector<std::string>{"a", "", "b"}, ", "), "a, , b");
}

TEST(Join, OfNothingIsEmpty) { EXPECT_EQ(join(std::vector<std::string_view>{}, ", "), ""); }

TEST(Concat, PutsPartsOneAfterTheOther) { EXPECT_EQ(concat({"a", "", "bc"}), "abc"); }

TEST(Quote, LeavesOrdinaryTextAsItIs) { EXPECT_EQ(quote("/bin/sh -c"), "\"/bin/sh -c\""); }

TEST(Quote, KeepsTextInAnyLanguage) { EXPECT_EQ(quote("naïve 火 🔥"), "\"naïve 火 🔥\""); }

TEST(Quote, EscapesQuotesAndBackslashes) { EXPECT_EQ(quote(R"(a"b\c)"), R"("a\"b\\c")"); }

TEST(Quote, EscapesControlCharacters) {
  EXPECT_EQ(quote(std::string_view("\n\r\t\x1b[0m\0\x7f", 9)), R"("\n\r\t\x1b[0m\x00\x7f")");
}

TEST(Quote, EscapesTheSecondRangeOfControlCharacters) {
  EXPECT_EQ(quote("\u009b31m"), R"("\xc2\x9b31m")");  // CSI, as ESC [
}

TEST(Quote, EscapesBytesThatAreNotUtf8) { EXPECT_EQ(quote("a\xff\xc3"), R"("a\xff\xc3")"); }

TEST(Quote, ShowsTheFirstBytesOfALongText) {
  const std::string longest(64, 'x');
  EXPECT_EQ(quote(longest), concat({"\"", longest, "\""}));
  EXPECT_EQ(quote(longest + "x"), concat({"\"", longest, "\"..."}));
}

TEST(Quote, DoesNotCutACharacter) { EXPECT_EQ(quote("abé", 3), "\"ab\"..."); }

TEST(Escape, IsQuoteWithoutTheQuotes) {
  EXPECT_EQ(escape("/a\nb", 10), "/a\\nb");
  EXPECT_EQ(escape("abcdef", 3), "abc...");
}

TEST(Utf8Length, TellsTheLengthOfACharacter) {
  EXPECT_EQ(utf8_length("a"), 1U);
  EXPECT_EQ(utf8_length("é"), 2U);
  EXPECT_EQ(utf8_length("火"), 3U);
  EXPECT_EQ(utf8_length("🔥"), 4U);
}

TEST(Utf8Length, IsZeroForWhatIsNotACharacter) {
  struct Case {
    const char* why;
    std::string_view bytes;
  };
  const Case cases[] = {
      {"empty", ""},
      {"continuation byte alone", "\x80"},
      {"overlong form of /", "\xc0\xaf"},
      {"overlong form of three bytes", "\xe0\x80\xaf"},
      {"overlong form of four bytes", "\xf0\x80\x80\xaf"},
      {"surrogate", "\xed\xa0\x80"},
      {"above U+10FFFF", "\xf4\x90\x80\x80"},
      {"never a first byte", "\xff"},
      {"cut after one byte", "\xe7"},
      {"cut after two bytes", "\xe7\x81"},
      {"third byte is no continuation", "\xe7\x81(a"},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(utf8_length(c.bytes), 0U) << c.why;
  }
}

TEST(ParseInteger, ReadsDecimalNumbers) {
  EXPECT_EQ(parse_integer<int>("0"), 0);
  EXPECT_EQ(parse_integer<int>("-12"), -12);
  EXPECT_EQ(parse_integer<std::uint64_t>("18446744073709551615"), 18446744073709551615U);
}

TEST(ParseInteger, ReadsOtherBases) {
  EXPECT_EQ(parse_integer<unsigned>("755", 0, 0777, 8), 0755U);
}

TEST(ParseInteger, RefusesWhatIsNotWhollyANumber) {
  for (const std::string_view text :
       {"", " 1", "1 ", "1x", "x", "+1", "0x10", "1.0", "1e3", "--1", "-", "1:2", "١"}) {
    EXPECT_EQ(parse_integer<int>(text), std::nullopt) << text;
  }
  EXPECT_EQ(parse_integer<unsigned>("-1"), std::nullopt);
  EXPECT_EQ(parse_integer<int>(std::string_view("1\0", 2)), std::nullopt);
}

TEST(ParseInteger, RefusesWhatDoesNotFit) {
  EXPECT_EQ(parse_integer<std::uint32_t>("4294967296"), std::nullopt);
  EXPECT_EQ(parse_integer<std::uint64_t>("18446744073709551616"), std::nullopt);
  EXPECT_EQ(parse_integer<int>("2147483648"), std::nullopt);
}

TEST(ParseInteger, HoldsToTheGivenRange) {
  EXPECT_EQ(parse_integer<int>("1000", -1000, 1000), 1000);
  EXPECT_EQ(parse_integer<int>("1001", -1000, 1000), std::nullopt);
  EXPECT_EQ(parse_integer<int>("-1001", -1000, 1000), std::nullopt);
}

TEST(Hexadecimal, WritesAllOf64Bits) {
  EXPECT_EQ(hexadecimal(0), "0x0");
  EXPECT_EQ(hexadecimal(0x1f), "0x1f");
  EXPECT_EQ(hexadecimal(0xffffffffffffffff), "0xffffffffffffffff");
}

}  // namespace
}  // namespace myrt::base
