// events: statistics and out of memory as lines of JSON.

#include <signal.h>

#include <filesystem>

#include "support/fixture.h"
#include "support/memory.h"

namespace myrt::test {
namespace {

class Events : public RuntimeTest {
 protected:
  Events() { limit_memory(bundle_, kSmallMemory).set("/linux/resources/pids", R"({"limit": 20})"); }

  Bundle& sleeper() { return bundle_.args({"/bin/sleep", "100"}); }
  /// Runs out of memory once the test makes the file /go in its root, and lives on.
  Bundle& eater() {
    return bundle_.shell(std::string("while [ ! -e /go ]; do sleep 0.02; done; (") + kEatMemory +
                         "); sleep 100");
  }
  void go() { bundle_.file("go", ""); }

  Outcome stats(const Container& container) const {
    return call({"events", "--stats", container.id()});
  }
  Process watch(const Container& container, const std::string& interval) const {
    return Process(
        runtime_command(workspace(), {"events", "--interval", interval, container.id()}));
  }
  static std::size_t count(const Process& events, const std::string& type) {
    std::size_t number = 0;
    for (const std::string& line : lines_of(events.out())) {
      number += json_string(line, "/type") == type ? 1U : 0U;
    }
    return number;
  }
  static bool wait_for(const Process& events, const std::string& type, std::size_t number = 1) {
    return eventually([&] { return count(events, type) >= number; }, milliseconds(15'000));
  }
};

TEST_F(Events, HasOneLineOfStatistics) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));

  const Outcome outcome = stats(container);

  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.err, "");
  const std::vector<std::string> lines = lines_of(outcome.out);
  ASSERT_EQ(lines.size(), 1U) << outcome;
  EXPECT_EQ(json_string(lines[0], "/type"), "stats");
  EXPECT_EQ(json_string(lines[0], "/id"), container.id());
  EXPECT_EQ(json_integer(lines[0], "/data/memory/usage/limit"), kSmallMemory);
  EXPECT_EQ(json_integer(lines[0], "/data/memory/usage/failcnt"), 0);
  EXPECT_GT(json_integer(lines[0], "/data/memory/usage/usage"), 0);
  EXPECT_EQ(json_integer(lines[0], "/data/pids/current"), 1);
  EXPECT_EQ(json_integer(lines[0], "/data/pids/limit"), 20);
  EXPECT_GT(json_integer(lines[0], "/data/cpu/usage/total"), 0);
}

TEST_F(Events, HaveTheMembersThatReadersExpect) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const std::string line = stats(container).out;

  for (const char* member :
       {"/data/cpu/usage/kernel", "/data/cpu/usage/user", "/data/cpu/throttling",
        "/data/cpuset/sched_relax_domain_level", "/data/memory/swap/limit",
        "/data/memory/kernel/failcnt", "/data/memory/kernelTCP/failcnt", "/data/memory/raw/pgfault",
        "/data/blkio", "/data/hugetlb", "/data/intel_rdt", "/data/network_interfaces"}) {
    EXPECT_TRUE(json_has(line, member)) << member << " in " << line;
  }
}

TEST_F(Events, CountProcessorTimeAndThrottling) {
  bundle_.set("/linux/resources/cpu", R"({"quota": 2000, "period": 10000})")
      .shell("while :; do :; done");
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const auto throttled = [&] {
    return json_integer(stats(container).out, "/data/cpu/throttling/throttledTime").value_or(0);
  };
  ASSERT_TRUE(eventually([&] { return throttled() > 0; }, milliseconds(15'000)));

  const std::string before = stats(container).out;
  EXPECT_GT(json_integer(before, "/data/cpu/throttling/throttledPeriods"), 0);
  EXPECT_GE(json_integer(before, "/data/cpu/throttling/periods"),
            json_integer(before, "/data/cpu/throttling/throttledPeriods"));
  EXPECT_TRUE(eventually(
      [&] {
        return json_integer(stats(container).out, "/data/cpu/usage/total") >
               json_integer(before, "/data/cpu/usage/total");
      },
      milliseconds(15'000)));
}

TEST_F(Events, HaveStatisticsOfACreatedContainer) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));

  // Threads count, and a runtime that waits for the start may have several.
  EXPECT_GE(json_integer(stats(container).out, "/data/pids/current"), 1);
}

TEST_F(Events, HaveStatisticsOfAPausedContainer) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  ASSERT_TRUE(succeeded(container.call({"pause", container.id()})));

  EXPECT_EQ(json_integer(stats(container).out, "/data/pids/current"), 1);
  const Process events = watch(container, "50ms");
  EXPECT_TRUE(wait_for(events, "stats"));
}

TEST_F(Events, NeedAContainerThatIsThere) {
  sleeper();
  Container container(bundle_);
  EXPECT_TRUE(failed(stats(container)));
  ASSERT_TRUE(succeeded(container.run_detached()));
  container.kill_process();
  container.wait_exit();
  EXPECT_TRUE(failed(stats(container)));
  EXPECT_TRUE(failed(watch(container, "1s").wait()));
}

TEST_F(Events, ComeAtIntervals) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));

  const Process fast = watch(container, "50ms");
  const Process slow = watch(container, "1h0.5s");
  EXPECT_TRUE(wait_for(fast, "stats", 3));
  for (const std::string& line : lines_of(fast.out())) {
    EXPECT_TRUE(json_valid(line)) << line;
  }
  EXPECT_EQ(slow.out(), "");
}

TEST_F(Events, NeedAnIntervalAboveZero) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  for (const char* interval : {"0s", "-5s"}) {
    EXPECT_TRUE(failed(watch(container, interval).wait())) << interval;
  }
}

