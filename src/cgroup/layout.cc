#include "cgroup/layout.h"

#include <linux/magic.h>
#include <sys/vfs.h>

#include <algorithm>
#include <array>
#include <string_view>

#include "base/text.h"

namespace myrt::cgroup {

namespace {

constexpr const char* kMountPoint = "/sys/fs/cgroup";

/// What a v1 superblock's options hold beside its controllers (cgroup1_show_options in the kernel).
bool is_mount_option(std::string_view word) {
  constexpr std::array<std::string_view, 9> kOptions = {
      "rw",   "ro",       "noprefix",       "xattr",       "cpuset_v2_mode",
      "none", "seclabel", "clone_children", "favordynmods"};
  return std::ranges::find(kOptions, word) != kOptions.end() || word.starts_with("release_agent=");
}

std::vector<std::string> controllers_of(std::string_view super_options) {
  std::vector<std::string> controllers;
  for (const std::string_view word : base::split(super_options, ',')) {
    if (!word.empty() && !is_mount_option(word)) {
      controllers.emplace_back(word);
    }
  }
  return controllers;
}

bool is_same(const Hierarchy& one, const Hierarchy& other) {
  return one.unified == other.unified && one.controllers == other.controllers;
}

}  // namespace

Layout parse_layout(std::span<const sys::MountEntry> mounts) {
  Layout layout;
  for (const sys::MountEntry& mount : mounts) {
    const bool unified = mount.type == "cgroup2";
    if (!unified && mount.type != "cgroup") {
      continue;
    }
    Hierarchy hierarchy{
        .mount_point = mount.point, .root = mount.root, .controllers = {}, .unified = unified};
    if (unified && mount.point == kMountPoint) {
      return {.pure_v2 = true, .hierarchies = {std::move(hierarchy)}};
    }
    if (!unified) {
      hierarchy.controllers = controllers_of(mount.super_options);
    }
    const auto known = [&](const Hierarchy& other) { return is_same(hierarchy, other); };
    if (std::ranges::none_of(layout.hierarchies, known)) {
      layout.hierarchies.push_back(std::move(hierarchy));
    }
  }
  return layout;
}

Result<Layout> detect_layout() {
  struct ::statfs status{};
  // Spares reading a mount table that can be long, on every host of today.
  if (::statfs(kMountPoint, &status) == 0 && status.f_type == CGROUP2_SUPER_MAGIC) {
    return Layout{
        .pure_v2 = true,
        .hierarchies = {
            {.mount_point = kMountPoint, .root = "/", .controllers = {}, .unified = true}}};
  }
  const std::vector<sys::MountEntry> mounts = MYRT_TRY(in("cgroup layout", sys::own_mountinfo()));
  return parse_layout(mounts);
}

}  // namespace myrt::cgroup
