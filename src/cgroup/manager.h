// Cgroups as directories, through the cgroup file systems alone (cgroupfs): making, entering,
// freezing, emptying, removing. Runs in the runtime's process; only join() runs in the container
// process.
//
// What is made from a CgroupPlan is taken away by the list of directories alone, which the intent
// record holds before the first of them exists: whoever finds that record, at any time, can clean
// up.
#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <myrt/result.h>

#include "cgroup/plan.h"
#include "sys/unique_fd.h"

namespace myrt::cgroup {

/// What create() would make and remove() has to remove, as absolute paths: the container's own
/// directory in each hierarchy, each followed by those of its parents, the deepest first, that the
/// runtime makes or has made for another container. Whatever is above another directory of the list
/// is such a parent; all functions below keep their hands off its processes. A directory that
/// create() would refuse is somebody else's and left out.
std::vector<std::string> directories(const CgroupPlan& plan);

/// Makes the directories, applies limits and device rules, and hands a v2 directory to the plan's
/// owner. A directory that exists is used when it has no processes (EBUSY), is not frozen (EBUSY),
/// and no other creation is at it (EBUSY). After a failure nothing that was made remains.
///
/// Returns the v2 directory, or that of the first hierarchy where there is none. As long as the
/// descriptor or a copy of it is open, other creations keep out: it has to be until the process is
/// inside. Not open for a plan without directories.
Result<sys::UniqueFd> create(const CgroupPlan& plan);

/// EBUSY: one of the directories has processes, or is frozen. Those that are absent are fine.
Result<void> check_unused(const CgroupPlan& plan);

/// The rest of create() for a plan with a unit, in whose scope systemd has put the process `pid`:
/// limits, device rules and owner, and the hierarchies that systemd does not know, which the
/// process is moved into.
Result<void> adopt(const CgroupPlan& plan, pid_t pid);

/// v1: the `tasks` file of each directory, opened for the container process, which calls join().
/// v2: `cgroup.procs` where the process cannot start inside.
Result<std::vector<sys::UniqueFd>> open_tasks(const CgroupPlan& plan);
/// Moves the calling process, which must have one thread, into the cgroups. `tasks` are those of
/// open_tasks(plan).
Result<void> join(std::span<const sys::UniqueFd> tasks, const CgroupPlan& plan);

/// Whether the directory that create() returned is one for clone3(2) with CLONE_INTO_CGROUP: of v2,
/// alone or beside v1, and with room for a process.
bool starts_inside(const CgroupPlan& plan);

/// Where a further process of a container enters its cgroups.
struct Entrance {
  std::vector<sys::UniqueFd> tasks;  // v1: the calling process writes 0 to each
  sys::UniqueFd directory;           // v2, alone or beside v1: for clone3(2) with CLONE_INTO_CGROUP
};
/// A cgroup below the container's, for `exec --cgroup`.
struct SubCgroup {
  std::vector<std::string> controllers;  // v1: the hierarchies meant; empty: all
  std::string path;                      // clean, relative; empty: the container's own
  friend bool operator==(const SubCgroup&, const SubCgroup&) = default;
};
/// Parses "[CONTROLLER[,CONTROLLER...]:]PATH". The path stays below the container's cgroup.
Result<SubCgroup> parse_sub_cgroup(std::string_view text);

/// The doors of the container's own cgroups, or of the sub-cgroups asked for, which must exist.
/// `directories` as in the record; none: the container has no cgroups. ENOENT: it has lost them.
Result<Entrance> open_entrance(std::span<const std::string> directories,
                               std::span<const SubCgroup> below);

/// v2: the cgroup of the container process itself, `pid`, which is below the container's. For a
/// container whose process has moved on and enabled controllers for what is below it: its own
/// cgroup takes no processes then (cgroups(7), "no internal processes").
Result<Entrance> open_entrance_of(std::span<const std::string> directories, pid_t pid);

/// All processes in the directories and below, each once. Directories that are gone have none.
Result<std::vector<pid_t>> processes(std::span<const std::string> directories);

/// Sends a signal to each process that is in the directories and below at the moment. Those that
/// are born meanwhile may not get it.
Result<void> signal_all(std::span<const std::string> directories, int signal);

/// Kills all processes in the directories and below, and waits until they are gone, thawing what is
/// frozen. EBUSY: some are left after 10 s.
Result<void> kill_all(std::span<const std::string> directories);

/// Freezes all processes in the directories and below; returns when they are frozen. EBUSY: not
/// after 10 s; they are thawed then. ENOENT: there is no freezer.
Result<void> freeze(std::span<const std::string> directories);
/// Lets them go on; what the container itself has frozen below stays so. ENOENT: there is no
/// freezer. EBUSY: they stand still all the same, since a cgroup above is frozen (v1).
Result<void> resume(std::span<const std::string> directories);
/// Thaws the directories and all below them, so that a signal is acted on. ENOENT: there is no
/// freezer.
Result<void> thaw(std::span<const std::string> directories);
/// Whether freeze() was asked for last. False where there is no freezer.
Result<bool> is_frozen(std::span<const std::string> directories);

/// Removes the directories with all cgroups below them; what is left in them is killed. Those that
/// are gone are fine, as are parents that have come into use by others. EBUSY: still in use after
/// 10 s. ENOTDIR: not a cgroup.
Result<void> remove(std::span<const std::string> directories);

}  // namespace myrt::cgroup
