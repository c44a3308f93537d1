#include "host/user_namespace.h"

#include <fcntl.h>

#include <cerrno>
#include <vector>

#include "base/text.h"
#include "sys/file.h"

namespace myrt::host {

bool is_initial_uid_map(std::string_view uid_map) {
  std::vector<std::string_view> words;
  for (const std::string_view line : base::split(uid_map, '\n')) {
    for (const std::string_view word : base::split(line, ' ')) {
      if (!word.empty()) {
        words.push_back(word);
      }
    }
  }
  return words == std::vector<std::string_view>{"0", "0", "4294967295"};
}

Result<bool> in_user_namespace() {
  const Result<std::string> map = sys::read_value(AT_FDCWD, "/proc/self/uid_map");
  if (map.has_value()) {
    return !is_initial_uid_map(*map);
  }
  if (map.error().code() == ENOENT) {
    return false;  // a kernel without user namespaces
  }
  return std::unexpected(map.error());
}

Result<bool> setgroups_denied() {
  const Result<std::string> word = sys::read_value(AT_FDCWD, "/proc/self/setgroups");
  if (word.has_value()) {
    return word->starts_with("deny");
  }
  if (word.error().code() == ENOENT) {
    return false;  // as above
  }
  return std::unexpected(word.error());
}

}  // namespace myrt::host
