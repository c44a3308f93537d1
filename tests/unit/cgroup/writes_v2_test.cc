#include "cgroup/writes_v2.h"

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

struct Conversion {
  std::uint64_t from;
  std::uint64_t to;
};

TEST(CpuWeight, FollowsTheCurveOfOtherRuntimes) {
  // Both ends and the defaults are fixed points; 59 for 512 was read back from a container of
  // crun 1.28.
  constexpr Conversion kCases[] = {{0, 1},          {1, 1},          {2, 1},          {3, 2},
                                   {128, 21},       {256, 35},       {512, 59},       {1000, 99},
                                   {1024, 100},     {2048, 174},     {4096, 303},     {65536, 3023},
                                   {262143, 10000}, {262144, 10000}, {1000000, 10000}};
  for (const Conversion& conversion : kCases) {
    EXPECT_EQ(cpu_weight(conversion.from), conversion.to) << conversion.from << " shares";
  }
}

TEST(IoWeight, MapsTheRangeLinearly) {
  constexpr Conversion kCases[] = {{10, 1}, {11, 11}, {100, 910}, {500, 4950}, {1000, 10000}};
  for (const Conversion& conversion : kCases) {
    EXPECT_EQ(io_weight(conversion.from), conversion.to) << "weight " << conversion.from;
  }
}

TEST(MemoryWritesV2, SwapExcludesMemory) {
  EXPECT_THAT(text_of(memory_writes_v2(memory(1000, 1500))),
              ElementsAre("memory.max: 1000", "memory.swap.max: 500"));
}

TEST(MemoryWritesV2, SwapEqualToTheLimitIsNoSwapAtAll) {
  const std::vector<FileWrite> writes = memory_writes_v2(memory(1000, 1000)).value();

  EXPECT_THAT(text(writes), ElementsAre("memory.max: 1000", "memory.swap.max: 0"));
  EXPECT_TRUE(writes[1].optional);
}

TEST(MemoryWritesV2, UnlimitedSwapBesideALimit) {
  EXPECT_THAT(text_of(memory_writes_v2(memory(1000, -1))),
              ElementsAre("memory.max: 1000", "memory.swap.max: max"));
}

TEST(MemoryWritesV2, UnlimitedMemoryUnlimitsSwapToo) {
  EXPECT_THAT(text_of(memory_writes_v2(memory(-1, 0))),
              ElementsAre("memory.max: max", "memory.swap.max: max"));
}

TEST(MemoryWritesV2, AnAmountOfSwapMustBeEnforced) {
  EXPECT_FALSE(memory_writes_v2(memory(1000, 1500)).value().at(1).optional);
}

TEST(MemoryWritesV2, SwapWithoutLimitIsRefused) {
  EXPECT_EQ(memory_writes_v2(memory(-1, 1000)).error().text(),
            "/linux/resources/memory/swap: needs a memory limit");
}

TEST(MemoryWritesV2, SwapBelowTheLimitIsRefused) {
  EXPECT_FALSE(memory_writes_v2(memory(1000, 999)).has_value());
}

TEST(MemoryWritesV2, ZeroIsUnset) {
  MemoryResources zero = memory(0, 0);
  zero.reservation = 0;

  EXPECT_THAT(text_of(memory_writes_v2(zero)), IsEmpty());
}

TEST(MemoryWritesV2, ReservationIsMemoryLow) {
  MemoryResources reserved;
  reserved.reservation = 4096;
  EXPECT_THAT(text_of(memory_writes_v2(reserved)), ElementsAre("memory.low: 4096"));

  reserved.reservation = -1;
  EXPECT_THAT(text_of(memory_writes_v2(reserved)), ElementsAre("memory.low: max"));
}

TEST(MemoryWritesV2, WhatDockerSendsAboutTheOomKillerIsAccepted) {
  MemoryResources docker;
  docker.disable_oom_killer = false;
  docker.use_hierarchy = true;

  EXPECT_THAT(text_of(memory_writes_v2(docker)), IsEmpty());
}

TEST(MemoryWritesV2, WhatHasNoFormIsRefused) {
  MemoryResources swappiness;
  swappiness.swappiness = 0;
  EXPECT_EQ(memory_writes_v2(swappiness).error().text(),
            "/linux/resources/memory/swappiness: cgroup v2 has nothing like it");

  MemoryResources oom;
  oom.disable_oom_killer = true;
  EXPECT_EQ(memory_writes_v2(oom).error().text(),
            "/linux/resources/memory/disableOOMKiller: cgroup v2 has nothing like it");

  MemoryResources flat;
  flat.use_hierarchy = false;
  EXPECT_FALSE(memory_writes_v2(flat).has_value());
}

