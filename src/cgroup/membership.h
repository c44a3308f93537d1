// Where a process is in the cgroup hierarchies: /proc/PID/cgroup (cgroups(7)).
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <myrt/result.h>

#include "cgroup/plan.h"

namespace myrt::cgroup {

/// One line of the file.
struct Membership {
  std::vector<std::string> controllers;  // empty: cgroup v2
  std::string path;                      // from the root of the hierarchy that the reader sees
  friend bool operator==(const Membership&, const Membership&) = default;
};

/// The text of /proc/PID/cgroup. Lines of another form are left out.
std::vector<Membership> parse_memberships(std::string_view text);

/// Of the calling process.
Result<std::vector<Membership>> own_memberships();

/// The path below the mount point of `hierarchy`, absolute and clean. Nothing when the process is
/// in none of its cgroups, or in one that is not below what is mounted there.
std::optional<std::string> path_in(const Hierarchy& hierarchy,
                                   std::span<const Membership> memberships);

}  // namespace myrt::cgroup
