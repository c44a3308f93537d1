#include "host/binfmt.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "sys/directory.h"
#include "sys/file.h"

namespace myrt::host {

namespace {

constexpr const char* kDirectory = "/proc/sys/fs/binfmt_misc";
constexpr std::size_t kStatusBytes = 64;

bool has_entries() {
  const std::vector<std::string> names =
      sys::names_in(AT_FDCWD, kDirectory).value_or(std::vector<std::string>{});
  return std::ranges::any_of(
      names, [](const std::string& name) { return name != "register" && name != "status"; });
}

}  // namespace

bool foreign_formats() {
  const std::string status = std::string(kDirectory) + "/status";
  if (::access(status.c_str(), F_OK) != 0) {
    return false;  // not mounted: the common case, in one call
  }
  return sys::read_file(AT_FDCWD, status, kStatusBytes).value_or("").starts_with("enabled") &&
         has_entries();
}

}  // namespace myrt::host