TEST(MemoryWritesV2, CheckBeforeUpdateComparesWithWhatIsInUse) {
  MemoryResources checked = memory(1000, 0);
  checked.check_before_update = true;

  EXPECT_EQ(memory_writes_v2(checked).value().at(0).usage_file, "memory.current");
  EXPECT_EQ(memory_writes_v2(memory(1000, 0)).value().at(0).usage_file, std::nullopt);
}

TEST(CpuWritesV2, QuotaAndPeriodShareAFile) {
  CpuResources cpu;
  cpu.quota = 50000;
  cpu.period = 200000;

  EXPECT_THAT(text_of(cpu_writes_v2(cpu)), ElementsAre("cpu.max: 50000 200000"));
}

TEST(CpuWritesV2, PeriodHasADefault) {
  CpuResources cpu;
  cpu.quota = 50000;

  EXPECT_THAT(text_of(cpu_writes_v2(cpu)), ElementsAre("cpu.max: 50000 100000"));
}

TEST(CpuWritesV2, NoQuotaIsMax) {
  CpuResources cpu;
  cpu.quota = -1;
  EXPECT_THAT(text_of(cpu_writes_v2(cpu)), ElementsAre("cpu.max: max 100000"));

  cpu.quota = 0;
  cpu.period = 200000;
  EXPECT_THAT(text_of(cpu_writes_v2(cpu)), ElementsAre("cpu.max: max 200000"));
}

TEST(CpuWritesV2, EveryFieldHasItsFile) {
  CpuResources cpu;
  cpu.shares = 1024;
  cpu.idle = 1;
  cpu.quota = 50000;
  cpu.burst = 1000;

  EXPECT_THAT(text_of(cpu_writes_v2(cpu)),
              ElementsAre("cpu.weight: 100", "cpu.idle: 1", "cpu.max: 50000 100000",
                          "cpu.max.burst: 1000"));
}

TEST(CpuWritesV2, BurstMayHaveToComeBeforeTheQuota) {
  CpuResources cpu;
  cpu.quota = 50000;
  cpu.burst = 1000;

  EXPECT_TRUE(cpu_writes_v2(cpu).value().at(0).deferrable);
}

TEST(CpuWritesV2, ZeroIsUnset) {
  CpuResources cpu;
  cpu.shares = 0;
  cpu.quota = 0;
  cpu.period = 0;
  cpu.realtime_period = 0;
  cpu.realtime_runtime = 0;

  EXPECT_THAT(text_of(cpu_writes_v2(cpu)), IsEmpty());
}

TEST(CpuWritesV2, RealtimeIsRefused) {
  CpuResources cpu;
  cpu.realtime_runtime = 950000;

  EXPECT_EQ(cpu_writes_v2(cpu).error().text(),
            "/linux/resources/cpu/realtimeRuntime: cgroup v2 has nothing like it");
}

TEST(BlockIoWritesV2, WeightIsBfqsOrIsConverted) {
  BlockIoResources block_io;
  block_io.weight = 500;
  block_io.weight_device = {{.major = 8, .minor = 16, .weight = 1000, .leaf_weight = {}}};

  const std::vector<FileWrite> writes = block_io_writes_v2(block_io).value();

  EXPECT_THAT(text(writes), ElementsAre("io.bfq.weight: 500", "io.bfq.weight: 8:16 1000"));
  EXPECT_EQ(writes[0].alternative, (FileValue{.file = "io.weight", .value = "4950"}));
  EXPECT_EQ(writes[1].alternative, (FileValue{.file = "io.weight", .value = "8:16 10000"}));
}

TEST(BlockIoWritesV2, ThrottlesShareAFile) {
  BlockIoResources block_io;
  block_io.throttle_read_bps = {{.major = 8, .minor = 0, .rate = 1048576}};
  block_io.throttle_write_bps = {{.major = 8, .minor = 0, .rate = 2}};
  block_io.throttle_read_iops = {{.major = 8, .minor = 0, .rate = 3}};
  block_io.throttle_write_iops = {{.major = 8, .minor = 0, .rate = 0}};

  EXPECT_THAT(text_of(block_io_writes_v2(block_io)),
              ElementsAre("io.max: 8:0 rbps=1048576", "io.max: 8:0 wbps=2", "io.max: 8:0 riops=3",
                          "io.max: 8:0 wiops=max"));
}

