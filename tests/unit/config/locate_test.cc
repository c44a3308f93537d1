#include "config/locate.h"

#include <array>

#include <gtest/gtest.h>

namespace myrt::config {
namespace {

using Path = std::vector<std::uint32_t>;

TEST(PositionOf, CountsLinesAndColumnsFromOne) {
  EXPECT_EQ(position_of("ab\ncd\n", 0), (Position{.line = 1, .column = 1}));
  EXPECT_EQ(position_of("ab\ncd\n", 4), (Position{.line = 2, .column = 2}));
  EXPECT_EQ(position_of("ab\ncd\n", 6), (Position{.line = 3, .column = 1}));
}

TEST(PositionOf, CountsCharactersNotBytes) {
  EXPECT_EQ(position_of("\"é火\"x", 7), (Position{.line = 1, .column = 5}));
}

TEST(OffsetOf, FindsTheRoot) { EXPECT_EQ(offset_of(" \n {}", Path{}), 3U); }

TEST(OffsetOf, FindsTheRootBehindAByteOrderMark) {
  EXPECT_EQ(offset_of("\xEF\xBB\xBF {}", Path{}), 4U);
}

TEST(OffsetOf, FindsMembersAndElements) {
  const std::string_view text = R"({"a": 1, "b" : [ {"c": [], "d": {}}, "x" ], "e": "y"})";
  EXPECT_EQ(text.substr(offset_of(text, Path{0}), 1), "1");
  EXPECT_EQ(text.substr(offset_of(text, Path{1, 0, 1}), 2), "{}");
  EXPECT_EQ(text.substr(offset_of(text, Path{1, 1}), 3), "\"x\"");
  EXPECT_EQ(text.substr(offset_of(text, Path{2}), 3), "\"y\"");
}

TEST(OffsetOf, IsNotMisledByPunctuationInStrings) {
  const std::string_view text = R"({"a]\"}": "[{\\", "b": true})";
  EXPECT_EQ(text.substr(offset_of(text, Path{1}), 4), "true");
}

TEST(OffsetOf, StaysInsideATextThatEndsEarly) {
  for (const std::string_view text : {"", "{", "{\"a\"", "{\"a\":", "[1,", "[[", "[\"a"}) {
    EXPECT_LE(offset_of(text, Path{3, 3, 3}), text.size()) << text;
  }
}

TEST(TokenEnd, KnowsStringsPunctuationAndWords) {
  EXPECT_EQ(token_end(R"("a\"b" c)", 0), 6U);
  EXPECT_EQ(token_end("{}", 0), 1U);
  EXPECT_EQ(token_end("true,", 0), 4U);
  EXPECT_EQ(token_end("\"open", 0), 5U);
  EXPECT_EQ(token_end("\"open\\", 0), 6U);
}

}  // namespace
}  // namespace myrt::config
