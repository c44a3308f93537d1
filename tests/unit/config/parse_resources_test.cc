#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/parse.h"
#include "section.h"

namespace myrt::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> faults_of(std::string_view json) {
  return parse_section(parse_resources, json).faults;
}

TEST(ParseResources, ReadsMemoryCpuAndPids) {
  const auto parsed = parse_section(parse_resources, R"({
      "memory": {"limit": 536870912, "reservation": 0, "swap": -1, "kernel": 1, "kernelTCP": 2, "swappiness": 100,
                 "disableOOMKiller": false, "useHierarchy": true, "checkBeforeUpdate": true},
      "cpu": {"shares": 1024, "quota": -1, "burst": 7, "period": 100000, "realtimeRuntime": 950000,
              "realtimePeriod": 1000000, "cpus": "0-3,7", "mems": "0", "idle": 1},
      "pids": {"limit": 0}})");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_EQ(parsed.value.memory, (MemoryResources{.limit = 536870912,
                                                  .reservation = 0,
                                                  .swap = -1,
                                                  .kernel = 1,
                                                  .kernel_tcp = 2,
                                                  .swappiness = 100,
                                                  .disable_oom_killer = false,
                                                  .use_hierarchy = true,
                                                  .check_before_update = true}));
  EXPECT_EQ(parsed.value.cpu, (CpuResources{.shares = 1024,
                                            .quota = -1,
                                            .burst = 7,
                                            .period = 100000,
                                            .realtime_runtime = 950000,
                                            .realtime_period = 1000000,
                                            .cpus = "0-3,7",
                                            .mems = "0",
                                            .idle = 1}));
  EXPECT_EQ(parsed.value.pids_limit, 0);
}

TEST(ParseResources, ReadsTheRest) {
  const auto parsed = parse_section(parse_resources, R"({
      "blockIO": {"weight": 10, "leafWeight": 0,
                  "weightDevice": [{"major": 8, "minor": 0, "weight": 500, "leafWeight": 300}],
                  "throttleReadBpsDevice": [{"major": 8, "minor": 1, "rate": 600}],
                  "throttleWriteBpsDevice": [{"major": 8, "minor": 2, "rate": 0}],
                  "throttleReadIOPSDevice": [{"major": 8, "minor": 3, "rate": 18446744073709551615}],
                  "throttleWriteIOPSDevice": [{"major": 8, "minor": 4, "rate": 1}]},
      "hugepageLimits": [{"pageSize": "2MB", "limit": 9223372036854772000}],
      "network": {"classID": 4294967295, "priorities": [{"name": "eth0", "priority": 500}]},
      "rdma": {"mlx5_1": {"hcaHandles": 3, "hcaObjects": 10000}, "mlx4_0": {}},
      "unified": {"memory.high": "1048576", "io.max": "8:0 rbps=1\n8:1 wbps=2"}})");
  EXPECT_THAT(parsed.faults, IsEmpty());
  const BlockIoResources& io = parsed.value.block_io;
  EXPECT_EQ(io.weight, 10);
  EXPECT_EQ(io.leaf_weight, 0);
  EXPECT_THAT(io.weight_device,
              ElementsAre(WeightDevice{.major = 8, .minor = 0, .weight = 500, .leaf_weight = 300}));
  EXPECT_THAT(io.throttle_read_bps,
              ElementsAre(ThrottleDevice{.major = 8, .minor = 1, .rate = 600}));
  EXPECT_THAT(io.throttle_write_bps,
              ElementsAre(ThrottleDevice{.major = 8, .minor = 2, .rate = 0}));
  EXPECT_THAT(io.throttle_read_iops,
              ElementsAre(ThrottleDevice{.major = 8, .minor = 3, .rate = 18446744073709551615U}));
  EXPECT_THAT(io.throttle_write_iops,
              ElementsAre(ThrottleDevice{.major = 8, .minor = 4, .rate = 1}));
  EXPECT_THAT(parsed.value.hugepage_limits,
              ElementsAre(HugepageLimit{.page_size = "2MB", .limit = 9223372036854772000}));
  EXPECT_EQ(parsed.value.network,
            (NetworkResources{.class_id = 4294967295, .priorities = {{"eth0", 500}}}));
  EXPECT_EQ(parsed.value.rdma,
            (std::map<std::string, RdmaLimit>{
                {"mlx4_0", {}}, {"mlx5_1", {.hca_handles = 3, .hca_objects = 10000}}}));
  EXPECT_EQ(parsed.value.unified,
            (std::map<std::string, std::string>{{"io.max", "8:0 rbps=1\n8:1 wbps=2"},
                                                {"memory.high", "1048576"}}));
}

