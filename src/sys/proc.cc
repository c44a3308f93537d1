#include "sys/proc.h"

#include <fcntl.h>

#include <cerrno>
#include <cstddef>
#include <optional>

#include "base/text.h"
#include "sys/file.h"

namespace myrt::sys {

namespace {

// A line is some 100 bytes; the kernel's default limit is 100,000 mounts a namespace
// (fs.mount-max).
constexpr std::size_t kMountinfoLimit = std::size_t{256} << 20U;

/// The value of three octal digits, or nothing.
std::optional<unsigned char> octal_byte(std::string_view digits) {
  return digits.size() == 3 ? base::parse_integer<unsigned char>(digits, 0, 0xFF, 8) : std::nullopt;
}

/// The kernel writes space, tab, newline, backslash and '#' as a backslash and three octal digits.
std::string unescape(std::string_view text) {
  std::string plain;
  plain.reserve(text.size());
  while (!text.empty()) {
    const auto byte = text[0] == '\\' ? octal_byte(text.substr(1, 3)) : std::nullopt;
    plain += byte.has_value() ? static_cast<char>(*byte) : text[0];
    text.remove_prefix(byte.has_value() ? 4 : 1);
  }
  return plain;
}

/// Cuts the next field and the space behind it off the front of `line`.
std::string_view next_field(std::string_view& line) {
  const std::size_t end = line.find(' ');
  const std::string_view field = line.substr(0, end);
  line.remove_prefix(end == std::string_view::npos ? line.size() : end + 1);
  return field;
}

/// proc(5): "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue".
/// Nothing else in a line can read as " - ", because spaces within fields are escaped.
std::optional<MountEntry> parse_mount_line(std::string_view line) {
  const std::size_t separator = line.find(" - ");
  if (separator == std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view front = line.substr(0, separator);
  std::string_view back = line.substr(separator + 3);

  const auto id = base::parse_integer<int>(next_field(front), 0);
  const auto parent = base::parse_integer<int>(next_field(front), 0);
  const std::string_view device = next_field(front);
  MountEntry entry;
  entry.root = unescape(next_field(front));
  entry.point = unescape(next_field(front));
  entry.options = next_field(front);
  entry.optional_fields = front;
  entry.type = unescape(next_field(back));
  entry.source = unescape(next_field(back));  // may be empty, as mount(2) takes "" for a source
  entry.super_options = unescape(back);
  if (!id.has_value() || !parent.has_value() || device.empty() || entry.root.empty() ||
      entry.point.empty() || entry.options.empty() || entry.type.empty()) {
    return std::nullopt;
  }
  entry.id = *id;
  entry.parent = *parent;
  return entry;
}

template <typename T>
std::optional<T> integer_at(const std::vector<std::string_view>& fields, std::size_t index) {
  return index < fields.size() ? base::parse_integer<T>(fields[index]) : std::nullopt;
}

}  // namespace

std::vector<MountEntry> parse_mountinfo(std::string_view text) {
  std::vector<MountEntry> entries;
  for (const std::string_view line : base::split(text, '\n')) {
    if (auto entry = parse_mount_line(line)) {
      entries.push_back(*std::move(entry));
    }
  }
  return entries;
}

Result<std::vector<MountEntry>> own_mountinfo() {
  return parse_mountinfo(MYRT_TRY(read_file(AT_FDCWD, "/proc/self/mountinfo", kMountinfoLimit)));
}

Result<ProcessStat> parse_process_stat(std::string_view text) {
  // Indexes into what follows the name; proc(5) counts from 1 and the process id, so "state" is its
  // field 3.
  constexpr std::size_t kState = 0;
  constexpr std::size_t kThreads = 20 - 3;
  constexpr std::size_t kStartTime = 22 - 3;
  constexpr std::size_t kPendingSignals = 31 - 3;
  constexpr std::size_t kIgnoredSignals = 33 - 3;
  constexpr std::size_t kArgumentsStart = 48 - 3;
  constexpr std::size_t kEnvironmentEnd = 51 - 3;
  constexpr std::size_t kExitCode = 52 - 3;

  if (text.ends_with('\n')) {
    text.remove_suffix(1);
  }
  // The process chooses its name, which may hold spaces and parentheses: only the last ")" ends it.
  const std::size_t open = text.find('(');
  const std::size_t close = text.rfind(") ");
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) {
    return std::unexpected(Error("want \"pid (name) state ...\", got " + base::quote(text)));
  }
  const std::vector<std::string_view> fields = base::split(text.substr(close + 2), ' ');
  const auto start_time = integer_at<std::uint64_t>(fields, kStartTime);
  if (!start_time.has_value() || fields[kState].size() != 1) {
    return std::unexpected(Error("want a state and a start time, got " + base::quote(text)));
  }
  return ProcessStat{
      .state = fields[kState][0],
      .comm = std::string(text.substr(open + 1, close - open - 1)),
      .start_time = *start_time,
      .threads = integer_at<int>(fields, kThreads).value_or(0),
      .exit_code = integer_at<int>(fields, kExitCode).value_or(0),
      .pending_signals = integer_at<std::uint64_t>(fields, kPendingSignals).value_or(0),
      .ignored_signals = integer_at<std::uint64_t>(fields, kIgnoredSignals).value_or(0),
      .arguments_start = integer_at<std::uint64_t>(fields, kArgumentsStart).value_or(0),
      .environment_end = integer_at<std::uint64_t>(fields, kEnvironmentEnd).value_or(0)};
}

Result<ProcessStat> process_stat(pid_t pid) {
  const std::string path = "/proc/" + std::to_string(pid) + "/stat";
  const Result<std::string> text = read_value(AT_FDCWD, path);
  if (!text.has_value()) {
    // ENOENT before the open, ESRCH when the process goes between open and read: one answer for
    // both.
    const int code = text.error().code() == ENOENT ? ESRCH : text.error().code();
    return std::unexpected(Error(code, text.error().what()));
  }
  return in(path, parse_process_stat(*text));
}

}  // namespace myrt::sys
