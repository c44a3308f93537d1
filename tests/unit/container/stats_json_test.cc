#include <gtest/gtest.h>

#include <myrt/events.h>

namespace myrt {
namespace {

TEST(StatsEvent, LeavesOutWhatRuncLeavesOut) {
  EXPECT_EQ(
      stats_event_json("c1", Stats{}),
      R"({"type":"stats","id":"c1","data":{"cpu":{"usage":{"kernel":0,"user":0},"throttling":{}},)"
      R"("cpuset":{"cpu_exclusive":0,"mem_hardwall":0,"mem_exclusive":0,"memory_migrate":0,)"
      R"("memory_spread_page":0,"memory_spread_slab":0,"memory_pressure":0,)"
      R"("sched_load_balance":0,"sched_relax_domain_level":0},)"
      R"("memory":{"usage":{"limit":0,"failcnt":0},"swap":{"limit":0,"failcnt":0},)"
      R"("kernel":{"limit":0,"failcnt":0},"kernelTCP":{"limit":0,"failcnt":0}},)"
      R"("pids":{},"blkio":{},"hugetlb":{},"intel_rdt":{},"network_interfaces":null}})"
      "\n");
}

TEST(StatsEvent, HasEachNumberInItsPlace) {
  const Pressure pressure{.some = {.avg10 = 22.83, .avg60 = 5.5, .avg300 = 1, .total = 7},
                          .full = PressureLine{.avg10 = 0, .avg60 = 0, .avg300 = 0, .total = 8}};
  const Stats stats{
      .cpu = {.total = 1,
              .kernel = 2,
              .user = 3,
              .percpu = {4, 5},
              .percpu_kernel = {6, 7},
              .percpu_user = {8, 9},
              .periods = 10,
              .throttled_periods = 11,
              .throttled_time = 12,
              .pressure = pressure},
      .cpuset = {.cpus = {0, 1}, .mems = {0}, .values = {{"sched_relax_domain_level", -1}}},
      .memory = {.cache = 13,
                 .usage = {.limit = kNoLimit, .usage = 14, .max = 15, .failures = 16},
                 .swap = {.limit = 17, .usage = 18, .max = 19, .failures = 20},
                 .kernel = {.limit = 21, .usage = 22, .max = 23, .failures = 24},
                 .kernel_tcp = {.limit = 25, .usage = 26, .max = 27, .failures = 28},
                 .raw = {{"anon", 29}, {"file", 30}},
                 .pressure = std::nullopt},
      .pids = {.current = 31, .limit = 32},
      .block_io = {.service_bytes = {{8, 0, "Read", 33}},
                   .serviced = {{8, 16, "Write", 0}},
                   .queued = {},
                   .service_time = {},
                   .wait_time = {},
                   .merged = {},
                   .time = {},
                   .sectors = {{8, 0, "", 34}},
                   .pressure = std::nullopt},
      .hugetlb = {{"2MB", {.limit = 0, .usage = 35, .max = 36, .failures = 37}}},
      .rdma = {.current = {{"mlx4_0", 38, 39}}, .limit = {{"mlx4_0", 40, 41}}}};

  EXPECT_EQ(stats_event_json("c1", stats),
            R"({"type":"stats","id":"c1","data":{"cpu":{"usage":{"total":1,"percpu":[4,5],)"
            R"("percpu_kernel":[6,7],"percpu_user":[8,9],"kernel":2,"user":3},)"
            R"("throttling":{"periods":10,"throttledPeriods":11,"throttledTime":12},)"
            R"("psi":{"some":{"avg10":22.83,"avg60":5.5,"avg300":1.0,"total":7},)"
            R"("full":{"avg10":0.0,"avg60":0.0,"avg300":0.0,"total":8}}},)"
            R"("cpuset":{"cpus":[0,1],"cpu_exclusive":0,"mems":[0],"mem_hardwall":0,)"
            R"("mem_exclusive":0,"memory_migrate":0,"memory_spread_page":0,"memory_spread_slab":0,)"
            R"("memory_pressure":0,"sched_load_balance":0,"sched_relax_domain_level":-1},)"
            R"("memory":{"cache":13,"usage":{"limit":18446744073709551615,"usage":14,"max":15,)"
            R"("failcnt":16},"swap":{"limit":17,"usage":18,"max":19,"failcnt":20},)"
            R"("kernel":{"limit":21,"usage":22,"max":23,"failcnt":24},)"
            R"("kernelTCP":{"limit":25,"usage":26,"max":27,"failcnt":28},)"
            R"("raw":{"anon":29,"file":30}},"pids":{"current":31,"limit":32},)"
            R"("blkio":{"ioServiceBytesRecursive":[{"major":8,"op":"Read","value":33}],)"
            R"("ioServicedRecursive":[{"major":8,"minor":16,"op":"Write"}],)"
            R"("sectorsRecursive":[{"major":8,"value":34}]},)"
            R"("hugetlb":{"2MB":{"usage":35,"max":36,"failcnt":37}},)"
            R"("rdma":{"current":[{"device":"mlx4_0","hca_handles":38,"hca_objects":39}],)"
            R"("limit":[{"device":"mlx4_0","hca_handles":40,"hca_objects":41}]},)"
            R"("intel_rdt":{},"network_interfaces":null}})"
            "\n");
}

TEST(OomEvent, HasTheContainersName) {
  EXPECT_EQ(oom_event_json("c1"), "{\"type\":\"oom\",\"id\":\"c1\"}\n");
}

}  // namespace
}  // namespace myrt
