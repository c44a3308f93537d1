// Device rules that tests share.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include <myrt/spec_resources.h>

namespace myrt::cgroup {

/// A rule as config.json says it; -1 is an absent number.
inline DeviceRule rule(bool allow, char type, std::int64_t major, std::int64_t minor,
                       std::string_view access) {
  DeviceRule made{.allow = allow, .type = type, .major = {}, .minor = {}};
  if (major >= 0) {
    made.major = major;
  }
  if (minor >= 0) {
    made.minor = minor;
  }
  made.read = access.find('r') != std::string_view::npos;
  made.write = access.find('w') != std::string_view::npos;
  made.mknod = access.find('m') != std::string_view::npos;
  return made;
}

}  // namespace myrt::cgroup
