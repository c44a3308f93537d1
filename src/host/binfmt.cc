#include "host/binfmt.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <memory>
#include <string>

#include "sys/file.h"

namespace myrt::host {

namespace {

constexpr const char* kDirectory = "/proc/sys/fs/binfmt_misc";
constexpr std::size_t kStatusBytes = 64;

struct CloseDirectory {
  void operator()(DIR* directory) const { ::closedir(directory); }
};

bool has_entries() {
  const std::unique_ptr<DIR, CloseDirectory> directory(::opendir(kDirectory));
  const dirent* entry = nullptr;
  while (directory && (entry = ::readdir(directory.get())) != nullptr) {
    const std::string name = entry->d_name;
    if (name != "." && name != ".." && name != "register" && name != "status") {
      return true;
    }
  }
  return false;
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
