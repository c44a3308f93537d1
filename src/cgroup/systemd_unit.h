// Where systemd puts a container: `linux.cgroupsPath` in the form "slice:prefix:name" to a scope,
// its slice and its cgroup (systemd.unit(5), systemd.slice(5)). Pure.
#pragma once

#include <string>
#include <string_view>

#include <myrt/result.h>

namespace myrt::cgroup {

struct UnitPlace {
  std::string name;   // "libpod-c1.scope"
  std::string slice;  // "machine-pods.slice"
  std::string path;   // below the cgroup of the service manager:
                      // "/machine.slice/machine-pods.slice/libpod-c1.scope"
  friend bool operator==(const UnitPlace&, const UnitPlace&) = default;
};

/// The place for the container `id`. Without a path it is "myrt-ID.scope"; without a slice that is
/// system.slice, and user.slice under the service manager of a user. Errors: another form, names
/// that no unit can have.
Result<UnitPlace> unit_place(std::string_view cgroups_path, std::string_view id, bool user_manager);

/// "a-b.slice" to "/a.slice/a-b.slice", "-.slice" to "".
Result<std::string> slice_path(std::string_view slice);

/// The name of the directory of a unit: systemd puts an underscore before what would look like a
/// file of the kernel's.
std::string cgroup_name(std::string_view unit);

}  // namespace myrt::cgroup
