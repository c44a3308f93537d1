#include "cgroup/systemd_properties.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "systemd_text.h"

namespace myrt::cgroup {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr unsigned kVersion = 252;

std::vector<std::string> v2(const Resources& resources, unsigned version = kVersion) {
  return text(limit_properties(resources, true, version));
}
std::vector<std::string> v1(const Resources& resources) {
  return text(limit_properties(resources, false, kVersion));
}

Resources memory(std::int64_t limit, std::int64_t reservation, std::int64_t swap) {
  Resources resources;
  resources.memory.limit = limit;
  resources.memory.reservation = reservation;
  resources.memory.swap = swap;
  return resources;
}

Resources cpu(std::int64_t quota, std::uint64_t period) {
  Resources resources;
  resources.cpu.quota = quota;
  resources.cpu.period = period;
  return resources;
}

TEST(LimitProperties, OfNothingAreNone) {
  EXPECT_THAT(v2({}), IsEmpty());
  EXPECT_THAT(v1({}), IsEmpty());
}

TEST(LimitProperties, OfMemoryCountSwapAlone) {
  EXPECT_THAT(v2(memory(1000, 500, 1500)),
              ElementsAre("MemoryMax t 1000", "MemoryLow t 500", "MemorySwapMax t 500"));
}

TEST(LimitProperties, OfMemoryWithoutLimitAreInfinite) {
  EXPECT_THAT(v2(memory(-1, 0, 0)), ElementsAre("MemoryMax t 18446744073709551615",
                                                "MemorySwapMax t 18446744073709551615"));
}

TEST(LimitProperties, OfMemoryOnVersion1AreTheLimitAlone) {
  EXPECT_THAT(v1(memory(1000, 500, 1500)), ElementsAre("MemoryLimit t 1000"));
}

TEST(LimitProperties, OfAQuotaAreTimeOfASecond) {
  EXPECT_THAT(v2(cpu(50000, 100000)),
              ElementsAre("CPUQuotaPeriodUSec t 100000", "CPUQuotaPerSecUSec t 500000"));
  EXPECT_THAT(v2(cpu(50000, 0)), ElementsAre("CPUQuotaPerSecUSec t 500000"));
  EXPECT_THAT(v2(cpu(-1, 50000)), ElementsAre("CPUQuotaPeriodUSec t 50000",
                                              "CPUQuotaPerSecUSec t 18446744073709551615"));
}

TEST(LimitProperties, OfAQuotaAreRoundedUpToAPercent) {
  EXPECT_THAT(v2(cpu(33333, 0)), ElementsAre("CPUQuotaPerSecUSec t 340000"));
  EXPECT_THAT(v2(cpu(1000, 1000000)),
              ElementsAre("CPUQuotaPeriodUSec t 1000000", "CPUQuotaPerSecUSec t 10000"));
}

TEST(LimitProperties, OfAQuotaTheLargestNumberAllowsDoNotOverflow) {
  EXPECT_THAT(v2(cpu(9223372036854775807, 0)),
              ElementsAre("CPUQuotaPerSecUSec t 18446744073709551615"));
}

TEST(LimitProperties, LeaveOutWhatAnOldSystemdDoesNotKnow) {
  Resources resources = cpu(50000, 100000);
  resources.cpu.cpus = "0";
  resources.cpu.idle = 1;
  EXPECT_THAT(v2(resources, 241), ElementsAre("CPUQuotaPerSecUSec t 500000"));
  EXPECT_THAT(v2(resources, 243),
              ElementsAre("CPUQuotaPeriodUSec t 100000", "CPUQuotaPerSecUSec t 500000"));
}

TEST(LimitProperties, OfSharesAreAWeightOnVersion2) {
  Resources resources;
  resources.cpu.shares = 512;
  EXPECT_THAT(v2(resources), ElementsAre("CPUWeight t 59"));
  EXPECT_THAT(v1(resources), ElementsAre("CPUShares t 512"));
}

TEST(LimitProperties, OfAnIdleGroupAreTheIdleWeight) {
  Resources resources;
  resources.cpu.shares = 512;
  resources.cpu.idle = 1;
  EXPECT_THAT(v2(resources), ElementsAre("CPUWeight t 0"));
}

TEST(LimitProperties, OfCpusAreABitMask) {
  Resources resources;
  resources.cpu.cpus = "0-2,9";
  resources.cpu.mems = "0";
  EXPECT_THAT(v2(resources), ElementsAre("AllowedCPUs ay 2 7 2", "AllowedMemoryNodes ay 1 1"));
  EXPECT_THAT(v1(resources), IsEmpty());
}

TEST(LimitProperties, OfTheNumberOfProcessesAreAtLeastOne) {
  Resources resources;
  resources.pids_limit = 42;
  EXPECT_THAT(v2(resources), ElementsAre("TasksMax t 42"));
  resources.pids_limit = -1;
  EXPECT_THAT(v1(resources), ElementsAre("TasksMax t 18446744073709551615"));
  resources.pids_limit = 0;  // systemd refuses 0
  EXPECT_THAT(v2(resources), ElementsAre("TasksMax t 1"));
}

TEST(LimitProperties, OfBlockIoNameDevicesByNumber) {
  Resources resources;
  resources.block_io.weight = 500;
  resources.block_io.weight_device = {{.major = 8, .minor = 0, .weight = 10}};
  resources.block_io.throttle_read_bps = {{.major = 8, .minor = 0, .rate = 1000},
                                          {.major = 8, .minor = 16, .rate = 0}};
  resources.block_io.throttle_write_iops = {{.major = 8, .minor = 0, .rate = 20}};
  EXPECT_THAT(v2(resources),
              ElementsAre("IOWeight t 4950", "IODeviceWeight a(st) 1 /dev/block/8:0 1",
                          "IOReadBandwidthMax a(st) 2 /dev/block/8:0 1000 /dev/block/8:16 "
                          "18446744073709551615",
                          "IOWriteIOPSMax a(st) 1 /dev/block/8:0 20"));
  EXPECT_THAT(v1(resources), ElementsAre("BlockIOWeight t 500"));
}

TEST(LimitProperties, OfUnifiedComeInPlaceOfTheFields) {
  Resources resources = memory(1000, 0, 0);
  resources.unified = {{"memory.max", "max"}, {"memory.high", "900"},
                       {"pids.max", "0"},     {"cpu.max", "50000 200000"},
                       {"cpuset.cpus", "1"},  {"memory.oom.group", "1"},
                       {"cpu.weight", "7"}};
  EXPECT_THAT(v2(resources),
              ElementsAre("MemoryMax t 18446744073709551615", "CPUQuotaPeriodUSec t 200000",
                          "CPUQuotaPerSecUSec t 250000", "CPUWeight t 7", "AllowedCPUs ay 1 2",
                          "MemoryHigh t 900", "TasksMax t 1"));
}

TEST(CpuMask, OfNoListIsNone) {
  for (const char* list : {"", "a", "3-1", "1-2-3", "0-", "-1", "8192", "0-10:2/4"}) {
    EXPECT_EQ(cpu_mask("AllowedCPUs", list), std::nullopt) << list;
  }
}

TEST(SystemdVersion, IsTheFirstNumber) {
  EXPECT_EQ(systemd_version("252.38-1~deb12u1"), 252U);
  EXPECT_EQ(systemd_version("v245.4-4ubuntu3"), 245U);
  EXPECT_EQ(systemd_version("257~rc1"), 257U);
  EXPECT_EQ(systemd_version(""), 0U);
}

OrderedRule rule(bool allow, char type, std::int64_t major, std::int64_t minor, unsigned access) {
  return {
      .allow = allow, .type = type, .major = major, .minor = minor, .access = access, .field = ""};
}

std::vector<std::string> devices(const std::vector<OrderedRule>& rules, bool is_v2 = true) {
  return text(device_properties(rules, is_v2));
}

constexpr unsigned kReadWrite = kRead | kWrite;

TEST(DeviceProperties, ListWhatIsAllowed) {
  EXPECT_THAT(devices({rule(false, 'a', -1, -1, kAllAccess), rule(true, 'c', 1, 3, kAllAccess),
                       rule(true, 'c', 136, -1, kReadWrite), rule(true, 'b', -1, -1, kMknod)}),
              ElementsAre("DevicePolicy s strict",
                          "DeviceAllow a(ss) 3 /dev/char/1:3 rwm char-136 rw block-* m"));
}

TEST(DeviceProperties, AllowEverythingByAnotherPolicy) {
  EXPECT_THAT(devices({rule(false, 'a', -1, -1, kAllAccess), rule(true, 'a', -1, -1, kAllAccess)}),
              ElementsAre("DevicePolicy s auto", "DeviceAllow a(ss) 0"));
}

TEST(DeviceProperties, TakeBackWhatALaterRuleDenies) {
  const std::vector<OrderedRule> rules = {
      rule(true, 'c', 1, 3, kAllAccess), rule(true, 'c', 1, 5, kAllAccess),
      rule(false, 'c', 1, 3, kWrite), rule(false, 'c', -1, 5, kAllAccess)};
  EXPECT_THAT(devices(rules),
              ElementsAre("DevicePolicy s strict", "DeviceAllow a(ss) 1 /dev/char/1:3 rm"));
}

// The runtime's own program is asked as well on v2; on v1 systemd writes the same files.
TEST(DeviceProperties, AllowMoreOnVersion2AndLessOnVersion1WhereAListCannotSayIt) {
  const std::vector<OrderedRule> part = {rule(true, 'c', 1, -1, kAllAccess),
                                         rule(false, 'c', 1, 5, kWrite)};
  EXPECT_THAT(devices(part),
              ElementsAre("DevicePolicy s strict", "DeviceAllow a(ss) 1 char-1 rwm"));
  EXPECT_THAT(devices(part, false),
              ElementsAre("DevicePolicy s strict", "DeviceAllow a(ss) 1 char-1 rm"));

  const std::vector<OrderedRule> all = {rule(true, 'a', -1, -1, kAllAccess),
                                        rule(false, 'c', 1, 5, kWrite)};
  EXPECT_THAT(devices(all), ElementsAre("DevicePolicy s auto", "DeviceAllow a(ss) 0"));
  EXPECT_THAT(devices(all, false), ElementsAre("DevicePolicy s strict", "DeviceAllow a(ss) 0"));

  const std::vector<OrderedRule> minor = {rule(true, 'b', -1, 3, kRead)};
  EXPECT_THAT(devices(minor),
              ElementsAre("DevicePolicy s strict", "DeviceAllow a(ss) 1 block-* r"));
  EXPECT_THAT(devices(minor, false), ElementsAre("DevicePolicy s strict", "DeviceAllow a(ss) 0"));
}

}  // namespace
}  // namespace myrt::cgroup
