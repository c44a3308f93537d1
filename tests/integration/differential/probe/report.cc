#include "differential/probe/report.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>

namespace myrt::test {
namespace {

// Bytes that are not ASCII are written as if they were Latin-1: paths and variables need not be
// UTF-8.
std::string quoted(std::string_view text) {
  std::string json = "\"";
  for (const char character : text) {
    const auto byte = static_cast<unsigned char>(character);
    if (byte == '"' || byte == '\\') {
      json += '\\';
      json += character;
    } else if (byte >= 0x20 && byte < 0x7f) {
      json += character;
    } else {
      std::array<char, 8> escape{};
      std::snprintf(escape.data(), escape.size(), "\\u%04x", byte);
      json += escape.data();
    }
  }
  return json + '"';
}

}  // namespace

Section::~Section() {
  const std::string line = "{" + members_ + "}\n";
  std::size_t written = 0;
  while (written < line.size()) {
    const ssize_t count = ::write(kReportFd, line.data() + written, line.size() - written);
    if (count <= 0) {
      return;  // nobody is left to be told
    }
    written += static_cast<std::size_t>(count);
  }
}

void Section::add(std::string_view field, std::string_view value) {
  if (!members_.empty()) {
    members_ += ", ";
  }
  members_ += quoted(name_ + "." + std::string(field)) + ": " + quoted(value);
}

std::string outcome(long result) { return result < 0 ? ::strerrorname_np(errno) : "ok"; }

std::string beginning_of(const std::string& path, std::size_t limit) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  if (fd < 0) {
    return "";
  }
  std::string text(limit, '\0');
  std::size_t filled = 0;
  while (filled < limit) {
    const ssize_t count = ::read(fd, text.data() + filled, limit - filled);
    if (count <= 0) {
      break;
    }
    filled += static_cast<std::size_t>(count);
  }
  ::close(fd);
  text.resize(filled);
  return text;
}

}  // namespace myrt::test
