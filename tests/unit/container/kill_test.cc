#include <gtest/gtest.h>

#include <myrt/container.h>

namespace myrt {
namespace {

// Numbers as in signal(7), x86 and ARM.
TEST(ParseSignal, KnowsEveryName) {
  const std::vector<std::pair<std::string, int>> names = {
      {"HUP", 1},   {"INT", 2},   {"QUIT", 3},  {"ILL", 4},     {"TRAP", 5},    {"ABRT", 6},
      {"IOT", 6},   {"BUS", 7},   {"FPE", 8},   {"KILL", 9},    {"USR1", 10},   {"SEGV", 11},
      {"USR2", 12}, {"PIPE", 13}, {"ALRM", 14}, {"TERM", 15},   {"STKFLT", 16}, {"CHLD", 17},
      {"CLD", 17},  {"CONT", 18}, {"STOP", 19}, {"TSTP", 20},   {"TTIN", 21},   {"TTOU", 22},
      {"URG", 23},  {"XCPU", 24}, {"XFSZ", 25}, {"VTALRM", 26}, {"PROF", 27},   {"WINCH", 28},
      {"IO", 29},   {"POLL", 29}, {"PWR", 30},  {"SYS", 31},    {"UNUSED", 31}, {"RTMIN", 34},
      {"RTMAX", 64}};
  for (const auto& [name, number] : names) {
    EXPECT_EQ(parse_signal(name), number) << name;
    EXPECT_EQ(parse_signal("SIG" + name), number) << name;
  }
}

TEST(ParseSignal, DoesNotMindCase) {
  EXPECT_EQ(parse_signal("sigterm"), 15);
  EXPECT_EQ(parse_signal("Kill"), 9);
  EXPECT_EQ(parse_signal("rtmin+1"), 35);
}

TEST(ParseSignal, TakesNumbers) {
  EXPECT_EQ(parse_signal("0"), 0);
  EXPECT_EQ(parse_signal("1"), 1);
  EXPECT_EQ(parse_signal("15"), 15);
  EXPECT_EQ(parse_signal("33"), 33);
  EXPECT_EQ(parse_signal("64"), 64);
}

TEST(ParseSignal, CountsRealTimeSignalsFromBothEnds) {
  EXPECT_EQ(parse_signal("RTMIN+0"), 34);
  EXPECT_EQ(parse_signal("SIGRTMIN+30"), 64);
  EXPECT_EQ(parse_signal("RTMAX-0"), 64);
  EXPECT_EQ(parse_signal("SIGRTMAX-30"), 34);
}

TEST(ParseSignal, RefusesEverythingElse) {
  for (const char* text : {"",          "00x",    "-1",          "65",       "+9",
                           "9 ",        "0x9",    "99999999999", "SIG",      "SIG9",
                           "TERMINATE", "TER",    "SIGSIGTERM",  "RTMIN+31", "RTMIN-1",
                           "RTMIN+",    "RTMIN1", "RTMAX-31",    "RTMAX+1",  "RTMIN+-1"}) {
    const Result<int> signal = parse_signal(text);

    ASSERT_FALSE(signal.has_value()) << text;
    EXPECT_EQ(signal.error().text(), "unknown signal \"" + std::string(text) + "\"");
  }
}

TEST(ParseSignal, EscapesWhatItQuotes) {
  EXPECT_EQ(parse_signal("a\033\n").error().text(), R"(unknown signal "a\x1b\n")");
}

}  // namespace
}  // namespace myrt
