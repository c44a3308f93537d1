#include "cli/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "../sys/support.h"

namespace myrt::cli {
namespace {

constexpr std::string_view kTime = "2025-01-02T03:04:05Z";

std::string json(std::string_view message) {
  return log_line(LogLevel::kError, message, true, kTime);
}

TEST(LogLine, IsAJsonObjectOnALine) {
  EXPECT_EQ(json("create c1: no"),
            "{\"level\":\"error\",\"msg\":\"create c1: no\",\"time\":\"2025-01-02T03:04:05Z\"}\n");
}

TEST(LogLine, IsPairsOfKeyAndValueAsText) {
  EXPECT_EQ(log_line(LogLevel::kError, "create c1: no \"x\"", false, kTime),
            "time=\"2025-01-02T03:04:05Z\" level=error msg=\"create c1: no \\\"x\\\"\"\n");
}

TEST(LogLine, NamesTheLevel) {
  EXPECT_EQ(log_line(LogLevel::kDebug, "", false, "t"), "time=\"t\" level=debug msg=\"\"\n");
  EXPECT_EQ(log_line(LogLevel::kWarning, "", false, "t"), "time=\"t\" level=warning msg=\"\"\n");
  EXPECT_EQ(log_line(LogLevel::kWarning, "", true, "t"),
            "{\"level\":\"warning\",\"msg\":\"\",\"time\":\"t\"}\n");
}

TEST(LogLine, EscapesControlCharacters) {
  EXPECT_EQ(json(std::string_view("a\nb\t\"\\\0\x1b", 8)),
            "{\"level\":\"error\",\"msg\":\"a\\u000ab\\u0009\\\"\\\\\\u0000\\u001b\","
            "\"time\":\"2025-01-02T03:04:05Z\"}\n");
}

TEST(LogLine, KeepsUtf8AndReplacesWhatIsNot) {
  EXPECT_EQ(json("\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80 \xff\xC3 \xED\xA0\x80"),
            "{\"level\":\"error\",\"msg\":\"\xC3\xA4 \xE2\x82\xAC \xF0\x9F\x98\x80 \\ufffd\\ufffd "
            "\\ufffd\\ufffd\\ufffd\",\"time\":\"2025-01-02T03:04:05Z\"}\n");
}

TEST(LogLine, CutsALongMessage) {
  EXPECT_EQ(log_line(LogLevel::kDebug, std::string(8001, 'x'), false, "t"),
            "time=\"t\" level=debug msg=\"" + std::string(8000, 'x') + "\"\n");
}

TEST(WriteAll, WritesAll) {
  const sys::TemporaryDirectory directory;
  const sys::UniqueFd file(::open((directory / "f").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600));

  EXPECT_TRUE(write_all(file.get(), "some text", "f").has_value());
  EXPECT_EQ(sys::text_of(directory / "f"), "some text");
}

TEST(WriteAll, NamesTheFileWhenItFails) {
  const sys::UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));

  const Result<void> written = write_all(full.get(), "some text", "config.json");

  ASSERT_FALSE(written.has_value());
  EXPECT_EQ(written.error().text(), "write config.json: No space left on device");
}

/// The log is the process's: each test has its own.
class LogTest : public testing::Test {
 protected:
  /// Opens the log with `settings` and logs one line of each level in a child; what it wrote to
  /// stderr.
  std::string logged(LogSettings settings) {
    const Result<sys::ExitStatus> status = sys::run_in_child([&] {
      const int fd = ::open((directory / "stderr").c_str(), O_WRONLY | O_CREAT, 0600);
      if (fd < 0 || ::dup2(fd, STDERR_FILENO) < 0 || !open_log(settings).has_value()) {
        return 1;
      }
      log(LogLevel::kDebug, "a step");
      log(LogLevel::kWarning, "doubtful\n");
      report_error("wrong");
      return 0;
    });
    EXPECT_TRUE(status.has_value() && status->shell_code() == 0);
    return sys::text_of(directory / "stderr");
  }
  /// The log file without its times.
  [[nodiscard]] std::string log_file() const {
    std::string text = sys::text_of(directory / "log");
    for (std::size_t at = text.find("time=\""); at != std::string::npos;
         at = text.find("time=\"", at + 1)) {
      text.erase(at + 6, std::string("2025-01-02T03:04:05Z").size());
    }
    return text;
  }

  sys::TemporaryDirectory directory;
};

TEST_F(LogTest, TellsWarningsAndTheErrorOnStderr) {
  EXPECT_EQ(logged({}), "warning: doubtful\\n\nwrong\n");
}

TEST_F(LogTest, TellsTheErrorAloneForACommandWhoseOutputIsParsed) {
  EXPECT_EQ(logged({.quiet = true}), "wrong\n");
}

TEST_F(LogTest, TellsAllWhenDebugging) {
  EXPECT_EQ(logged({.debug = true, .quiet = true}), "debug: a step\nwarning: doubtful\\n\nwrong\n");
}

TEST_F(LogTest, HasOneMessageInTheFileForEngines) {
  EXPECT_EQ(logged({.file = directory / "log"}), "wrong\n");
  EXPECT_EQ(log_file(), "time=\"\" level=error msg=\"wrong\"\n");
}

TEST_F(LogTest, HasAllInTheFileWhenDebugging) {
  EXPECT_EQ(logged({.file = directory / "log", .debug = true}), "wrong\n");
  EXPECT_EQ(log_file(),
            "time=\"\" level=debug msg=\"a step\"\n"
            "time=\"\" level=warning msg=\"doubtful\\u000a\"\n"
            "time=\"\" level=error msg=\"wrong\"\n");
}

TEST_F(LogTest, IsAppendedTo) {
  sys::write_text(directory / "log", "before\n");
  logged({.file = directory / "log"});

  EXPECT_EQ(log_file(), "before\ntime=\"\" level=error msg=\"wrong\"\n");
}

TEST_F(LogTest, MustBeAFileThatCanBeOpened) {
  const Result<void> opened = open_log({.file = directory / "none/log"});

  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().text(),
            "open log file " + (directory / "none/log") + ": No such file or directory");
}

}  // namespace
}  // namespace myrt::cli
