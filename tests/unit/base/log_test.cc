#include <string>

#include <gtest/gtest.h>

#include <myrt/log.h>

namespace myrt {
namespace {

std::string g_lines;

void take(LogLevel, std::string_view message) { g_lines += std::string(message) + "\n"; }

TEST(Log, PassesLinesOfTheLowestLevelAndAbove) {
  g_lines.clear();
  set_log_sink(&take, LogLevel::kWarning);
  log(LogLevel::kDebug, "debug");
  log(LogLevel::kWarning, "warning");
  log(LogLevel::kError, "error");
  EXPECT_EQ(g_lines, "warning\nerror\n");
  EXPECT_FALSE(is_logged(LogLevel::kDebug));
  EXPECT_TRUE(is_logged(LogLevel::kError));
}

TEST(Log, DropsEverythingWithoutASink) {
  set_log_sink(nullptr, LogLevel::kDebug);
  EXPECT_FALSE(is_logged(LogLevel::kError));
}

}  // namespace
}  // namespace myrt
