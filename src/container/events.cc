// `events`: statistics at intervals, and out of memory as it happens.
#include <poll.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <ctime>

#include <myrt/events.h>

#include "cgroup/oom.h"
#include "cgroup/stats.h"
#include "container/lifecycle.h"
#include "container/process_id.h"
#include "container/store.h"
#include "sys/process.h"

namespace myrt {

namespace {

using Clock = std::chrono::steady_clock;
using TakeLine = std::function<Result<void>(std::string_view line)>;

/// The record of a container that can have events.
Result<container::Record> watchable(const Store& store, std::string_view id) {
  const container::Entry entry = MYRT_TRY(container::open_entry(store, id));
  container::Record record =
      MYRT_TRY(in("container " + entry.id, container::read_record(entry.directory.get())));
  MYRT_TRY(container::refuse_creating(record, "watch"));
  if (!container::is_alive(record.process)) {
    return std::unexpected(Error::sentence(ESRCH, "container not running"));
  }
  if (record.cgroups.empty()) {
    return std::unexpected(container::without_cgroups("no statistics of"));
  }
  return record;
}

/// A moment that far away; the longest intervals would be beyond what the clock can say.
Clock::time_point after(Clock::time_point now, std::chrono::nanoseconds interval) {
  constexpr std::chrono::hours kYears{20 * 365 * 24};
  return now + std::min<std::chrono::nanoseconds>(interval, kYears);
}

struct Awaited {
  int process;  // pidfd of the container process
  int memory;   // what tells of out of memory, or -1
  int reader;   // as in EventsOptions
};

/// Waits until something happens or `deadline` is there. False: there is nothing more to wait for.
Result<bool> wait_for_event(const Awaited& awaited, Clock::time_point deadline) {
  constexpr long kNanoseconds = 1'000'000'000;
  const long left = std::max<long>(0, (deadline - Clock::now()).count());
  const struct ::timespec timeout = {.tv_sec = left / kNanoseconds, .tv_nsec = left % kNanoseconds};
  // No events asked of the reader: its going is told in any case (poll(2)).
  std::array<struct ::pollfd, 3> wait = {{{.fd = awaited.process, .events = POLLIN, .revents = 0},
                                          {.fd = awaited.memory, .events = POLLIN, .revents = 0},
                                          {.fd = awaited.reader, .events = 0, .revents = 0}}};
  if (::ppoll(wait.data(), wait.size(), &timeout, nullptr) < 0 && errno != EINTR) {
    return std::unexpected(Error::from_errno({"wait for events"}));
  }
  return wait[0].revents == 0 && wait[2].revents == 0;
}

Result<void> tell_out_of_memory(const container::Record& record, cgroup::OutOfMemoryWatch& memory,
                                const TakeLine& take) {
  const std::uint64_t times = MYRT_TRY(memory.take());
  for (std::uint64_t i = 0; i < times; ++i) {
    MYRT_TRY(take(oom_event_json(record.id)));
  }
  return {};
}

}  // namespace

Result<Stats> stats(const Store& store, std::string_view id) {
  const container::Record record = MYRT_TRY(watchable(store, id));
  return cgroup::read_stats(record.cgroups);
}

Result<void> events(const Store& store, std::string_view id, const EventsOptions& options,
                    const TakeLine& take) {
  const container::Record record = MYRT_TRY(watchable(store, id));
  const sys::UniqueFd process = MYRT_TRY(container::open_process(record.process));
  cgroup::OutOfMemoryWatch memory = MYRT_TRY(cgroup::OutOfMemoryWatch::open(record.cgroups));
  const Awaited awaited{.process = process.get(), .memory = memory.fd(), .reader = options.reader};
  Clock::time_point next = after(Clock::now(), options.interval);
  for (;;) {
    const bool goes_on = MYRT_TRY(wait_for_event(awaited, next));
    // Also at the end, which may be what running out of memory has brought.
    MYRT_TRY(tell_out_of_memory(record, memory, take));
    if (!goes_on) {
      return {};
    }
    if (Clock::now() < next) {
      continue;
    }
    const Stats now = MYRT_TRY(cgroup::read_stats(record.cgroups));
    if (MYRT_TRY(sys::wait_pidfd(process.get(), 0))) {
      continue;  // ended meanwhile: these may be the numbers of cgroups that are half gone
    }
    MYRT_TRY(take(stats_event_json(record.id, now)));
    // Not from `next` on: for a slow reader they would pile up.
    next = after(Clock::now(), options.interval);
  }
}

}  // namespace myrt
