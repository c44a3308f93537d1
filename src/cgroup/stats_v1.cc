#include <string_view>

#include "base/text.h"
#include "cgroup/stats.h"
#include "cgroup/stats_parts.h"
#include "cgroup/stats_text.h"

namespace myrt::cgroup {

namespace {

/// A clock tick of cpuacct.stat: the kernel's USER_HZ is 100 on every architecture of myrt.
constexpr std::uint64_t kTick = 10'000'000;  // nanoseconds

CpuStats cpu_stats(const Files& files) {
  const auto times = parse_counts(text_of(files, "cpuacct.stat"));
  const auto quota = parse_counts(text_of(files, "cpu.stat"));
  const std::string_view all = text_of(files, "cpuacct.usage_all");
  return {.total = parse_count(text_of(files, "cpuacct.usage")),
          .kernel = count_in(times, "system") * kTick,
          .user = count_in(times, "user") * kTick,
          .percpu = parse_row(text_of(files, "cpuacct.usage_percpu")),
          .percpu_kernel = parse_column(all, 2),
          .percpu_user = parse_column(all, 1),
          .periods = count_in(quota, "nr_periods"),
          .throttled_periods = count_in(quota, "nr_throttled"),
          .throttled_time = count_in(quota, "throttled_time"),
          .pressure = parse_pressure(text_of(files, "cpu.pressure"))};
}

CpusetStats cpuset_stats(const Files& files) {
  CpusetStats stats{.cpus = parse_ranges(text_of(files, "cpuset.cpus")),
                    .mems = parse_ranges(text_of(files, "cpuset.mems")),
                    .values = {}};
  for (const std::string_view name : kCpusetValues) {
    const std::string_view text = text_of(files, base::concat({"cpuset.", name}));
    if (const auto value = base::parse_integer<std::int64_t>(text.substr(0, text.find('\n')))) {
      stats.values.emplace(name, *value);
    }
  }
  return stats;
}

/// `name` is "memory" or "memory.kmem"; the files' names begin so.
MemoryUse memory_use(const Files& files, std::string_view name) {
  const auto count = [&](std::string_view file) {
    return parse_count(text_of(files, base::concat({name, file})));
  };
  return {.limit = count(".limit_in_bytes"),
          .usage = count(".usage_in_bytes"),
          .max = count(".max_usage_in_bytes"),
          .failures = count(".failcnt")};
}

MemoryStats memory_stats(const Files& files) {
  MemoryStats stats;
  stats.raw = parse_counts(text_of(files, "memory.stat"));
  stats.cache = count_in(stats.raw, "cache");
  stats.usage = memory_use(files, "memory");
  stats.swap = memory_use(files, "memory.memsw");
  stats.kernel = memory_use(files, "memory.kmem");
  stats.kernel_tcp = memory_use(files, "memory.kmem.tcp");
  stats.pressure = parse_pressure(text_of(files, "memory.pressure"));
  return stats;
}

/// The counters of the scheduler that has any. Those of throttling count all devices, whatever
/// their scheduler is.
BlockIoStats block_io_stats(const Files& files) {
  BlockIoStats stats;
  for (const std::string_view source : {"blkio.bfq.", "blkio.", "blkio.throttle."}) {
    const auto entries = [&](std::string_view file) {
      return parse_block_io(text_of(files, base::concat({source, file, "_recursive"})));
    };
    stats = {.service_bytes = entries("io_service_bytes"),
             .serviced = entries("io_serviced"),
             .queued = entries("io_queued"),
             .service_time = entries("io_service_time"),
             .wait_time = entries("io_wait_time"),
             .merged = entries("io_merged"),
             .time = entries("time"),
             .sectors = entries("sectors"),
             .pressure = parse_pressure(text_of(files, "io.pressure"))};
    if (!stats.serviced.empty()) {
      break;
    }
  }
  return stats;
}

}  // namespace

Stats stats_v1(const Files& files) {
  Stats stats{.cpu = cpu_stats(files),
              .cpuset = cpuset_stats(files),
              .memory = memory_stats(files),
              .pids = pids_stats(files),
              .block_io = block_io_stats(files),
              .hugetlb = {},
              .rdma = rdma_stats(files)};
  for (const std::string& size : hugepage_sizes(files, ".usage_in_bytes")) {
    stats.hugetlb.emplace(size, memory_use(files, "hugetlb." + size));
  }
  return stats;
}

}  // namespace myrt::cgroup
