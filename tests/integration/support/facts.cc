#include "support/facts.h"

#include <linux/magic.h>
#include <sys/utsname.h>
#include <sys/vfs.h>

#include <cstdio>
#include <string_view>

#include "support/files.h"

namespace myrt::test {
namespace {

constexpr const char* kCgroupMount = "/sys/fs/cgroup";

// Whether `word` is one of the items of a comma-separated list.
bool list_has(std::string_view list, std::string_view word) {
  while (!list.empty()) {
    const std::size_t end = list.find(',');
    if (list.substr(0, end) == word) {
      return true;
    }
    list = end == std::string_view::npos ? std::string_view() : list.substr(end + 1);
  }
  return false;
}

}  // namespace

bool cgroup_v2() {
  struct statfs status{};
  return ::statfs(kCgroupMount, &status) == 0 && status.f_type == CGROUP2_SUPER_MAGIC;
}

bool has_capability(unsigned capability) {
  const std::string mask = field_of(read_file("/proc/self/status"), "CapEff");
  return ((std::stoull(mask, nullptr, 16) >> capability) & 1U) != 0;
}

bool can_be_id_mapped(const std::filesystem::path& path) {
  struct statfs status{};
  struct utsname kernel{};
  ::statfs(path.c_str(), &status);
  ::uname(&kernel);
  int major = 0;
  int minor = 0;
  std::sscanf(kernel.release, "%d.%d", &major, &minor);
  const bool tmpfs_can = major > 6 || (major == 6 && minor >= 3);
  return status.f_type == EXT4_SUPER_MAGIC || status.f_type == XFS_SUPER_MAGIC ||
         (status.f_type == TMPFS_MAGIC && tmpfs_can);
}

bool has_controller(const std::string& controller) {
  if (!cgroup_v2()) {
    return !cgroup_root(controller).empty();
  }
  // v2 has no such controllers: device access is an eBPF program, freezing is part of every cgroup.
  if (controller == "devices" || controller == "freezer") {
    return true;
  }
  const std::string controllers =
      " " + read_value(std::string(kCgroupMount) + "/cgroup.controllers") + " ";
  return contains(controllers, " " + controller + " ");
}

bool has_filesystem(const std::string& type) {
  for (const std::string& line : lines_of(read_file("/proc/filesystems"))) {
    if (line.substr(line.find('\t') + 1) == type) {
      return true;
    }
  }
  return false;
}

std::filesystem::path cgroup_root(const std::string& controller) {
  if (cgroup_v2()) {
    return kCgroupMount;
  }
  // "ID PARENT MAJ:MIN ROOT POINT OPTIONS [...] - cgroup SOURCE rw,memory"
  for (const std::string& line : lines_of(read_file("/proc/self/mountinfo"))) {
    const std::size_t type = line.find(" - cgroup ");
    if (type == std::string::npos || !list_has(line.substr(line.rfind(' ') + 1), controller)) {
      continue;
    }
    std::size_t begin = 0;
    for (int skipped = 0; skipped < 4; ++skipped) {
      begin = line.find(' ', begin) + 1;
    }
    return line.substr(begin, line.find(' ', begin) - begin);
  }
  return {};
}

std::filesystem::path cgroup_of(pid_t pid, const std::string& controller) {
  // "ID:CONTROLLERS:PATH"; v2 is "0::PATH"
  for (const std::string& line : lines_of(read_file("/proc/" + std::to_string(pid) + "/cgroup"))) {
    const std::size_t first = line.find(':');
    const std::size_t second = line.find(':', first + 1);
    const std::string_view list = std::string_view(line).substr(first + 1, second - first - 1);
    if (cgroup_v2() ? line.starts_with("0::") : list_has(list, controller)) {
      return cgroup_root(controller).string() + line.substr(second + 1);
    }
  }
  return {};
}

}  // namespace myrt::test
