#include "cgroup/writes_v1.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "writes_text.h"

namespace myrt::cgroup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

MemoryResources memory(std::int64_t limit, std::int64_t swap) {
  MemoryResources memory;
  memory.limit = limit;
  memory.swap = swap;
  return memory;
}

std::vector<std::string> text_of(const Result<std::vector<FileWrite>>& writes) {
  return text(writes.value());
}

TEST(MemoryWritesV1, SwapIsMemoryPlusSwapAndComesAfterTheLimit) {
  EXPECT_THAT(text_of(memory_writes_v1(memory(1000, 1500))),
              ElementsAre("memory.limit_in_bytes: 1000", "memory.memsw.limit_in_bytes: 1500"));
}

TEST(MemoryWritesV1, LimitWaitsForSwapWhereTheKernelWantsThat) {
  const std::vector<FileWrite> writes = memory_writes_v1(memory(1000, 1500)).value();

  EXPECT_TRUE(writes[0].deferrable);
  EXPECT_FALSE(writes[1].deferrable);
}

TEST(MemoryWritesV1, UnlimitedSwapComesFirst) {
  EXPECT_THAT(text_of(memory_writes_v1(memory(1000, -1))),
              ElementsAre("memory.memsw.limit_in_bytes: -1", "memory.limit_in_bytes: 1000"));
}

TEST(MemoryWritesV1, UnlimitedMemoryUnlimitsSwapToo) {
  const std::vector<FileWrite> writes = memory_writes_v1(memory(-1, 0)).value();

  EXPECT_THAT(text(writes),
              ElementsAre("memory.memsw.limit_in_bytes: -1", "memory.limit_in_bytes: -1"));
  EXPECT_TRUE(writes[0].optional);
  EXPECT_EQ(writes[0].field, "/linux/resources/memory/limit");
}

TEST(MemoryWritesV1, SwapBelowTheLimitIsRefused) {
  EXPECT_EQ(memory_writes_v1(memory(1000, 999)).error().text(),
            "/linux/resources/memory/swap: counts memory and swap together, so want at least the "
            "memory limit of 1000, "
            "got 999");
}

TEST(MemoryWritesV1, SwapWithoutLimitIsRefused) {
  EXPECT_EQ(memory_writes_v1(memory(0, 1000)).error().text(),
            "/linux/resources/memory/swap: needs a memory limit");
}

TEST(MemoryWritesV1, SizesBelowMinusOneAreRefused) {
  EXPECT_EQ(memory_writes_v1(memory(-2, 0)).error().text(),
            "/linux/resources/memory/limit: want bytes or -1, got -2");
}

TEST(MemoryWritesV1, ZeroIsUnset) {
  // What docker sends when a limit is not asked for.
  MemoryResources zero = memory(0, 0);
  zero.reservation = 0;
  zero.kernel = 0;
  zero.kernel_tcp = 0;

  EXPECT_THAT(text_of(memory_writes_v1(zero)), IsEmpty());
}

TEST(MemoryWritesV1, EveryOtherFieldHasItsFile) {
  MemoryResources all;
  all.reservation = 1;
  all.kernel = 2;
  all.kernel_tcp = 3;
  all.swappiness = 0;
  all.disable_oom_killer = true;
  all.use_hierarchy = true;
  all.check_before_update = true;

  EXPECT_THAT(text_of(memory_writes_v1(all)),
              ElementsAre("memory.use_hierarchy: 1", "memory.soft_limit_in_bytes: 1",
                          "memory.kmem.limit_in_bytes: 2", "memory.kmem.tcp.limit_in_bytes: 3",
                          "memory.swappiness: 0", "memory.oom_control: 1"));
}

TEST(CpuWritesV1, EveryFieldHasItsFile) {
  CpuResources cpu;
  cpu.shares = 512;
  cpu.idle = 0;
  cpu.period = 100000;
  cpu.quota = 40000;
  cpu.burst = 1000;
  cpu.realtime_period = 1000000;
  cpu.realtime_runtime = 950000;

  EXPECT_THAT(text(cpu_writes_v1(cpu)),
              ElementsAre("cpu.shares: 512", "cpu.idle: 0", "cpu.cfs_period_us: 100000",
                          "cpu.cfs_quota_us: 40000", "cpu.cfs_burst_us: 1000",
                          "cpu.rt_period_us: 1000000", "cpu.rt_runtime_us: 950000"));
}

