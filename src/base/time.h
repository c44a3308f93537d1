// Points in time as text.
#pragma once

#include <cstdint>
#include <string>

namespace myrt::base {

/// RFC 3339 in UTC: "2026-11-22T10:13:10Z", with `digits` (0 to 9) decimals of the second. Not by
/// gmtime(3), which reads the time zone's file first.
std::string rfc3339(std::int64_t seconds, std::int64_t nanoseconds, int digits);

/// The present moment so.
std::string now_rfc3339(int digits);

}  // namespace myrt::base
