// `linux.intelRdt` (config-linux.md "IntelRdt") as steps in the resctrl file system (Linux,
// Documentation/filesystems/resctrl.rst). Pure: what is there already is an argument.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <myrt/result.h>
#include <myrt/spec.h>

namespace myrt::plan {

/// The resource control group of a container, and what its `schemata` is to say.
struct ResctrlPlan {
  std::string group;         // name below the mount point; empty: the default group
  bool group_given = false;  // by closID: others may have made it, and may share it
  // Values for the file, in the order to write them: l3CacheSchema and memBwSchema as one, then
  // schemata. Each line ends with a newline.
  std::vector<std::string> schemata;
  std::string monitoring;  // name of the container's monitoring group in it; empty: none
  friend bool operator==(const ResctrlPlan&, const ResctrlPlan&) = default;
};
/// Errors: the container's id is no name for a group.
Result<std::optional<ResctrlPlan>> resctrl_plan(const std::optional<IntelRdt>& rdt,
                                                std::string_view id);

/// Both as one value for `schemata`; either may be empty. With `mem_bw` lines of `l3_cache` that
/// begin with "MB:" are left out.
std::string combined_schema(std::string_view l3_cache, std::string_view mem_bw);

/// What there is of a container's groups before it is created.
struct ResctrlState {
  bool group_exists = false;
  std::string schemata;  // what the group's file says
  bool monitoring_exists = false;
};

struct ResctrlStep {
  enum class Kind { kMakeDirectory, kWrite };
  Kind kind = Kind::kMakeDirectory;
  std::string path;   // below the mount point
  std::string value;  // kWrite
  friend bool operator==(const ResctrlStep&, const ResctrlStep&) = default;
};

/// What is left to do. Errors begin with the pointer of a field: a group that is there has other
/// schemata (it may be another container's); EEXIST: a group of the container's own is there;
/// ENOENT: closID names a group that is not there, and says nothing about its schemata.
Result<std::vector<ResctrlStep>> resctrl_steps(const ResctrlPlan& plan, const ResctrlState& state);

/// The `tasks` files below the mount point that a process of the container is written to, in order.
std::vector<std::string> resctrl_tasks(const ResctrlPlan& plan);

/// Paths below the mount point: of a file of the group, and of its monitoring group.
std::string resctrl_file(const ResctrlPlan& plan, std::string_view name);
std::string resctrl_monitoring_group(const ResctrlPlan& plan);

/// Whether `schemata`, as the kernel shows it, says what the lines of `wanted` ask for: domains
/// that they do not name may have any value.
bool schemata_agree(std::string_view wanted, std::string_view schemata);

}  // namespace myrt::plan