TEST(BlockIoWritesV2, LeafWeightsAreRefused) {
  BlockIoResources leaf;
  leaf.leaf_weight = 500;
  EXPECT_EQ(block_io_writes_v2(leaf).error().text(),
            "/linux/resources/blockIO/leafWeight: cgroup v2 has nothing like it");

  BlockIoResources device;
  device.weight_device = {{.major = 8, .minor = 0, .weight = {}, .leaf_weight = 500}};
  EXPECT_EQ(block_io_writes_v2(device).error().text(),
            "/linux/resources/blockIO/weightDevice/0/leafWeight: cgroup v2 has nothing like it");
}

TEST(UnifiedWrites, ControllerIsTheStartOfTheFileName) {
  const std::vector<ControllerWrites> all =
      unified_writes({{"hugetlb.2MB.max", "0"}, {"memory.high", "1000"}}).value();

  ASSERT_EQ(all.size(), 2U);
  EXPECT_EQ(all[0].controller, "hugetlb");
  EXPECT_EQ(all[1].controller, "memory");
  EXPECT_EQ(all[1].writes.at(0).field, "/linux/resources/unified/memory.high");
}

TEST(UnifiedWrites, EachLineIsAWriteOfItsOwn) {
  EXPECT_THAT(text(unified_writes({{"io.max", "8:0 rbps=1\n8:16 rbps=2\n"}}).value().at(0).writes),
              ElementsAre("io.max: 8:0 rbps=1", "io.max: 8:16 rbps=2"));
}

TEST(UnifiedWrites, EmptyValueIsAnEmptyLine) {
  EXPECT_THAT(text(unified_writes({{"cpuset.cpus", ""}}).value().at(0).writes),
              ElementsAre("cpuset.cpus: \n"));
}

TEST(UnifiedWrites, OnlyFileNamesAreAllowed) {
  EXPECT_EQ(
      unified_writes({{"../memory.max", "1"}}).error().text(),
      "/linux/resources/unified: want file names like \"memory.high\", got \"../memory.max\"");
  EXPECT_EQ(unified_writes({{"cgroup.procs", "1"}}).error().text(),
            "/linux/resources/unified: cgroup.procs is not a resource");
  EXPECT_FALSE(unified_writes({{"cgroup.freeze", "1"}}).has_value());
  EXPECT_TRUE(unified_writes({{"cgroup.max.depth", "1"}}).has_value());
  EXPECT_FALSE(unified_writes({{"sub/memory.max", "1"}}).has_value());
  EXPECT_FALSE(unified_writes({{"..", "1"}}).has_value());
  EXPECT_FALSE(unified_writes({{"memory", "1"}}).has_value());
  EXPECT_FALSE(unified_writes({{"", "1"}}).has_value());
}

TEST(WritesV2, UnifiedComesLast) {
  Resources resources;
  resources.pids_limit = 42;
  resources.unified = {{"cpu.weight", "7"}};

  const std::vector<ControllerWrites> all = writes_v2(resources).value();

  ASSERT_EQ(all.size(), 2U);
  EXPECT_THAT(text(all[0].writes), ElementsAre("pids.max: 42"));
  EXPECT_THAT(text(all[1].writes), ElementsAre("cpu.weight: 7"));
}

TEST(WritesV2, HugetlbLimitsReservationsToo) {
  Resources resources;
  resources.hugepage_limits = {{.page_size = "64KB", .limit = 65536}};

  EXPECT_THAT(text(writes_v2(resources).value().at(0).writes),
              ElementsAre("hugetlb.64KB.max: 65536", "hugetlb.64KB.rsvd.max: 65536"));
}

TEST(WritesV2, NetworkIsRefused) {
  Resources class_id;
  class_id.network.class_id = 1;
  EXPECT_EQ(writes_v2(class_id).error().text(),
            "/linux/resources/network/classID: cgroup v2 has nothing like it");

  Resources priorities;
  priorities.network.priorities = {{"eth0", 1}};
  EXPECT_FALSE(writes_v2(priorities).has_value());
}

TEST(WritesV2, KernelMemoryIsLeftOutWithAWarning) {
  Resources resources;
  resources.memory.kernel = 1000;
  resources.memory.kernel_tcp = 1000;

  EXPECT_THAT(writes_v2(resources).value(), IsEmpty());
  EXPECT_THAT(
      warnings_v2(resources),
      ElementsAre(
          "/linux/resources/memory/kernel: ignored, cgroup v2 counts it in the memory limit",
          "/linux/resources/memory/kernelTCP: ignored, cgroup v2 counts it in the memory limit"));
}

}  // namespace
}  // namespace myrt::cgroup
