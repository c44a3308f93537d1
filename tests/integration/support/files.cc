#include "support/files.h"

#include <sys/stat.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <system_error>

#include <gtest/gtest.h>

#include "support/fd.h"

namespace myrt::test {

std::string read_file(const std::filesystem::path& path) {
  const Fd file = open_fd(path, O_RDONLY);
  return file ? read_to_end(file.get()) : "";
}

std::string read_value(const std::filesystem::path& path) {
  std::string text = read_file(path);
  text.erase(text.find_last_not_of(" \t\n") + 1);
  return text;
}

void write_file(const std::filesystem::path& path, const std::string& content, mode_t mode) {
  const Fd file = open_fd(path, O_WRONLY | O_CREAT | O_TRUNC, mode);
  if (!file ||
      ::write(file.get(), content.data(), content.size()) != static_cast<ssize_t>(content.size())) {
    ADD_FAILURE() << "write " << path << ": " << std::strerror(errno);
    return;
  }
  if (::fchmod(file.get(), mode) != 0 && errno != EPERM && errno != EINVAL) {
    ADD_FAILURE() << "chmod " << path << ": " << std::strerror(errno);
  }
}

std::vector<std::string> list_directory(const std::filesystem::path& path) {
  std::vector<std::string> names;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(path, error), end; !error && entry != end;
       entry.increment(error)) {
    names.push_back(entry->path().filename());
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::uint64_t inode_of(const std::filesystem::path& path) {
  struct stat status{};
  return ::stat(path.c_str(), &status) == 0 ? status.st_ino : 0;
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

std::string field_of(const std::string& text, const std::string& key) {
  for (const std::string& line : lines_of(text)) {
    if (!line.starts_with(key) || line.size() == key.size() ||
        std::strchr(": \t=", line[key.size()]) == nullptr) {
      continue;
    }
    const std::size_t begin = line.find_first_not_of(": \t=", key.size());
    return begin == std::string::npos ? "" : line.substr(begin);
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

bool contains_ignoring_case(const std::string& text, const std::string& part) {
  return std::search(text.begin(), text.end(), part.begin(), part.end(),
                     [](unsigned char a, unsigned char b) {
                       return std::tolower(a) == std::tolower(b);
                     }) != text.end();
}

}  // namespace myrt::test
