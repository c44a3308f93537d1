#include "support/mountinfo.h"

#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <sstream>

#include <gtest/gtest.h>

#include "support/files.h"

namespace myrt::test {

std::vector<MountEntry> parse_mountinfo(const std::string& text) {
  std::vector<MountEntry> mounts;
  for (const std::string& line : lines_of(text)) {
    std::istringstream words(line);
    MountEntry mount;
    std::string skipped;
    words >> skipped >> skipped >> mount.device >> mount.root >> mount.point >> mount.options;
    for (std::string word; words >> word && word != "-";) {
      mount.propagation += (mount.propagation.empty() ? "" : " ") + word;
    }
    words >> mount.type >> mount.source >> mount.super_options;
    mounts.push_back(mount);
  }
  return mounts;
}

std::optional<MountEntry> mount_at(const std::vector<MountEntry>& mounts,
                                   const std::string& point) {
  std::optional<MountEntry> found;
  for (const MountEntry& mount : mounts) {
    if (mount.point == point) {
      found = mount;
    }
  }
  return found;
}

HostMount::HostMount(const std::filesystem::path& point, unsigned long flags) : point_(point) {
  std::filesystem::create_directories(point);
  if (::mount("tmpfs", point.c_str(), "tmpfs", flags, nullptr) != 0) {
    ADD_FAILURE() << "mount tmpfs on " << point << ": " << std::strerror(errno);
  }
}

HostMount::~HostMount() { ::umount2(point_.c_str(), MNT_DETACH); }

}  // namespace myrt::test
