#include "cgroup/stats.h"

#include <unistd.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "temporary_directory.h"

namespace myrt::cgroup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;

/// From a container on Linux 6.18 with 16 MiB of memory and half of a processor.
Files files_v1() {
  return {{"cpu.stat", "nr_periods 12\nnr_throttled 3\nthrottled_time 150000000\nnr_bursts 0\n"},
          {"cpuacct.usage", "11617049\n"},
          {"cpuacct.usage_percpu", "8303606 3313443 \n"},
          {"cpuacct.usage_all", "cpu user system\n0 5 8000000\n1 6 4000000\n"},
          {"cpuacct.stat", "user 2\nsystem 31\n"},
          {"cpuset.cpus", "0-1\n"},
          {"cpuset.mems", "0\n"},
          {"cpuset.sched_load_balance", "1\n"},
          {"cpuset.sched_relax_domain_level", "-1\n"},
          {"memory.stat", "cache 1982464\nrss 57344\nhierarchical_memory_limit 16777216\n"},
          {"memory.limit_in_bytes", "16777216\n"},
          {"memory.usage_in_bytes", "2342912\n"},
          {"memory.max_usage_in_bytes", "2351104\n"},
          {"memory.failcnt", "4\n"},
          {"memory.memsw.limit_in_bytes", "9223372036854771712\n"},
          {"memory.memsw.usage_in_bytes", "2342913\n"},
          {"memory.memsw.max_usage_in_bytes", "2351105\n"},
          {"memory.memsw.failcnt", "0\n"},
          {"memory.kmem.limit_in_bytes", "9223372036854771712\n"},
          {"memory.kmem.usage_in_bytes", "139264\n"},
          {"memory.kmem.max_usage_in_bytes", "139265\n"},
          {"memory.kmem.failcnt", "1\n"},
          {"memory.kmem.tcp.limit_in_bytes", "9223372036854771712\n"},
          {"memory.kmem.tcp.usage_in_bytes", "7\n"},
          {"memory.kmem.tcp.max_usage_in_bytes", "8\n"},
          {"memory.kmem.tcp.failcnt", "2\n"},
          {"pids.current", "1\n"},
          {"pids.max", "20\n"},
          {"blkio.bfq.io_serviced_recursive", "Total 0\n"},
          {"blkio.throttle.io_serviced_recursive", "254:0 Read 4\n254:0 Write 0\nTotal 4\n"},
          {"blkio.throttle.io_service_bytes_recursive", "254:0 Read 1982464\nTotal 1982464\n"},
          {"hugetlb.2MB.usage_in_bytes", "4194304\n"},
          {"hugetlb.2MB.max_usage_in_bytes", "6291456\n"},
          {"hugetlb.2MB.failcnt", "5\n"},
          {"hugetlb.2MB.rsvd.usage_in_bytes", "8388608\n"},
          {"rdma.current", "mlx4_0 hca_handle=1 hca_object=20\n"},
          {"rdma.max", "mlx4_0 hca_handle=2 hca_object=max\n"}};
}

/// From a cgroup on Linux 6.1 with the same limits.
Files files_v2() {
  return {{"cpu.stat",
           "usage_usec 4013976\nuser_usec 18266\nsystem_usec 3995710\nnr_periods 81\n"
           "nr_throttled 80\nthrottled_usec 3923974\nnr_bursts 0\nburst_usec 0\n"},
          {"cpu.pressure", "some avg10=22.83 avg60=5.32 avg300=1.16 total=3514085\n"},
          {"memory.stat", "anon 0\nfile 3145728\nkernel 36864\n"},
          {"memory.current", "3317760\n"},
          {"memory.max", "16777216\n"},
          {"memory.peak", "16777217\n"},
          {"memory.swap.current", "4096\n"},
          {"memory.swap.max", "8388608\n"},
          {"memory.pressure", "some avg10=15.72 avg60=3.29 avg300=0.70 total=2107249\n"},
          {"pids.current", "3\n"},
          {"pids.max", "max\n"},
          {"io.stat", "1:0 rbytes=0 wbytes=14680064 rios=0 wios=7 dbytes=0 dios=0\n"},
          {"io.pressure", "some avg10=1.00 avg60=0.00 avg300=0.00 total=9\n"},
          {"hugetlb.2MB.current", "2097152\n"},
          {"hugetlb.2MB.events", "max 6\n"},
          {"hugetlb.2MB.rsvd.current", "4194304\n"},
          {"rdma.current", ""},
          {"rdma.max", ""}};
}

