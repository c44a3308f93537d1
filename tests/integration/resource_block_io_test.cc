// linux.resources.blockIO.

#include <chrono>
#include <filesystem>

#include "support/disk.h"
#include "support/resources.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

INSTANTIATE_TEST_SUITE_P(
    BlockIo, ResourceField,
    ::testing::Values(
        Field{"weight_of_0_is_none", R"({"blockIO": {"weight": 0}})", "blkio", {{}}, {{}}},
        Field{"leaf_weight",
              R"({"blockIO": {"leafWeight": 500}})",
              "blkio",
              {{"blkio.leaf_weight: 500"}},
              kRefused},
        Field{"throttled_reading",
              R"({"blockIO": {"throttleReadBpsDevice":
                   [{"major": MAJOR, "minor": MINOR, "rate": 1048576}]}})",
              "blkio",
              {{"blkio.throttle.read_bps_device: MAJOR:MINOR 1048576"}},
              {{"io.max: MAJOR:MINOR rbps=1048576 wbps=max riops=max wiops=max"}}},
        Field{"throttled_writing",
              R"({"blockIO": {"throttleWriteBpsDevice":
                     [{"major": MAJOR, "minor": MINOR, "rate": 2097152}]}})",
              "blkio",
              {{"blkio.throttle.write_bps_device: MAJOR:MINOR 2097152"}},
              {{"io.max: MAJOR:MINOR rbps=max wbps=2097152 riops=max wiops=max"}}},
        Field{"throttled_reads",
              R"({"blockIO": {"throttleReadIOPSDevice":
                     [{"major": MAJOR, "minor": MINOR, "rate": 300}]}})",
              "blkio",
              {{"blkio.throttle.read_iops_device: MAJOR:MINOR 300"}},
              {{"io.max: MAJOR:MINOR rbps=max wbps=max riops=300 wiops=max"}}},
        Field{"throttled_writes",
              R"({"blockIO": {"throttleWriteIOPSDevice":
                     [{"major": MAJOR, "minor": MINOR, "rate": 400}]}})",
              "blkio",
              {{"blkio.throttle.write_iops_device: MAJOR:MINOR 400"}},
              {{"io.max: MAJOR:MINOR rbps=max wbps=max riops=max wiops=400"}}},
        Field{"throttled_both_ways",
              R"({"blockIO": {"throttleReadBpsDevice":
                     [{"major": MAJOR, "minor": MINOR, "rate": 1048576}],
                     "throttleWriteIOPSDevice": [{"major": MAJOR, "minor": MINOR, "rate": 400}]}})",
              "blkio",
              {{"blkio.throttle.read_bps_device: MAJOR:MINOR 1048576",
                "blkio.throttle.write_iops_device: MAJOR:MINOR 400"}},
              {{"io.max: MAJOR:MINOR rbps=1048576 wbps=max riops=max wiops=400"}}},
        Field{"rate_of_0_is_none",
              R"({"blockIO": {"throttleReadBpsDevice":
                     [{"major": MAJOR, "minor": MINOR, "rate": 0}]}})",
              "blkio",
              {{}},
              {{}}}),
    field_name);

class ResourceBlockIo : public ResourceTest {
 protected:
  static std::string value(const Container& container, const std::string& file) {
    return read_value(cgroup_for(container.pid(), "blkio") / file);
  }
};

// The scheduler of the machine's null block device is BFQ while this exists.
class BfqScheduler {
 public:
  BfqScheduler() {
    if (!fs::exists(kFile)) {
      return;
    }
    const std::string all = read_value(kFile);  // "none [mq-deadline] bfq"
    const std::size_t begin = all.find('[') + 1;
    before_ = all.substr(begin, all.find(']') - begin);
    write_file(kFile, "bfq");  // loads the module
    works_ = contains(read_value(kFile), "[bfq]");
  }
  BfqScheduler(const BfqScheduler&) = delete;
  BfqScheduler& operator=(const BfqScheduler&) = delete;
  ~BfqScheduler() {
    if (works_) {
      write_file(kFile, before_);
    }
  }
  bool works() const { return works_; }

 private:
  static constexpr const char* kFile = "/sys/block/nullb0/queue/scheduler";
  std::string before_;
  bool works_ = false;
};

