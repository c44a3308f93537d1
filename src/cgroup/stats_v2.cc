#include "base/text.h"
#include "cgroup/stats.h"
#include "cgroup/stats_parts.h"
#include "cgroup/stats_text.h"

namespace myrt::cgroup {

namespace {

CpuStats cpu_stats(const Files& files) {
  constexpr std::uint64_t kMicrosecond = 1000;  // nanoseconds
  const auto counts = parse_counts(text_of(files, "cpu.stat"));
  const auto nanoseconds = [&](const char* name) { return count_in(counts, name) * kMicrosecond; };
  return {.total = nanoseconds("usage_usec"),
          .kernel = nanoseconds("system_usec"),
          .user = nanoseconds("user_usec"),
          .percpu = {},
          .percpu_kernel = {},
          .percpu_user = {},
          .periods = count_in(counts, "nr_periods"),
          .throttled_periods = count_in(counts, "nr_throttled"),
          .throttled_time = nanoseconds("throttled_usec"),
          .pressure = parse_pressure(text_of(files, "cpu.pressure"))};
}

MemoryStats memory_stats(const Files& files) {
  const auto count = [&](std::string_view file) { return parse_count(text_of(files, file)); };
  MemoryStats stats;
  stats.raw = parse_counts(text_of(files, "memory.stat"));
  stats.cache = count_in(stats.raw, "file");
  stats.usage = {.limit = count("memory.max"),
                 .usage = count("memory.current"),
                 .max = count("memory.peak"),
                 .failures = 0};
  // There is no peak of both together: those of each were not reached at the same time.
  const std::uint64_t swap_limit = count("memory.swap.max");
  const bool limited = swap_limit != kNoLimit && stats.usage.limit != kNoLimit;
  stats.swap = {.limit = limited ? stats.usage.limit + swap_limit : kNoLimit,
                .usage = stats.usage.usage + count("memory.swap.current"),
                .max = 0,
                .failures = 0};
  stats.pressure = parse_pressure(text_of(files, "memory.pressure"));
  return stats;
}

BlockIoStats block_io_stats(const Files& files) {
  const std::string_view text = text_of(files, "io.stat");
  BlockIoStats stats;
  stats.service_bytes = parse_io_stat(text, "rbytes", "wbytes");
  stats.serviced = parse_io_stat(text, "rios", "wios");
  stats.pressure = parse_pressure(text_of(files, "io.pressure"));
  return stats;
}

}  // namespace

Stats stats_v2(const Files& files) {
  Stats stats{.cpu = cpu_stats(files),
              .cpuset = {},
              .memory = memory_stats(files),
              .pids = pids_stats(files),
              .block_io = block_io_stats(files),
              .hugetlb = {},
              .rdma = rdma_stats(files)};
  for (const std::string& size : hugepage_sizes(files, ".current")) {
    const std::string name = base::concat({"hugetlb.", size});
    const auto events = parse_counts(text_of(files, name + ".events"));
    stats.hugetlb.emplace(size, MemoryUse{.limit = 0,
                                          .usage = parse_count(text_of(files, name + ".current")),
                                          .max = 0,
                                          .failures = count_in(events, "max")});
  }
  return stats;
}

}  // namespace myrt::cgroup
