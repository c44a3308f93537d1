// `events`: what a container uses, and when it runs out of memory.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

#include <myrt/container.h>
#include <myrt/result.h>
#include <myrt/stats.h>

namespace myrt {

/// What the kernel counts for a container that is created, running or paused. Errors: ENOENT no
/// such container; ESRCH it has stopped. A container without cgroups has no statistics.
Result<Stats> stats(const Store& store, std::string_view id);

/// The event as a line of JSON with a newline, as `myrt events` prints it:
/// `{"type":"stats","id":"c1","data":{...}}`, in the form that runc's has.
std::string stats_event_json(std::string_view id, const Stats& stats);
/// `{"type":"oom","id":"c1"}` with a newline: the kernel has run out of memory for the container.
std::string oom_event_json(std::string_view id);

struct EventsOptions {
  std::chrono::nanoseconds interval = std::chrono::seconds(5);  // between statistics; more than 0
  int reader = -1;  // a descriptor: when nobody reads from its other end any more, it is over
};

/// Gives each event as a line of JSON to `take`, as it happens, until the container ends: then
/// success. An error of `take` is returned and ends it as well. The first statistics come after one
/// interval. Errors as stats().
Result<void> events(const Store& store, std::string_view id, const EventsOptions& options,
                    const std::function<Result<void>(std::string_view line)>& take);

}  // namespace myrt
