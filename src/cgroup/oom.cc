#include "cgroup/oom.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "base/text.h"
#include "cgroup/stats_text.h"
#include "cgroup/tree.h"
#include "sys/file.h"

namespace myrt::cgroup {

namespace {

constexpr const char* kEventsV1 = "memory.oom_control";
constexpr const char* kEventsV2 = "memory.events";

const char* events_file(const OpenCgroup& memory) { return memory.v2 ? kEventsV2 : kEventsV1; }

/// The container's cgroup that has memory as its controller.
struct MemoryCgroup {
  std::string path;
  OpenCgroup cgroup;
};

/// Nothing when the container has none, or none any more. Of a hybrid layout, whichever side has
/// the controller has the file.
Result<std::optional<MemoryCgroup>> find_memory(std::span<const std::string> directories) {
  for (std::string& path : split_record(directories).own) {
    for (const char* file : {kEventsV1, kEventsV2}) {
      if (::access(base::concat({path, "/", file}).c_str(), F_OK) != 0) {
        continue;
      }
      Result<OpenCgroup> cgroup = open_cgroup(path);
      if (cgroup.has_value()) {
        return MemoryCgroup{.path = std::move(path), .cgroup = *std::move(cgroup)};
      }
      if (!is_gone(cgroup.error())) {
        return std::unexpected(std::move(cgroup).error());
      }
    }
  }
  return std::nullopt;
}

/// The text of a file; empty when the cgroup is gone.
Result<std::string> text_left(int cgroup, const char* file) {
  Result<std::string> text = sys::read_value(cgroup, file);
  return !text.has_value() && is_gone(text.error()) ? Result<std::string>("") : text;
}

bool is_removed(const OpenCgroup& memory) {
  return ::faccessat(memory.fd.get(), events_file(memory), F_OK, 0) != 0;
}

Result<std::uint64_t> killed_in(const OpenCgroup& memory) {
  std::uint64_t killed = 0;
  const auto add = [&](int cgroup) -> Result<void> {
    killed += parse_oom_kills(MYRT_TRY(text_left(cgroup, events_file(memory))));
    return {};
  };
  if (memory.v2) {
    MYRT_TRY(add(memory.fd.get()));
  } else {
    MYRT_TRY(walk(memory.fd.get(), {.enter = add, .leave = {}}));
  }
  return killed;
}

/// A kill is counted whoever was short of memory, an ancestor or the host as well. v2 also counts
/// which limit was in the way. v1 does not (memory.failcnt stays 0 on newer kernels): there the
/// limit was if the highest use ever came up to it, within what the kernel charges at once.
Result<bool> is_at_limit(const OpenCgroup& memory, std::optional<std::uint64_t> limit) {
  constexpr std::uint64_t kChargedAtOnce = std::uint64_t{64} * 4096;  // MEMCG_CHARGE_BATCH, pages
  const int cgroup = memory.fd.get();
  if (memory.v2) {
    return parse_at_limit(MYRT_TRY(text_left(cgroup, "memory.events.local")));
  }
  const std::string highest = MYRT_TRY(text_left(cgroup, "memory.max_usage_in_bytes"));
  return limit.has_value() && parse_count(highest) + kChargedAtOnce >= *limit;
}

/// Documentation/admin-guide/cgroup-v1/memory.rst, "OOM Control". Kernels for real time have no
/// such events, the newer ones the file for them alone: then there is no descriptor.
Result<sys::UniqueFd> bell_v1(const OpenCgroup& memory) {
  sys::UniqueFd bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!bell.is_open()) {
    return std::unexpected(Error::from_errno({"eventfd"}));
  }
  const sys::UniqueFd file = MYRT_TRY(sys::open_at(memory.fd.get(), kEventsV1, O_RDONLY));
  const std::string request = std::to_string(bell.get()) + " " + std::to_string(file.get());
  Result<void> asked = sys::write_value(memory.fd.get(), "cgroup.event_control", request);
  if (!asked.has_value() &&
      (asked.error().code() == ENOENT || asked.error().code() == EOPNOTSUPP)) {
    return sys::UniqueFd();
  }
  MYRT_TRY(std::move(asked));
  return bell;
}

Result<sys::UniqueFd> bell_v2(const std::string& path) {
  sys::UniqueFd bell(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
  if (!bell.is_open()) {
    return std::unexpected(Error::from_errno({"inotify_init"}));
  }
  const std::string file = path + "/" + kEventsV2;
  if (::inotify_add_watch(bell.get(), file.c_str(), IN_MODIFY) < 0) {
    return std::unexpected(Error::from_errno({"watch ", file}));
  }
  return bell;
}

}  // namespace

std::uint64_t parse_oom_kills(std::string_view text) {
  const auto counts = parse_counts(text);
  const auto kills = counts.find("oom_kill");
  return kills == counts.end() ? 0 : kills->second;
}

std::optional<std::uint64_t> parse_memory_limit(std::string_view text) {
  // No limit is "max" on v2. On v1 it is the largest number of bytes in whole pages, whose size
  // depends on the machine.
  constexpr std::uint64_t kNoLimitFrom = std::uint64_t{1} << 62U;
  const std::uint64_t limit = parse_count(text);
  return text.empty() || limit >= kNoLimitFrom ? std::nullopt : std::optional(limit);
}

bool parse_at_limit(std::string_view text) {
  const auto counts = parse_counts(text);
  const auto times = counts.find("oom");
  return times != counts.end() && times->second > 0;
}

std::string out_of_memory_text(const OutOfMemory& out_of_memory) {
  const std::string told =
      base::concat({"out of memory: the kernel has killed ", std::to_string(out_of_memory.killed),
                    out_of_memory.killed == 1 ? " process" : " processes", " of the container, "});
  if (!out_of_memory.at_limit || !out_of_memory.limit.has_value()) {
    return told + "beyond a limit that is not its own";
  }
  return base::concat({told, "whose memory limit is ", std::to_string(*out_of_memory.limit),
                       " bytes (", out_of_memory.limit_file, ")"});
}

Result<OutOfMemory> out_of_memory(std::span<const std::string> directories) {
  const std::optional<MemoryCgroup> memory = MYRT_TRY(find_memory(directories));
  if (!memory.has_value()) {
    return OutOfMemory{};
  }
  const char* limit_file = memory->cgroup.v2 ? "memory.max" : "memory.limit_in_bytes";
  const std::uint64_t killed = MYRT_TRY(killed_in(memory->cgroup));
  const std::optional<std::uint64_t> limit =
      parse_memory_limit(MYRT_TRY(text_left(memory->cgroup.fd.get(), limit_file)));
  return OutOfMemory{.killed = killed,
                     .limit = limit,
                     .limit_file = limit_file,
                     .at_limit = MYRT_TRY(is_at_limit(memory->cgroup, limit))};
}

Result<OutOfMemoryWatch> OutOfMemoryWatch::open(std::span<const std::string> directories) {
  OutOfMemoryWatch watch;
  std::optional<MemoryCgroup> memory = MYRT_TRY(find_memory(directories));
  if (memory.has_value()) {
    watch.memory_ = std::move(memory->cgroup);
    watch.fd_ = MYRT_TRY(watch.memory_.v2 ? bell_v2(memory->path) : bell_v1(watch.memory_));
    watch.killed_ = MYRT_TRY(killed_in(watch.memory_));
  }
  return watch;
}

bool OutOfMemoryWatch::was_rung() const {
  constexpr std::size_t kSomeEvents = 4096;
  std::array<char, kSomeEvents> ignored{};
  bool rung = false;
  while (fd_.is_open() && ::read(fd_.get(), ignored.data(), ignored.size()) > 0) {
    rung = true;
  }
  return rung;
}

Result<std::uint64_t> OutOfMemoryWatch::take() {
  const bool rung = was_rung();
  if (!memory_.fd.is_open() || is_removed(memory_)) {
    return 0;  // v1 rings as well when the cgroup is removed
  }
  const std::uint64_t killed = MYRT_TRY(killed_in(memory_));
  // It shrinks when a cgroup below is removed.
  const std::uint64_t more = killed > killed_ ? killed - killed_ : 0;
  killed_ = killed;
  if (memory_.v2) {
    return more;
  }
  // v1 rings first and kills then, if it may: a ring is an event, and the kill that follows no
  // other one.
  expected_ += rung ? 1 : 0;
  const std::uint64_t told = std::min(more, expected_);
  expected_ -= told;
  return (rung ? 1 : 0) + more - told;
}

}  // namespace myrt::cgroup