TEST(StatsV1, HaveProcessorTimeInNanoseconds) {
  const CpuStats expected{.total = 11617049,
                          .kernel = 310000000,  // 31 ticks of 10 ms
                          .user = 20000000,
                          .percpu = {8303606, 3313443},
                          .percpu_kernel = {8000000, 4000000},
                          .percpu_user = {5, 6},
                          .periods = 12,
                          .throttled_periods = 3,
                          .throttled_time = 150000000,
                          .pressure = std::nullopt};

  EXPECT_EQ(stats_v1(files_v1()).cpu, expected);
}

TEST(StatsV1, HaveTheCpuset) {
  const CpusetStats cpuset = stats_v1(files_v1()).cpuset;

  EXPECT_THAT(cpuset.cpus, ElementsAre(0, 1));
  EXPECT_THAT(cpuset.mems, ElementsAre(0));
  EXPECT_THAT(cpuset.values,
              ElementsAre(Pair("sched_load_balance", 1), Pair("sched_relax_domain_level", -1)));
}

TEST(StatsV1, HaveMemoryOfEachKind) {
  const MemoryStats memory = stats_v1(files_v1()).memory;

  EXPECT_EQ(memory.cache, 1982464U);
  EXPECT_EQ(memory.usage, (MemoryUse{16777216, 2342912, 2351104, 4}));
  EXPECT_EQ(memory.swap, (MemoryUse{9223372036854771712U, 2342913, 2351105, 0}));
  EXPECT_EQ(memory.kernel, (MemoryUse{9223372036854771712U, 139264, 139265, 1}));
  EXPECT_EQ(memory.kernel_tcp, (MemoryUse{9223372036854771712U, 7, 8, 2}));
  EXPECT_THAT(memory.raw,
              ElementsAre(Pair("cache", 1982464), Pair("hierarchical_memory_limit", 16777216),
                          Pair("rss", 57344)));
}

TEST(StatsV1, HavePidsHugepagesAndRdma) {
  const Stats stats = stats_v1(files_v1());

  EXPECT_EQ(stats.pids, (PidsStats{.current = 1, .limit = 20}));
  EXPECT_THAT(stats.hugetlb, ElementsAre(Pair("2MB", MemoryUse{0, 4194304, 6291456, 5})));
  EXPECT_THAT(stats.rdma.current, ElementsAre(RdmaEntry{"mlx4_0", 1, 20}));
  EXPECT_THAT(stats.rdma.limit, ElementsAre(RdmaEntry{"mlx4_0", 2, kNoLimit}));
}

TEST(StatsV1, CountBlockIoByThrottlingWhenNoSchedulerCounts) {
  const BlockIoStats block_io = stats_v1(files_v1()).block_io;

  EXPECT_THAT(block_io.serviced,
              ElementsAre(BlockIoEntry{254, 0, "Read", 4}, BlockIoEntry{254, 0, "Write", 0}));
  EXPECT_THAT(block_io.service_bytes, ElementsAre(BlockIoEntry{254, 0, "Read", 1982464}));
}

TEST(StatsV1, CountBlockIoByTheSchedulerThatDoes) {
  Files files = files_v1();
  files["blkio.io_serviced_recursive"] = "8:0 Read 9\nTotal 9\n";
  files["blkio.io_queued_recursive"] = "8:0 Read 1\nTotal 1\n";
  files["blkio.time_recursive"] = "8:0 17\n";
  files["blkio.sectors_recursive"] = "8:0 6792\n";

  const BlockIoStats block_io = stats_v1(files).block_io;

  EXPECT_THAT(block_io.serviced, ElementsAre(BlockIoEntry{8, 0, "Read", 9}));
  EXPECT_THAT(block_io.queued, ElementsAre(BlockIoEntry{8, 0, "Read", 1}));
  EXPECT_THAT(block_io.time, ElementsAre(BlockIoEntry{8, 0, "", 17}));
  EXPECT_THAT(block_io.sectors, ElementsAre(BlockIoEntry{8, 0, "", 6792}));
  EXPECT_THAT(block_io.service_bytes, IsEmpty());
}

TEST(StatsV1, HaveThePressureOfAHierarchyBesideThem) {
  Files files = files_v1();
  files["memory.pressure"] = "some avg10=1.50 avg60=0.00 avg300=0.00 total=8\n";

  EXPECT_EQ(stats_v1(files).memory.pressure.value().some,
            (PressureLine{.avg10 = 1.5, .avg60 = 0, .avg300 = 0, .total = 8}));
}

TEST(StatsV2, HaveProcessorTimeInNanoseconds) {
  const CpuStats expected{
      .total = 4013976000,
      .kernel = 3995710000,
      .user = 18266000,
      .percpu = {},
      .percpu_kernel = {},
      .percpu_user = {},
      .periods = 81,
      .throttled_periods = 80,
      .throttled_time = 3923974000,
      .pressure =
          Pressure{.some = {.avg10 = 22.83, .avg60 = 5.32, .avg300 = 1.16, .total = 3514085},
                   .full = std::nullopt}};

  EXPECT_EQ(stats_v2(files_v2()).cpu, expected);
}

