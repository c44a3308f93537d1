#include "cli/output.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <tuple>

#include "base/text.h"
#include "base/time.h"

namespace myrt::cli {

namespace {

// A log line is for reading: it is cut well below what engines read at once.
constexpr std::size_t kMaxMessage = 8000;

LogSettings g_settings;
int g_log = -1;

std::string_view level_word(LogLevel level) {
  switch (level) {
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kWarning:
      return "warning";
    case LogLevel::kError:
      break;
  }
  return "error";
}

/// One write, so that lines of several processes do not mix. Nobody can be told when it fails.
void write_line(int fd, const std::string& line) {
  std::ignore = ::write(fd, line.data(), line.size());
}

void take_line(LogLevel level, std::string_view message) {
  if (!g_settings.debug && (level == LogLevel::kDebug || g_settings.quiet || g_log >= 0)) {
    return;
  }
  if (g_log >= 0) {
    write_line(g_log, log_line(level, message, g_settings.json, base::now_rfc3339(0)));
  } else {
    write_line(STDERR_FILENO,
               std::string(level_word(level)) + ": " + base::escape(message, kMaxMessage) + "\n");
  }
}

/// RFC 8259 escapes, for text that may hold anything.
std::string json_string(std::string_view text) {
  std::string out = "\"";
  while (!text.empty()) {
    const std::size_t length = base::utf8_length(text);
    const auto c = static_cast<unsigned char>(text.front());
    if (length == 0) {
      out += "\\ufffd";
    } else if (c == '"' || c == '\\') {
      out += '\\';
      out += text.front();
    } else if (c < 0x20) {
      constexpr std::string_view kDigits = "0123456789abcdef";
      out += "\\u00";
      out += kDigits[c >> 4U];
      out += kDigits[c & 15U];
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length == 0 ? 1 : length);
  }
  return out + "\"";
}

}  // namespace

std::string log_line(LogLevel level, std::string_view message, bool json, std::string_view time) {
  const std::string word(level_word(level));
  const std::string text = json_string(message.substr(0, kMaxMessage));
  if (json) {
    return R"({"level":")" + word + R"(","msg":)" + text + R"(,"time":")" + std::string(time) +
           "\"}\n";
  }
  return "time=\"" + std::string(time) + "\" level=" + word + " msg=" + text + "\n";
}

Result<void> open_log(const LogSettings& settings) {
  g_settings = settings;
  if (!settings.file.empty()) {
    g_log =
        ::open(settings.file.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOCTTY, 0644);
    if (g_log < 0) {
      return std::unexpected(Error::from_errno({"open log file ", settings.file}));
    }
  }
  set_log_sink(&take_line, settings.debug ? LogLevel::kDebug : LogLevel::kWarning);
  return {};
}

void report_error(std::string_view message) {
  if (g_log >= 0) {
    write_line(g_log, log_line(LogLevel::kError, message, g_settings.json, base::now_rfc3339(0)));
  }
  std::string line(message.substr(0, kMaxMessage));
  // One line, whatever an argument held.
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, '?');
  write_line(STDERR_FILENO, line + "\n");
}

Result<void> write_all(int fd, std::string_view text, std::string_view name) {
  while (!text.empty()) {
    const ssize_t count = ::write(fd, text.data(), text.size());
    if (count < 0 && errno != EINTR) {
      return std::unexpected(Error::from_errno({"write ", name}));
    }
    text.remove_prefix(count < 0 ? 0 : static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> print(std::string_view text) { return write_all(STDOUT_FILENO, text, "stdout"); }

}  // namespace myrt::cli