// The kernel would take the nearest number that it has.
TEST(WritesV1, SharesOutOfTheKernelsRangeAreRefused) {
  for (const std::uint64_t shares : {std::uint64_t{1}, std::uint64_t{262145}}) {
    Resources resources;
    resources.cpu.shares = shares;
    EXPECT_EQ(writes_v1(resources).error().text(),
              "/linux/resources/cpu/shares: want 2 to 262144 on cgroup v1, got " +
                  std::to_string(shares));
  }
  Resources resources;
  resources.cpu.shares = 262144;
  EXPECT_TRUE(writes_v1(resources).has_value());
}

TEST(CpuWritesV1, UnlimitedQuotaIsMinusOne) {
  CpuResources cpu;
  cpu.quota = -1;

  EXPECT_THAT(text(cpu_writes_v1(cpu)), ElementsAre("cpu.cfs_quota_us: -1"));
}

TEST(CpuWritesV1, ZeroIsUnset) {
  CpuResources cpu;
  cpu.shares = 0;
  cpu.quota = 0;
  cpu.period = 0;
  cpu.realtime_period = 0;
  cpu.realtime_runtime = 0;

  EXPECT_THAT(text(cpu_writes_v1(cpu)), IsEmpty());
}

TEST(CpuWritesV1, NoBurstIsWhatKernelsWithoutBurstDoAnyway) {
  CpuResources cpu;
  cpu.burst = 0;

  EXPECT_TRUE(cpu_writes_v1(cpu).at(0).optional);
}

TEST(BlockIoWritesV1, WeightGoesToWhicheverSchedulerTheKernelHas) {
  BlockIoResources block_io;
  block_io.weight = 500;

  const std::vector<FileWrite> writes = block_io_writes_v1(block_io);

  EXPECT_THAT(text(writes), ElementsAre("blkio.bfq.weight: 500"));
  EXPECT_EQ(writes[0].alternative, (FileValue{.file = "blkio.weight", .value = "500"}));
}

TEST(BlockIoWritesV1, EveryFieldHasItsFile) {
  BlockIoResources block_io;
  block_io.leaf_weight = 20;
  block_io.weight_device = {{.major = 8, .minor = 0, .weight = 300, .leaf_weight = 400}};
  block_io.throttle_read_bps = {{.major = 8, .minor = 0, .rate = 1}};
  block_io.throttle_write_bps = {{.major = 8, .minor = 16, .rate = 2}};
  block_io.throttle_read_iops = {{.major = 8, .minor = 32, .rate = 3}};
  block_io.throttle_write_iops = {{.major = 8, .minor = 48, .rate = 0}};

  EXPECT_THAT(
      text(block_io_writes_v1(block_io)),
      ElementsAre("blkio.leaf_weight: 20", "blkio.bfq.weight_device: 8:0 300",
                  "blkio.leaf_weight_device: 8:0 400", "blkio.throttle.read_bps_device: 8:0 1",
                  "blkio.throttle.write_bps_device: 8:16 2",
                  "blkio.throttle.read_iops_device: 8:32 3",
                  "blkio.throttle.write_iops_device: 8:48 0"));
}

// blk-throttle.c: tg_set_conf() stores them as unsigned int, so 2^32 + 5 would be 5.
TEST(BlockIoWritesV1, MoreOperationsThanTheKernelCanCountAreNoLimit) {
  BlockIoResources block_io;
  block_io.throttle_read_iops = {{.major = 8, .minor = 0, .rate = 4294967301}};
  block_io.throttle_write_iops = {{.major = 8, .minor = 0, .rate = 1099511627776}};

  EXPECT_THAT(text(block_io_writes_v1(block_io)),
              ElementsAre("blkio.throttle.read_iops_device: 8:0 4294967295",
                          "blkio.throttle.write_iops_device: 8:0 4294967295"));
}

