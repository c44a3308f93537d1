// What paths are, and what may be done with them.
#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <string>
#include <vector>

#include "differential/probe/report.h"

namespace myrt::test {
namespace {

constexpr std::size_t kContentBytes = 200;

// Type as `ls -l` has it, mode in octal, owner, and the number of a device.
std::string described(const struct stat& status) {
  std::array<char, 96> text{};
  const char* types = "?pc?d?b?-?l?s???";
  std::snprintf(text.data(), text.size(), "%c %04o %u:%u", types[status.st_mode >> 12 & 0xf],
                status.st_mode & 07777, status.st_uid, status.st_gid);
  std::string result = text.data();
  if (S_ISCHR(status.st_mode) || S_ISBLK(status.st_mode)) {
    result +=
        " " + std::to_string(major(status.st_rdev)) + ":" + std::to_string(minor(status.st_rdev));
  }
  return result;
}

std::string target_of(const std::string& path) {
  std::array<char, 4096> target{};
  const ssize_t length = ::readlink(path.c_str(), target.data(), target.size());
  return {target.data(), static_cast<std::size_t>(std::max<ssize_t>(length, 0))};
}

std::vector<std::string> entries_of(const std::string& path) {
  std::vector<std::string> names;
  DIR* directory = ::opendir(path.c_str());
  if (directory == nullptr) {
    return names;
  }
  while (const dirent* entry = ::readdir(directory)) {
    const std::string name = entry->d_name;
    if (name != "." && name != "..") {
      names.push_back(name);
    }
  }
  ::closedir(directory);
  std::ranges::sort(names);
  return names;
}

// Opening others may act on the machine: a watchdog, a tape. What is here are the devices that
// every container has, and two that a configuration may add.
bool may_be_opened(const struct stat& status) {
  const unsigned int number = minor(status.st_rdev);
  switch (S_ISCHR(status.st_mode) ? major(status.st_rdev) : 0) {
    case 1:  // null, zero, full, random, urandom
      return number == 3 || number == 5 || (number >= 7 && number <= 9);
    case 5:  // tty, ptmx
      return number == 0 || number == 2;
    case 10:  // net/tun, fuse
      return number == 200 || number == 229;
    default:
      return false;
  }
}

std::string open_outcome(const std::string& path, int flags) {
  const int fd = ::open(path.c_str(), flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  const std::string result = outcome(fd);
  ::close(fd);
  return result;
}

void report_directory(Section& section, const std::string& path) {
  std::string names;
  // Those of the kernel's own file systems come and go.
  if (!path.starts_with("/proc") && !path.starts_with("/sys")) {
    for (const std::string& name : entries_of(path)) {
      names += (names.empty() ? "" : " ") + name;
    }
    section.add(path + ":entries", names);
  }
  const std::string made = path + "/made-by-the-probe";
  section.add(path + ":make", outcome(::mkdir(made.c_str(), 0755)));
  ::rmdir(made.c_str());
}

void report_path(Section& section, const std::string& path) {
  struct stat status = {};
  if (const int result = ::lstat(path.c_str(), &status); result != 0) {
    section.add(path, outcome(result));
    return;
  }
  section.add(path, described(status));
  if (S_ISLNK(status.st_mode)) {
    section.add(path + ":target", target_of(path));
  } else if (S_ISDIR(status.st_mode)) {
    report_directory(section, path);
  } else if (S_ISREG(status.st_mode)) {
    section.add(path + ":read", open_outcome(path, O_RDONLY));
    // The kernel's files say something else each time, but for its settings.
    if (!path.starts_with("/proc/") || path.starts_with("/proc/sys/")) {
      section.add(path + ":content", beginning_of(path, kContentBytes));
    }
    section.add(path + ":write", open_outcome(path, O_WRONLY));
  } else if (may_be_opened(status)) {
    section.add(path + ":read", open_outcome(path, O_RDONLY));
    section.add(path + ":write", open_outcome(path, O_WRONLY));
  }
}

}  // namespace

void report_paths(std::span<char*> paths) {
  Section section("paths");
  for (const char* path : paths) {
    report_path(section, path);
  }
}

void report_devices() {
  Section section("dev");
  for (const std::string& name : entries_of("/dev")) {
    const std::string path = "/dev/" + name;
    struct stat status = {};
    if (::lstat(path.c_str(), &status) != 0) {
      continue;
    }
    section.add(name, described(status) + (S_ISLNK(status.st_mode) ? " " + target_of(path) : ""));
    if (may_be_opened(status)) {
      section.add(name + ":read", open_outcome(path, O_RDONLY));
      section.add(name + ":write", open_outcome(path, O_WRONLY));
    }
  }
}

}  // namespace myrt::test
