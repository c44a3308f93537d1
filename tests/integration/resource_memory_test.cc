// linux.resources.memory.

#include <filesystem>

#include "support/resources.h"

namespace myrt::test {
namespace {

// v2: `swap` is memory and swap in the config and swap alone in the kernel.
INSTANTIATE_TEST_SUITE_P(
    Memory, ResourceField,
    ::testing::Values(
        Field{"limit",
              R"({"memory": {"limit": 67108864}})",
              "memory",
              {{"memory.limit_in_bytes: 67108864"}},
              {{"memory.max: 67108864"}}},
        Field{"no_limit", R"({"memory": {"limit": -1}})", "memory", {{}}, {{}}},
        Field{"limit_of_0_is_none", R"({"memory": {"limit": 0}})", "memory", {{}}, {{}}},
        Field{"reservation",
              R"({"memory": {"reservation": 33554432}})",
              "memory",
              {{"memory.soft_limit_in_bytes: 33554432"}},
              {{"memory.low: 33554432"}}},
        Field{"swap",
              R"({"memory": {"limit": 67108864, "swap": 100663296}})",
              "memory",
              {{"memory.limit_in_bytes: 67108864", "memory.memsw.limit_in_bytes: 100663296"}},
              {{"memory.max: 67108864", "memory.swap.max: 33554432"}}},
        Field{"no_swap",
              R"({"memory": {"limit": 67108864, "swap": 67108864}})",
              "memory",
              {{"memory.limit_in_bytes: 67108864", "memory.memsw.limit_in_bytes: 67108864"}},
              {{"memory.max: 67108864", "memory.swap.max: 0"}}},
        Field{"unlimited_swap",
              R"({"memory": {"limit": 67108864, "swap": -1}})",
              "memory",
              {{"memory.limit_in_bytes: 67108864"}},
              {{"memory.max: 67108864"}}},
        Field{"kernel_tcp",
              R"({"memory": {"kernelTCP": 33554432}})",
              "memory",
              {{"memory.kmem.tcp.limit_in_bytes: 33554432"}},
              {{}}},
        Field{"swappiness",
              R"({"memory": {"swappiness": 10}})",
              "memory",
              {{"memory.swappiness: 10"}},
              kRefused},
        Field{"no_oom_killer",
              R"({"memory": {"disableOOMKiller": true}})",
              "memory",
              {{"memory.oom_control: oom_kill_disable 1; under_oom 0; oom_kill 0"}},
              kRefused},
        Field{"an_oom_killer", R"({"memory": {"disableOOMKiller": false}})", "memory", {{}}, {{}}},
        Field{"hierarchy", R"({"memory": {"useHierarchy": true}})", "memory", {{}}, {{}}},
        Field{"check_before_update",
              R"({"memory": {"limit": 67108864, "checkBeforeUpdate": true}})",
              "memory",
              {{"memory.limit_in_bytes: 67108864"}},
              {{"memory.max: 67108864"}}}),
    field_name);

class ResourceMemory : public ResourceTest {
 protected:
  // dd fills one buffer of this size.
  Bundle& use(const std::string& size) {
    return bundle_.args({"/bin/dd", "if=/dev/zero", "of=/dev/null", "count=1", "bs=" + size});
  }
  // Of memory and of memory plus swap: no swap.
  Bundle& limit(const std::string& bytes) {
    return bundle_.set("/linux/resources/memory",
                       R"({"limit": )" + bytes + R"(, "swap": )" + bytes + "}");
  }
  static std::string memory(const Container& container) {
    return read_value(cgroup_for(container.pid(), "memory") /
                      (cgroup_v2() ? "memory.max" : "memory.limit_in_bytes"));
  }
};

TEST_F(ResourceMemory, LimitIsNoMatterBelowIt) {
  limit("209715200");
  use("150M");
  const Outcome outcome = Container(bundle_).run();
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_TRUE(contains(outcome.err, "1+0 records out")) << outcome;
}

TEST_F(ResourceMemory, LimitKillsAboveIt) {
  limit("209715200");
  use("250M");
  const Outcome outcome = Container(bundle_).run();
  EXPECT_EQ(outcome.exit_code, 137) << outcome;  // 128 and SIGKILL
  EXPECT_FALSE(contains(outcome.err, "records out")) << outcome;
}

TEST_F(ResourceMemory, LimitOfNoneLetsTheSameProgramEnd) {
  use("250M");
  EXPECT_TRUE(succeeded(Container(bundle_).run()));
}

TEST_F(ResourceMemory, KillsByTheLimitAreCounted) {
  limit("33554432");
  // The shell outlives its child. tail keeps the whole of a line without end in memory.
  bundle_.shell("tail /dev/zero; echo ended $?; exec sleep 100");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_TRUE(container.wait_for_output("ended 137\n"));
  EXPECT_EQ(counter_of(container.pid(), "memory",
                       cgroup_v2() ? "memory.events" : "memory.oom_control", "oom_kill "),
            1U);
}

TEST_F(ResourceMemory, LimitBelowWhatIsInUseIsRefusedWhenAskedTo) {
  // 30 MiB in a file of a tmpfs are the container's memory.
  bundle_.mount("/memory", "tmpfs", "tmpfs", {})
      .shell(
          "dd if=/dev/zero of=/memory/file bs=1M count=30 2>/dev/null; echo full; exec sleep 100");
  limit("67108864");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("full\n"));
  EXPECT_TRUE(failed(update_by(
      container,
      R"({"memory": {"limit": 16777216, "swap": 16777216, "checkBeforeUpdate": true}})")));
  EXPECT_EQ(memory(container), "67108864");
  EXPECT_EQ(container.status(), "running");
}

TEST_F(ResourceMemory, SwapIsUsedUpToItsLimit) {
  if (lines_of(read_file("/proc/swaps")).size() < 2) {
    GTEST_SKIP() << "needs swap";
  }
  bundle_.set("/linux/resources/memory", R"({"limit": 33554432, "swap": 67108864})")
      .mount("/memory", "tmpfs", "tmpfs", {})
      .shell(
          "dd if=/dev/zero of=/memory/file bs=1M count=44 2>/dev/null; echo full; exec sleep 100");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(container.wait_for_output("full\n"));
  // 44 MiB do not fit into 32.
  const std::uint64_t swapped = cgroup_v2()
                                    ? counter_of(container.pid(), "memory", "memory.swap.current")
                                    : counter_of(container.pid(), "memory", "memory.stat", "swap ");
  EXPECT_GT(swapped, 10U << 20U);
}

class MyrtResourceMemory : public ResourceMemory {
 protected:
  void create_says(const char* memory, const std::string& message) {
    sleeper().set("/linux/resources/memory", memory);
    EXPECT_TRUE(failed(Container(bundle_).create(), ": " + message + "\n"));
  }
};

TEST_F(MyrtResourceMemory, SaysWhatVersion2CannotDo) {
  if (!cgroup_v2()) {
    GTEST_SKIP() << "needs cgroup v2";
  }
  create_says(R"({"swappiness": 10})",
              "/linux/resources/memory/swappiness: cgroup v2 has nothing like it");
  create_says(R"({"disableOOMKiller": true})",
              "/linux/resources/memory/disableOOMKiller: cgroup v2 has nothing like it");
  create_says(R"({"useHierarchy": false})",
              "/linux/resources/memory/useHierarchy: false: cgroup v2 has nothing like it");
}

TEST_F(MyrtResourceMemory, SaysHowSwapIsCounted) {
  create_says(R"({"swap": 67108864})", "/linux/resources/memory/swap: needs a memory limit");
  create_says(R"({"limit": 67108864, "swap": 33554432})",
              "/linux/resources/memory/swap: counts memory and swap together, so want at least the "
              "memory limit of 67108864, got 33554432");
}

TEST_F(MyrtResourceMemory, SaysThatAnotherLimitIsInTheWay) {
  if (cgroup_v2()) {
    GTEST_SKIP() << "needs cgroup v1: v2 limits swap by itself";
  }
  sleeper();
  limit("33554432");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  const std::filesystem::path cgroup = cgroup_for(container.pid(), "memory");
  expect_message(container.call({"update", "--memory", "64M", container.id()}),
                 "update " + container.id() +
                     ": /linux/resources/memory/limit: write \"67108864\" to " +
                     (cgroup / "memory.limit_in_bytes").string() +
                     " (memory.memsw.limit_in_bytes is 33554432): Invalid argument");
}

}  // namespace
}  // namespace myrt::test