TEST_F(Events, TellWhenMemoryIsOut) {
  eater();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const Process events = watch(container, "1h");
  const Process others = watch(container, "50ms");
  ASSERT_TRUE(wait_for(others, "stats"));
  ASSERT_EQ(count(events, "oom"), 0U);

  go();

  EXPECT_TRUE(wait_for(events, "oom"));
  EXPECT_EQ(json_string(lines_of(events.out()).front(), "/id"), container.id());
  EXPECT_TRUE(wait_for(others, "oom")) << "two may watch";
  EXPECT_EQ(container.status(), "running");
}

TEST_F(Events, FollowAnUpdate) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const Process events = watch(container, "50ms");
  ASSERT_TRUE(wait_for(events, "stats"));

  ASSERT_TRUE(succeeded(container.call(
      {"update", "--memory", "33554432", "--memory-swap", "33554432", container.id()})));

  EXPECT_TRUE(eventually([&] {
    const std::vector<std::string> lines = lines_of(events.out());
    return json_integer(lines.back(), "/data/memory/usage/limit") == 33554432;
  }));
}

TEST_F(Events, EndWhenTheContainerIsDeleted) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  Process events = watch(container, "50ms");
  ASSERT_TRUE(wait_for(events, "stats"));

  ASSERT_TRUE(succeeded(container.remove({"--force"})));

  const Outcome outcome = events.wait();
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.err, "");
}

TEST_F(Events, EndBySignalsAndLeaveTheContainerAlone) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  for (const int signal : {SIGINT, SIGTERM}) {
    Process events = watch(container, "50ms");
    ASSERT_TRUE(wait_for(events, "stats"));
    events.signal(signal);
    EXPECT_FALSE(events.wait().timed_out);
  }
  EXPECT_EQ(container.status(), "running");
}

class MyrtEvents : public Events {
 protected:
  /// Moves the container's only process, and what it starts, into a new cgroup with a limit of its
  /// own, below the container's.
  static void nest(const Container& container, const std::filesystem::path& cgroup) {
    std::filesystem::create_directory(cgroup / "nested");
    write_file(cgroup / "nested/cgroup.procs", std::to_string(container.pid()));
    if (cgroup_v2()) {
      write_file(cgroup / "cgroup.subtree_control", "+memory");
    }
    write_file(cgroup / "nested" / memory_limit_file(), "8388608");
  }
};

TEST_F(MyrtEvents, EndWithTheContainer) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  Process events = watch(container, "50ms");
  ASSERT_TRUE(wait_for(events, "stats"));

  container.kill_process();

  const Outcome outcome = events.wait();
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.err, "");
}

TEST_F(MyrtEvents, TellWhatEndedTheContainerBeforeTheyEnd) {
  bundle_.shell(std::string("while [ ! -e /go ]; do sleep 0.02; done; exec ") + kEatMemory);
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  Process events = watch(container, "50ms");
  ASSERT_TRUE(wait_for(events, "stats"));

  go();

  EXPECT_EQ(container.wait_exit().signal, SIGKILL);
  EXPECT_TRUE(succeeded(events.wait()));
  EXPECT_GE(count(events, "oom"), 1U) << events.out();
}

TEST_F(MyrtEvents, TellOfCgroupsBelow) {
  // Without other processes than the shell, so that one write moves all there are.
  bundle_.shell(std::string("while [ ! -e /go ]; do :; done; (") + kEatMemory + "); sleep 100");
  limit_memory(bundle_, 4 * kSmallMemory);
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  nest(container, cgroup_of(container.pid(), "memory"));
  const Process events = watch(container, "100ms");
  ASSERT_TRUE(wait_for(events, "stats"));

  go();

  EXPECT_TRUE(wait_for(events, "oom"));
}

TEST_F(MyrtEvents, EndWhenNobodyReads) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  Pipe pipe = make_pipe();
  Command command = runtime_command(workspace(), {"events", "--interval", "1h", container.id()});
  command.stdout_fd = pipe.write.get();
  Process events(command);
  pipe.write.reset();

  pipe.read.reset();

  const Outcome outcome = events.wait();
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.err, "");
}

TEST_F(MyrtEvents, DoNotMissThatNobodyReadsBetweenTwoWrites) {
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  Pipe pipe = make_pipe();
  pipe.read.reset();
  Command command = runtime_command(workspace(), {"events", "--stats", container.id()});
  command.stdout_fd = pipe.write.get();

  const Outcome outcome = run(command);

  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.err, "");
}

TEST_F(MyrtEvents, SayWhyNot) {
  sleeper();
  Container container(bundle_);
  const std::string id = container.id();
  expect_message(stats(container), "events " + id + ": container does not exist");
  ASSERT_TRUE(succeeded(container.run_detached()));
  expect_message(watch(container, "0s").wait(),
                 "events " + id + ": --interval: want more than 0, got \"0s\"");
  expect_message(watch(container, "5").wait(),
                 "events " + id + ": --interval: want a duration such as 5s or 1m30s, got \"5\"");
  container.kill_process();
  container.wait_exit();
  expect_message(stats(container), "events " + id + ": container not running");
  expect_message(watch(container, "1s").wait(), "events " + id + ": container not running");
}

TEST_F(MyrtEvents, NeedACgroup) {
  bundle_.erase("/linux/resources").args({"/bin/sleep", "100"});
  const std::string id = unique_name();
  ASSERT_TRUE(succeeded(
      call({"--cgroup-manager", "disabled", "run", "--detach", "--bundle", bundle_.path(), id})));
  expect_message(call({"events", "--stats", id}),
                 "events " + id +
                     ": no statistics of a container without cgroups: they were disabled when it "
                     "was created, or its creator may make none");
  EXPECT_TRUE(succeeded(call({"delete", "--force", id})));
}

}  // namespace
}  // namespace myrt::test