TEST(ParseResources, ReadsDeviceRules) {
  const auto parsed = parse_section(parse_resources, R"({"devices": [
      {"allow": false, "access": "rwm"},
      {"allow": true, "type": "c", "major": 1, "minor": 3, "access": "rw"},
      {"allow": true, "type": "b", "major": 8, "minor": -1, "access": "m"},
      {"allow": true, "type": "", "major": null, "access": "r"}]})");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_THAT(
      parsed.value.devices,
      ElementsAre(
          DeviceRule{.allow = false, .type = 'a', .read = true, .write = true, .mknod = true},
          DeviceRule{
              .allow = true, .type = 'c', .major = 1, .minor = 3, .read = true, .write = true},
          DeviceRule{.allow = true, .type = 'b', .major = 8, .minor = std::nullopt, .mknod = true},
          DeviceRule{.allow = true, .type = 'a', .read = true}));
}

TEST(ParseResources, RefusesWrongDeviceRules) {
  EXPECT_THAT(
      faults_of(R"({"devices": [
      {"allow": true, "access": ""}, {"allow": true}, {"allow": "true", "type": "p", "access": "rwx"},
      {"access": "RW", "major": -2, "minor": "*"}]})"),
      ElementsAre("/devices/0/access: want one or more of r, w, m, got \"\"",
                  "/devices/1/access: want one or more of r, w, m, got nothing",
                  "/devices/2/allow: want true or false, got \"true\"",
                  "/devices/2/type: want a device type (a, b, c), got \"p\"",
                  "/devices/2/access: want one or more of r, w, m, got \"rwx\"",
                  "/devices/3/allow: want true or false, got nothing",
                  "/devices/3/major: want an integer from -1 to 9223372036854775807, got -2",
                  "/devices/3/minor: want an integer from -1 to 9223372036854775807, got \"*\"",
                  "/devices/3/access: want one or more of r, w, m, got \"RW\""));
}

TEST(ParseResources, RefusesNumbersOutOfRange) {
  EXPECT_THAT(
      faults_of(R"({
      "memory": {"limit": -2, "swap": 9223372036854775808, "swappiness": 101, "disableOOMKiller": "no"},
      "cpu": {"shares": -1, "quota": 1.5, "idle": 2, "cpus": 0},
      "pids": {"limit": "100"}})"),
      ElementsAre("/memory/limit: want an integer from -1 to 9223372036854775807, got -2",
                  "/memory/swap: want an integer from -1 to 9223372036854775807, got "
                  "9223372036854775808",
                  "/memory/swappiness: want an integer from 0 to 100, got 101",
                  "/memory/disableOOMKiller: want true or false, got \"no\"",
                  "/cpu/shares: want an integer from 0 to 18446744073709551615, got -1",
                  "/cpu/quota: want an integer from -9223372036854775808 to 9223372036854775807, "
                  "got 1.5",
                  "/cpu/cpus: want a string, got 0",
                  "/cpu/idle: want an integer from 0 to 1, got 2",
                  "/pids/limit: want an integer from -1 to 9223372036854775807, got \"100\""));
}