TEST(BlockIoWritesV1, ZeroWeightIsUnset) {
  BlockIoResources block_io;
  block_io.weight = 0;
  block_io.leaf_weight = 0;

  EXPECT_THAT(text(block_io_writes_v1(block_io)), IsEmpty());
}

TEST(WritesV1, NothingAskedForIsNothingWritten) { EXPECT_THAT(writes_v1({}).value(), IsEmpty()); }

TEST(WritesV1, UnifiedNeedsVersion2) {
  Resources resources;
  resources.unified = {{"memory.high", "1"}};

  EXPECT_EQ(writes_v1(resources).error().text(),
            "/linux/resources/unified: needs cgroup v2, and this host has v1");
}

TEST(WritesV1, OtherFieldsGoToTheControllerOfTheirName) {
  Resources resources;
  resources.cpu.cpus = "0-3,7";
  resources.cpu.mems = "0";
  resources.pids_limit = 0;
  resources.hugepage_limits = {{.page_size = "2MB", .limit = 4194304}};
  resources.network.class_id = 1048577;
  resources.network.priorities = {{"eth0", 5}};
  resources.rdma = {{"mlx5_1", {.hca_handles = 3, .hca_objects = 10000}}};

  const std::vector<ControllerWrites> all = writes_v1(resources).value();

  ASSERT_EQ(all.size(), 6U);
  EXPECT_EQ(all[0].controller, "cpuset");
  EXPECT_THAT(text(all[0].writes), ElementsAre("cpuset.cpus: 0-3,7", "cpuset.mems: 0"));
  EXPECT_EQ(all[1].controller, "pids");
  EXPECT_THAT(text(all[1].writes), ElementsAre("pids.max: 0"));
  EXPECT_EQ(all[2].controller, "hugetlb");
  EXPECT_THAT(text(all[2].writes), ElementsAre("hugetlb.2MB.limit_in_bytes: 4194304",
                                               "hugetlb.2MB.rsvd.limit_in_bytes: 4194304"));
  EXPECT_EQ(all[3].controller, "net_cls");
  EXPECT_THAT(text(all[3].writes), ElementsAre("net_cls.classid: 1048577"));
  EXPECT_EQ(all[4].controller, "net_prio");
  EXPECT_THAT(text(all[4].writes), ElementsAre("net_prio.ifpriomap: eth0 5"));
  EXPECT_EQ(all[5].controller, "rdma");
  EXPECT_THAT(text(all[5].writes), ElementsAre("rdma.max: mlx5_1 hca_handle=3 hca_object=10000"));
}

TEST(WritesV1, FieldOfAWriteIsItsPlaceInTheConfig) {
  Resources resources;
  resources.block_io.throttle_read_iops = {{.major = 8, .minor = 0, .rate = 1},
                                           {.major = 9, .minor = 0, .rate = 1}};

  EXPECT_EQ(writes_v1(resources).value().at(0).writes.at(1).field,
            "/linux/resources/blockIO/throttleReadIOPSDevice/1");
}

TEST(PidsWrites, NegativeIsNoLimit) {
  EXPECT_THAT(text(pids_writes(-1)), ElementsAre("pids.max: max"));
}

TEST(HugetlbWrites, ReservationsAreLimitedWhereTheKernelCan) {
  const std::vector<FileWrite> writes = hugetlb_writes({{.page_size = "1GB", .limit = 0}}, "max");

  ASSERT_THAT(text(writes), ElementsAre("hugetlb.1GB.max: 0", "hugetlb.1GB.rsvd.max: 0"));
  EXPECT_FALSE(writes[0].optional);
  EXPECT_TRUE(writes[1].optional);
}

TEST(RdmaWrites, LimitOfOneKindLeavesTheOtherOut) {
  EXPECT_THAT(text_of(rdma_writes({{"mlx5_1", {.hca_handles = {}, .hca_objects = 7}}})),
              ElementsAre("rdma.max: mlx5_1 hca_object=7"));
}

TEST(RdmaWrites, EmptyLimitIsRefused) {
  EXPECT_EQ(rdma_writes({{"mlx5_1", {}}}).error().text(),
            "/linux/resources/rdma: \"mlx5_1\" has neither hcaHandles nor hcaObjects");
}

}  // namespace
}  // namespace myrt::cgroup
