// linux.resources.unified: files of v2 by name.

#include "support/resources.h"

namespace myrt::test {
namespace {

INSTANTIATE_TEST_SUITE_P(
    Unified, ResourceField,
    ::testing::Values(
        // In whole pages.
        Field{"file",
              R"({"unified": {"memory.high": "50000000"}})",
              "memory",
              kRefused,
              {{"memory.high: 49999872"}}},
        Field{"file_of_no_controller",
              R"({"unified": {"cgroup.max.depth": "3", "cgroup.max.descendants": "4"}})",
              "memory",
              kRefused,
              {{"cgroup.max.depth: 3", "cgroup.max.descendants: 4"}}},
        Field{"lines",
              R"({"unified": {"io.max": "MAJOR:MINOR rbps=1048576\nMAJOR:MINOR wiops=7\n"}})",
              "blkio",
              kRefused,
              {{"io.max: MAJOR:MINOR rbps=1048576 wbps=max riops=max wiops=7"}}},
        Field{"after_the_other_fields",
              R"({"memory": {"limit": 67108864}, "unified": {"memory.max": "33554432"}})",
              "memory",
              kRefused,
              {{"memory.max: 33554432"}}}),
    field_name);

class ResourceUnified : public ResourceTest {
 protected:
  void SetUp() override {
    ResourceTest::SetUp();
    if (!cgroup_v2()) {
      GTEST_SKIP() << "needs cgroup v2";
    }
  }
};

TEST_F(ResourceUnified, FilesAreFelt) {
  // The container uses more than memory.high allows without being slowed down.
  bundle_.set("/linux/resources/unified", R"({"memory.high": "16777216"})")
      .mount("/memory", "tmpfs", "tmpfs", {})
      .shell("dd if=/dev/zero of=/memory/file bs=1M count=24 2>/dev/null; exec sleep 100");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_TRUE(eventually(
      [&] { return counter_of(container.pid(), "memory", "memory.events", "high ") > 0; }));
}

TEST_F(ResourceUnified, ControllerThatIsMissingIsAnError) {
  sleeper().set("/linux/resources/unified", R"({"nothing.max": "1"})");
  EXPECT_TRUE(failed(Container(bundle_).create(), "nothing"));
}

TEST_F(ResourceUnified, FileThatIsMissingIsAnError) {
  sleeper().set("/linux/resources/unified", R"({"memory.nothing": "1"})");
  EXPECT_TRUE(failed(Container(bundle_).create(), "memory.nothing"));
}

TEST_F(ResourceUnified, FilesOfOtherCgroupsAreRefused) {
  sleeper().set("/linux/resources/unified", R"({"../memory.high": "1000"})");
  EXPECT_TRUE(failed(Container(bundle_).create()));
}

class MyrtResourceUnified : public ResourceTest {
 protected:
  void create_says(const std::string& unified, const std::string& message) {
    sleeper().set("/linux/resources/unified", unified);
    EXPECT_TRUE(failed(Container(bundle_).create(), ": " + message + "\n"));
  }
};

TEST_F(MyrtResourceUnified, SaysThatItNeedsVersion2) {
  if (cgroup_v2()) {
    GTEST_SKIP() << "needs cgroup v1";
  }
  create_says(R"({"memory.high": "50000000"})",
              "/linux/resources/unified: needs cgroup v2, and this host has v1");
}

TEST_F(MyrtResourceUnified, SaysWhatIsMissing) {
  if (!cgroup_v2()) {
    GTEST_SKIP() << "needs cgroup v2";
  }
  const std::string path = "/" + unique_name();
  bundle_.set("/linux/cgroupsPath", json_quote(path));
  create_says(R"({"nothing.max": "1"})",
              "/linux/resources/unified/nothing.max: /sys/fs/cgroup has no cgroup controller "
              "\"nothing\"");
  create_says(R"({"memory.nothing": "1"})",
              "/linux/resources/unified/memory.nothing: /sys/fs/cgroup" + path +
                  "/memory.nothing is missing: this kernel does not offer it");
  create_says(R"({"pids.max": ""})",
              "/linux/resources/unified/pids.max: write \"\\n\" to "
              "/sys/fs/cgroup" +
                  path + "/pids.max: Invalid argument");
  create_says(R"({"../memory.high": "1"})",
              "/linux/resources/unified/..~1memory.high: want the name of a cgroup file as key, "
              "without '/'");
}

TEST_F(MyrtResourceUnified, ChangesNothingWhenALaterLineIsRefused) {
  if (!cgroup_v2() || some_disk().empty()) {
    GTEST_SKIP() << "needs cgroup v2";
  }
  sleeper().set("/linux/resources/unified",
                with_disk(R"({"io.max": "MAJOR:MINOR rbps=1048576", "memory.high": "33554432"})"));
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  const Settings before = settings_of(container.pid());
  EXPECT_TRUE(failed(update_by(
      container,
      with_disk(R"({"unified": {"cgroup.max.depth": "3", "cgroup.subtree_control": "+pids",
                    "io.max": "MAJOR:MINOR rbps=5 wbps=6\nMAJOR:MINOR riops=7\nMAJOR:MINOR nonsense=1",
                    "memory.high": "1000000"}})"))));
  EXPECT_EQ(changed(before, settings_of(container.pid())), std::vector<std::string>{});
}

}  // namespace
}  // namespace myrt::test