// Only BFQ has the weights of v1; v2 also has a cost model, whose weights go to 10000.
TEST_F(ResourceBlockIo, WeightIsThatOfTheScheduler) {
  const BfqScheduler scheduler;  // brings the files, where it is a module
  sleeper().set("/linux/resources/blockIO", R"({"weight": 500})");
  Container container(bundle_);
  const Outcome outcome = container.create();
  ASSERT_TRUE(succeeded(outcome));
  if (!cgroup_v2()) {
    EXPECT_EQ(value(container, "blkio.bfq.weight"), "500");
  } else if (const std::string bfq = value(container, "io.bfq.weight"); !bfq.empty()) {
    EXPECT_EQ(bfq, "default 500");
  } else {
    EXPECT_EQ(value(container, "io.weight"), "default 4950");
  }
}

TEST_F(ResourceBlockIo, WeightOfADeviceIsThatOfItsScheduler) {
  const BfqScheduler scheduler;
  if (!scheduler.works()) {
    GTEST_SKIP() << "needs a null block device with the scheduler BFQ";
  }
  sleeper().set("/linux/resources/blockIO", with_disk(R"({"weight": 300, "weightDevice":
                              [{"major": MAJOR, "minor": MINOR, "weight": 500}]})"));
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_EQ(value(container, cgroup_v2() ? "io.bfq.weight" : "blkio.bfq.weight_device"),
            with_disk("default 300\nMAJOR:MINOR 500"));
}

TEST_F(ResourceBlockIo, ThrottleSlowsReadingDown) {
  const Disk disk(workspace());
  if (disk.number().empty()) {
    GTEST_SKIP() << "needs a null block device or loop devices";
  }
  const std::size_t colon = disk.number().find(':');
  const std::string numbers = R"("major": )" + disk.number().substr(0, colon) + R"(, "minor": )" +
                              disk.number().substr(colon + 1);
  bundle_.set("/linux/devices", R"([{"path": "/dev/disk", "type": "b", )" + numbers + "}]")
      .set("/linux/resources/devices/-",
           R"({"allow": true, "type": "b", "access": "r", )" + numbers + "}")
      .set("/linux/resources/blockIO/throttleReadBpsDevice",
           R"([{"rate": 1048576, )" + numbers + "}]")
      .args({"/bin/dd", "if=/dev/disk", "of=/dev/null", "bs=64k", "count=64"});
  const auto begin = std::chrono::steady_clock::now();
  const Outcome outcome = Container(bundle_).run();
  const auto elapsed = std::chrono::steady_clock::now() - begin;
  EXPECT_TRUE(succeeded(outcome));
  // 4 MiB at 1 MiB a second; the kernel may let the first part through at once.
  EXPECT_GE(elapsed, milliseconds(2500));
}

class MyrtResourceBlockIo : public ResourceBlockIo {};

TEST_F(MyrtResourceBlockIo, SaysWhatVersion2CannotDo) {
  if (!cgroup_v2()) {
    GTEST_SKIP() << "needs cgroup v2";
  }
  sleeper().set("/linux/resources/blockIO", R"({"leafWeight": 500})");
  EXPECT_TRUE(failed(Container(bundle_).create(),
                     ": /linux/resources/blockIO/leafWeight: cgroup v2 has nothing like it\n"));
}

TEST_F(MyrtResourceBlockIo, SaysWhatTheKernelNoLongerHas) {
  if (cgroup_v2()) {
    GTEST_SKIP() << "needs cgroup v1";
  }
  const std::string path = "/" + unique_name();
  sleeper()
      .set("/linux/cgroupsPath", json_quote(path))
      .set("/linux/resources/blockIO", R"({"leafWeight": 500})");
  Container container(bundle_);
  // CFQ, which had such weights, went away in Linux 5.0.
  expect_message(container.create(),
                 "create " + container.id() + ": cgroup: /linux/resources/blockIO/leafWeight: " +
                     cgroup_root("blkio").string() + path +
                     "/blkio.leaf_weight is missing: this kernel does not offer it");
}

TEST_F(MyrtResourceBlockIo, SaysWhichDeviceTheKernelDoesNotKnow) {
  const std::string path = "/" + unique_name();
  sleeper()
      .set("/linux/cgroupsPath", json_quote(path))
      .set("/linux/resources/blockIO/throttleReadBpsDevice",
           R"([{"major": 4095, "minor": 4095, "rate": 1}])");
  Container container(bundle_);
  const std::string write = cgroup_v2()
                                ? "write \"4095:4095 rbps=1\" to /sys/fs/cgroup" + path + "/io.max"
                                : "write \"4095:4095 1\" to " + cgroup_root("blkio").string() +
                                      path + "/blkio.throttle.read_bps_device";
  expect_message(container.create(),
                 "create " + container.id() +
                     ": cgroup: /linux/resources/blockIO/throttleReadBpsDevice/0: " + write +
                     ": No such device");
}

}  // namespace
}  // namespace myrt::test
