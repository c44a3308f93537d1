// What is put into namespaces: the clocks of a new time namespace.
#include "config/parse.h"

namespace myrt::config {

namespace {

TimeOffset parse_time_offset(const Value& in) {
  constexpr std::uint32_t kMaxNanoseconds = 999'999'999;  // of a struct timespec (timespec(3))
  if (!in.object()) {
    return {};
  }
  return {.seconds = in["secs"].integer<std::int64_t>().value_or(0),
          .nanoseconds = in["nanosecs"].integer<std::uint32_t>(0, kMaxNanoseconds).value_or(0)};
}

}  // namespace

TimeOffsets parse_time_offsets(const Value& in) {
  TimeOffsets offsets;
  for (const Value& value : in.members("an object of clocks")) {
    if (value.key() == "monotonic") {
      offsets.monotonic = parse_time_offset(value);
    } else if (value.key() == "boottime") {
      offsets.boottime = parse_time_offset(value);
    } else {
      value.fault("want a clock of time namespaces (boottime, monotonic) as key");
    }
  }
  return offsets;
}

}  // namespace myrt::config
