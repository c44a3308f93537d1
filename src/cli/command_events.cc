// `events`.
#include <unistd.h>

#include <cerrno>

#include <myrt/events.h>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/duration.h"
#include "cli/output.h"

namespace myrt::cli {

namespace {

Result<std::chrono::nanoseconds> parse_interval(const std::string& text) {
  const std::chrono::nanoseconds interval = MYRT_TRY(parse_duration(text));
  if (interval.count() <= 0) {
    return std::unexpected(Error("want more than 0, got " + base::quote(text)));
  }
  return interval;
}

Result<void> print_events(const Store& store, const EventsCommand& command,
                          std::chrono::nanoseconds interval) {
  if (command.once) {
    const Stats now = MYRT_TRY(stats(store, command.id));
    return print(stats_event_json(command.id, now));
  }
  return events(store, command.id, {.interval = interval, .reader = STDOUT_FILENO}, &print);
}

}  // namespace

Result<int> execute(const Globals& globals, const EventsCommand& command) {
  const Store store = MYRT_TRY(store_of(globals));
  const std::chrono::nanoseconds interval =
      MYRT_TRY(in("--interval", parse_interval(command.interval)));
  Result<void> printed = print_events(store, command, interval);
  // A reader that has seen enough goes away.
  if (!printed.has_value() && printed.error().code() != EPIPE) {
    return std::unexpected(std::move(printed).error());
  }
  return 0;
}

}  // namespace myrt::cli