TEST(StatsV2, CountSwapWithMemoryAsV1Does) {
  const MemoryStats memory = stats_v2(files_v2()).memory;

  EXPECT_EQ(memory.cache, 3145728U);
  EXPECT_EQ(memory.usage, (MemoryUse{16777216, 3317760, 16777217, 0}));
  EXPECT_EQ(memory.swap, (MemoryUse{25165824, 3321856, 0, 0}));
  EXPECT_EQ(memory.kernel, MemoryUse{});
  EXPECT_EQ(memory.pressure.value().some.total, 2107249U);
}

TEST(StatsV2, HaveNoSwapLimitWhereEitherLimitIsNone) {
  Files files = files_v2();
  files["memory.swap.max"] = "max\n";
  EXPECT_EQ(stats_v2(files).memory.swap.limit, 18446744073709551615U);

  files = files_v2();
  files["memory.max"] = "max\n";
  EXPECT_EQ(stats_v2(files).memory.swap.limit, 18446744073709551615U);
  EXPECT_EQ(stats_v2(files).memory.usage.limit, 18446744073709551615U);
}

TEST(StatsV2, CountMemoryAloneOnAKernelWithoutSwap) {
  Files files = files_v2();
  files.erase("memory.swap.current");
  files.erase("memory.swap.max");

  EXPECT_EQ(stats_v2(files).memory.swap, (MemoryUse{16777216, 3317760, 0, 0}));
}

TEST(StatsV2, HaveBlockIoAndPidsAndHugepages) {
  const Stats stats = stats_v2(files_v2());

  EXPECT_THAT(stats.block_io.service_bytes,
              ElementsAre(BlockIoEntry{1, 0, "Read", 0}, BlockIoEntry{1, 0, "Write", 14680064}));
  EXPECT_THAT(stats.block_io.serviced,
              ElementsAre(BlockIoEntry{1, 0, "Read", 0}, BlockIoEntry{1, 0, "Write", 7}));
  EXPECT_EQ(stats.block_io.pressure.value().some.total, 9U);
  EXPECT_EQ(stats.pids, (PidsStats{.current = 3, .limit = 0}));
  EXPECT_THAT(stats.hugetlb, ElementsAre(Pair("2MB", MemoryUse{0, 2097152, 0, 6})));
}

TEST(Statistics, AreEmptyWithoutFiles) {
  EXPECT_EQ(stats_v1({}), Stats{});
  EXPECT_EQ(stats_v2({}), Stats{});
}

TEST(ReadStats, CountsNothingWhenTheCgroupsAreGone) {
  const std::vector<std::string> gone = {"/sys/fs/cgroup/nobody/here", "/nor/there"};

  const Result<Stats> stats = read_stats(gone);

  ASSERT_TRUE(stats.has_value());
  EXPECT_EQ(stats->cpu, CpuStats{});
}

TEST(ReadStats, RefusesWhatIsNoCgroup) {
  const TemporaryDirectory directory;

  EXPECT_EQ(read_stats(std::vector<std::string>{directory.path()}).error().text(),
            directory.path() + " is not a cgroup: Not a directory");
}

TEST(StatsHybrid, CountInV2WhatV1HasNoControllerFor) {
  const Files v2 = {{"hugetlb.2MB.current", "4194304\n"},
                    {"hugetlb.2MB.events", "max 3\n"},
                    {"memory.current", "1\n"},
                    {"cpu.stat", "usage_usec 1\n"},
                    {"cpu.pressure", "some avg10=1.00 avg60=0.00 avg300=0.00 total=7\n"}};
  Files v1 = files_v1();
  std::erase_if(v1, [](const auto& file) { return file.first.starts_with("hugetlb."); });

  const Stats stats = stats_hybrid(v1, v2);

  EXPECT_EQ(stats.hugetlb.at("2MB").usage, 4194304U);
  EXPECT_EQ(stats.hugetlb.at("2MB").failures, 3U);
  EXPECT_EQ(stats.memory, stats_v1(v1).memory);
  EXPECT_EQ(stats.cpu.total, 11617049U);
  EXPECT_EQ(stats.cpu.pressure->some.total, 7U);
}

TEST(StatsHybrid, LeaveToV1WhatItHas) {
  const Files v2 = {{"hugetlb.2MB.current", "1\n"}, {"pids.current", "99\n"}};

  const Stats stats = stats_hybrid(files_v1(), v2);

  EXPECT_EQ(stats, stats_v1(files_v1()));
}

}  // namespace
}  // namespace myrt::cgroup
