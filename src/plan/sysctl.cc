#include <algorithm>

#include "base/text.h"
#include "plan/parts.h"

namespace myrt::plan {

namespace {

/// Both forms of sysctl.d(5): the first separator says which of the two characters separates, and
/// the other one then stands for itself: "net.ipv4.conf.eno2/100.mtu" and
/// "net/ipv4/conf/eno2.100/mtu" are the same.
std::string sysctl_path(std::string_view key) {
  std::string path(key);
  const std::size_t first = path.find_first_of("./");
  if (first == std::string::npos || path[first] == '/') {
    return path;
  }
  for (char& character : path) {
    if (character == '.') {
      character = '/';
    } else if (character == '/') {
      character = '.';
    }
  }
  return path;
}

/// Whether every component is the name of an entry, so that the path stays below /proc/sys.
bool is_plain(std::string_view path) {
  return std::ranges::none_of(base::split(path, '/'), [](std::string_view component) {
    return component.empty() || component == "." || component == "..";
  });
}

}  // namespace

Result<std::vector<std::pair<std::string, std::string>>> sysctl_writes(
    const std::vector<std::pair<std::string, std::string>>& sysctl) {
  std::vector<std::pair<std::string, std::string>> writes;
  for (const auto& [key, value] : sysctl) {
    std::string path = sysctl_path(key);
    if (!is_plain(path)) {
      return std::unexpected(Error(
          base::concat({"/linux/sysctl: ", base::quote(key), " is not the name of a sysctl"})));
    }
    writes.emplace_back(std::move(path), value);
  }
  return writes;
}

}  // namespace myrt::plan