TEST(ParseResources, RefusesWrongBlockIo) {
  EXPECT_THAT(
      faults_of(R"({"blockIO": {"weight": 9, "leafWeight": 1001,
      "weightDevice": [{"major": -1, "minor": 0, "weight": "100"}],
      "throttleReadBpsDevice": [{"major": 8}]}})"),
      ElementsAre(
          "/blockIO/weight: want an integer from 10 to 1000, got 9",
          "/blockIO/leafWeight: want an integer from 10 to 1000, got 1001",
          "/blockIO/weightDevice/0/major: want an integer from 0 to 9223372036854775807, got -1",
          "/blockIO/weightDevice/0/weight: want an integer from 10 to 1000, got \"100\"",
          "/blockIO/throttleReadBpsDevice/0/minor: want an integer from 0 to "
          "9223372036854775807, got nothing",
          "/blockIO/throttleReadBpsDevice/0/rate: want an integer from 0 to "
          "18446744073709551615, got nothing"));
}

TEST(ParseResources, WantsAWeightOfADevice) {
  EXPECT_THAT(faults_of(R"({"blockIO": {"weightDevice": [{"major": 8, "minor": 0},
      {"major": 8, "minor": 16, "weight": 500}, {"major": 8, "minor": 32, "leafWeight": 500}]}})"),
              ElementsAre("/blockIO/weightDevice/0: want weight or leafWeight, got neither"));
}

TEST(ParseResources, KnowsPageSizes) {
  for (const std::string_view size : {"64KB", "2MB", "1GB", "512MB"}) {
    EXPECT_THAT(faults_of(R"({"hugepageLimits": [{"limit": 1, "pageSize": ")" + std::string(size) +
                          "\"}]}"),
                IsEmpty());
  }
  for (const std::string_view size :
       {"", "2M", "MB", "02MB", "0MB", "-2MB", "2 MB", "2mb", "2TB", "../2MB"}) {
    EXPECT_THAT(
        faults_of(R"({"hugepageLimits": [{"limit": 1, "pageSize": ")" + std::string(size) +
                  "\"}]}"),
        ElementsAre("/hugepageLimits/0/pageSize: want a page size such as 64KB, 2MB, 1GB, got \"" +
                    std::string(size) + "\""));
  }
}

TEST(ParseResources, RefusesNamesThatDoNotFitTheirFile) {
  EXPECT_THAT(
      faults_of(R"({
      "network": {"classID": -1, "priorities": [{"name": "", "priority": 1}, {"name": "a b", "priority": -1}]},
      "rdma": {"": {}, "a b": {"hcaHandles": -1}, "c": 5},
      "unified": {"": "1", "../memory.max": "1", "..": "1", "a/b": "1", "cpu.max": 1}})"),
      ElementsAre("/network/classID: want an integer from 0 to 4294967295, got -1",
                  "/network/priorities/0/name: want the name of a network interface, got \"\"",
                  "/network/priorities/1/name: want the name of a network interface, got \"a b\"",
                  "/network/priorities/1/priority: want an integer from 0 to 4294967295, got -1",
                  "/rdma/: want the name of an RDMA device as key",
                  "/rdma/a b: want the name of an RDMA device as key",
                  "/rdma/a b/hcaHandles: want an integer from 0 to 4294967295, got -1",
                  "/rdma/c: want an object, got a number",
                  "/unified/: want the name of a cgroup file as key, without '/'",
                  "/unified/..~1memory.max: want the name of a cgroup file as key, without '/'",
                  "/unified/..: want the name of a cgroup file as key, without '/'",
                  "/unified/a~1b: want the name of a cgroup file as key, without '/'",
                  "/unified/cpu.max: want a string, got 1"));
}

TEST(ParseResources, RefusesSectionsOfOtherTypes) {
  EXPECT_THAT(
      faults_of(R"({"devices": {}, "memory": [], "cpu": 1, "pids": 100, "blockIO": "x",
                            "hugepageLimits": {}, "network": [], "rdma": [], "unified": "x"})"),
      ElementsAre("/devices: want an array of objects, got an object",
                  "/memory: want an object, got an array", "/cpu: want an object, got a number",
                  "/pids: want an object, got a number", "/blockIO: want an object, got a string",
                  "/hugepageLimits: want an array of objects, got an object",
                  "/network: want an object, got an array",
                  "/rdma: want an object of objects, got an array",
                  "/unified: want an object of strings, got a string"));
}

}  // namespace
}  // namespace myrt::config
