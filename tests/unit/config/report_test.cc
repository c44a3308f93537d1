#include "config/report.h"

#include <gtest/gtest.h>

#include "base/text.h"

namespace myrt::config {
namespace {

std::string report_of(const Findings& findings, std::string_view text,
                      std::string_view file = "config.json") {
  Findings ignored;
  return report(findings, Document::parse(text, ignored).value(), file, text);
}

TEST(Report, NamesFileLineColumnAndPointer) {
  Findings findings;
  findings.fault("/a/1", "want X, got Y");
  EXPECT_EQ(report_of(findings, "{\n  \"a\": [0, 1]}"), "config.json:2:12: /a/1: want X, got Y");
}

TEST(Report, NamesTheLastPlaceOnTheWayToAMissingOne) {
  Findings findings;
  findings.fault("/a/b/c", "want X, got nothing");
  EXPECT_EQ(report_of(findings, R"({"a": {"x": 1}})"),
            "config.json:1:7: /a/b/c: want X, got nothing");
}

TEST(Report, TakesAPlaceThatIsKnown) {
  Findings findings;
  findings.fatal({.pointer = "", .text = "want X, got Y", .offset = 1});
  EXPECT_EQ(report_of(findings, "{}"), "config.json:1:2: want X, got Y");
}

TEST(Report, JoinsTenFaultsAndCountsTheRest) {
  Findings findings;
  for (int i = 0; i < 10; ++i) {
    findings.fault("", std::to_string(i));
  }
  constexpr std::string_view kTen =
      "f:1:1: 0; f:1:1: 1; f:1:1: 2; f:1:1: 3; f:1:1: 4; f:1:1: 5; f:1:1: 6; f:1:1: 7; f:1:1: 8; "
      "f:1:1: 9";
  EXPECT_EQ(report_of(findings, "{}", "f"), kTen);
  findings.fault("", "10");
  EXPECT_EQ(report_of(findings, "{}", "f"), base::concat({kTen, "; and 1 more"}));
}

TEST(Report, StaysOnOneLineBelowFourKibibytes) {
  Findings findings;
  for (int i = 0; i < 20; ++i) {
    findings.fault("/" + std::string(1000, '\n'), "want X, got " + std::string(500, 'y'));
  }
  const std::string message = report_of(findings, "{}", std::string(4095, '\x1b'));
  EXPECT_LT(message.size(), 4096U);
  EXPECT_EQ(message.find_first_of("\n\x1b"), std::string::npos);
  EXPECT_TRUE(message.ends_with("; and 19 more")) << message;
}

}  // namespace
}  // namespace myrt::config
