// Durations as Go's programs take them on their command lines (time.ParseDuration). Pure.
#pragma once

#include <chrono>
#include <string_view>

#include <myrt/result.h>

namespace myrt::cli {

/// Numbers with units, one after the other: "5s", "1m30s", "1.5h", "-250ms", "100us"; "0" needs no
/// unit. Units: ns, us (or with a micro sign), ms, s, m, h. At most 292 years either way. What is
/// less than a nanosecond is cut off.
Result<std::chrono::nanoseconds> parse_duration(std::string_view text);

}  // namespace myrt::cli
