// What the files of a container's cgroups say, as data.
#pragma once

#include <functional>
#include <map>
#include <span>
#include <string>

#include <myrt/result.h>
#include <myrt/stats.h>

namespace myrt::cgroup {

/// The text of files by name. Each name stands for one controller's file, so those of all v1
/// hierarchies fit beside each other. A file that the host does not have is not in it.
using Files = std::map<std::string, std::string, std::less<>>;

/// The numbers in the files of cgroup v1. Pure.
Stats stats_v1(const Files& files);
/// The same of cgroup v2, in the places that those of v1 have: processor time in nanoseconds, swap
/// counted with memory. Pure.
Stats stats_v2(const Files& files);

/// The statistics of a container with these directories, as in its record. Those that are gone
/// count nothing. Where there are v1 hierarchies, they count, and a v2 hierarchy beside them tells
/// the pressure, which v1 does not know.
/// The files of both sides of a hybrid layout: what v1 has no controller for, v2 beside it counts.
Stats stats_hybrid(Files v1, const Files& v2);

Result<Stats> read_stats(std::span<const std::string> directories);

}  // namespace myrt::cgroup
