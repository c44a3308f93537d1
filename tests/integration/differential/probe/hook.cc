#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <string>
#include <tuple>

#include "differential/probe/report.h"

namespace myrt::test {
namespace {

std::string all_input() {
  std::string text;
  std::array<char, 4096> bytes{};
  while (true) {
    const ssize_t count = ::read(STDIN_FILENO, bytes.data(), bytes.size());
    if (count <= 0) {
      return text;
    }
    text.append(bytes.data(), static_cast<std::size_t>(count));
  }
}

std::string working_directory() {
  std::array<char, 4096> path{};
  return ::getcwd(path.data(), path.size()) == nullptr ? "" : path.data();
}

}  // namespace

// A line is `KIND TAB working directory TAB names of the variables TAB state`.
int log_hook(std::string_view kind, const std::string& log) {
  std::string state = all_input();
  std::ranges::replace_if(state, [](char byte) { return byte == '\n' || byte == '\t'; }, ' ');
  std::string variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    variables += (variables.empty() ? "" : " ") + text.substr(0, text.find('='));
  }
  const std::string line =
      std::string(kind) + "\t" + working_directory() + "\t" + variables + "\t" + state + "\n";
  const int fd = ::open(log.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
  const bool written = ::write(fd, line.data(), line.size()) == static_cast<ssize_t>(line.size());
  if (!written) {
    const std::string text = "open or write " + log + ": " + outcome(-1) + "\n";
    std::ignore = ::write(STDERR_FILENO, text.data(), text.size());
  }
  ::close(fd);
  return written ? 0 : 1;
}

}  // namespace myrt::test
