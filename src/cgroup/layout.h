// Which cgroup hierarchies the host has, from its mount table (cgroups(7)).
#pragma once

#include <span>

#include <myrt/result.h>

#include "cgroup/plan.h"
#include "sys/proc.h"

namespace myrt::cgroup {

/// The layout that a mount table shows. A hierarchy that is mounted twice is listed once, where it
/// was mounted first.
Layout parse_layout(std::span<const sys::MountEntry> mounts);

/// The layout as the calling process sees it.
Result<Layout> detect_layout();

}  // namespace myrt::cgroup
