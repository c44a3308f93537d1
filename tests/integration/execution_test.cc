// How the kernel runs the program: process.scheduler, process.ioPriority, linux.memoryPolicy,
// linux.personality.

#include "support/execution.h"

#include <linux/mempolicy.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <ostream>

#include "support/fixture.h"

namespace myrt::test {
namespace {

// A filter under which nothing of this can be set.
constexpr const char* kNoCalls = R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
    {"names": ["sched_setattr", "ioprio_set", "set_mempolicy", "personality"],
     "action": "SCMP_ACT_ERRNO"}]})";

struct Schedule {
  const char* name;
  const char* scheduler;  // JSON
  const char* expected;   // as schedule_in has it
  friend std::ostream& operator<<(std::ostream& stream, const Schedule& schedule) {
    return stream << schedule.name;
  }
};

class EachScheduler : public RuntimeTest, public ::testing::WithParamInterface<Schedule> {};

TEST_P(EachScheduler, IsThatOfTheProgram) {
  bundle_.set("/process/scheduler", GetParam().scheduler).args({"/bin/cat", "/proc/self/stat"});
  allow_real_time(bundle_);
  const Outcome outcome = Container(bundle_).run();
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(schedule_in(outcome.out), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, EachScheduler,
    ::testing::Values(
        Schedule{"other", R"({"policy": "SCHED_OTHER", "nice": 5})", "0 0 5"},
        Schedule{"other_raised", R"({"policy": "SCHED_OTHER", "nice": -5})", "0 0 -5"},
        Schedule{"batch", R"({"policy": "SCHED_BATCH", "nice": 3})", "3 0 3"},
        Schedule{"idle", R"({"policy": "SCHED_IDLE"})", "5 0 0"},
        Schedule{"fifo", R"({"policy": "SCHED_FIFO", "priority": 1})", "1 1 0"},
        Schedule{"round_robin", R"({"policy": "SCHED_RR", "priority": 99})", "2 99 0"},
        Schedule{"deadline",
                 R"({"policy": "SCHED_DEADLINE", "runtime": 20000000, "deadline": 90000000,
                     "period": 100000000})",
                 "6 0 0"}),
    [](const auto& schedule) { return std::string(schedule.param.name); });

class Scheduler : public RuntimeTest {};

TEST_F(Scheduler, WithoutANiceValueHasNone) {
  bundle_.set("/process/scheduler", R"({"policy": "SCHED_OTHER"})")
      .args({"/bin/cat", "/proc/self/stat"});
  Container container(bundle_);
  Command command = container.run_command();
  command.argv.insert(command.argv.begin(), {"nice", "-n", "7"});
  EXPECT_EQ(schedule_in(container.run(command).out), "0 0 0");
}

TEST_F(Scheduler, IsTheCallersWhenNotGiven) {
  bundle_.args({"/bin/cat", "/proc/self/stat"});
  Container container(bundle_);
  Command command = container.run_command();
  command.argv.insert(command.argv.begin(), {"nice", "-n", "7"});
  EXPECT_EQ(schedule_in(container.run(command).out), "0 0 7");
}

TEST_F(Scheduler, MayBeForTheProgramAlone) {
  bundle_
      .set("/process/scheduler",
           R"({"policy": "SCHED_OTHER", "nice": -5, "flags": ["SCHED_FLAG_RESET_ON_FORK"]})")
      .shell("echo $(cat /proc/1/stat); echo $(cat /proc/self/stat)");
  const std::vector<std::string> lines = lines_of(Container(bundle_).run().out);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(schedule_in(lines[0]), "0 0 -5");
  EXPECT_EQ(schedule_in(lines[1]), "0 0 0");
}

TEST_F(Scheduler, NeedsNoRightsOfTheProgram) {
  bundle_.set("/process/scheduler", R"({"policy": "SCHED_RR", "priority": 3})")
      .set("/process/user", R"({"uid": 1000, "gid": 1000})")
      .set("/process/rlimits", R"([{"type": "RLIMIT_RTPRIO", "soft": 0, "hard": 0}])")
      .set("/linux/seccomp", kNoCalls)
      .args({"/bin/cat", "/proc/self/stat"});
  allow_real_time(bundle_);
  const Outcome outcome = Container(bundle_).run();
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(schedule_in(outcome.out), "2 3 0");
}

// A process in a user namespace has no right to a priority, whatever its capabilities there.
TEST_F(Scheduler, IsGivenToAUserNamespaceByTheHost) {
  bundle_.set("/process/scheduler", R"({"policy": "SCHED_OTHER", "nice": -7})")
      .set_namespace("user")
      .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
      .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 200000, "size": 65536}])")
      .args({"/bin/cat", "/proc/self/stat"});
  const Outcome outcome = Container(bundle_).run();
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(schedule_in(outcome.out), "0 0 -7");
}

TEST_F(Scheduler, IsRefusedWithWrongValues) {
  for (const char* scheduler :
       {R"({})", R"({"policy": "SCHED_ISO"})", R"({"policy": "SCHED_OTHER", "nice": 20})",
        R"({"policy": "SCHED_OTHER", "priority": 1})",
        R"({"policy": "SCHED_FIFO", "priority": 100})",
        R"({"policy": "SCHED_OTHER", "runtime": 1})",
        R"({"policy": "SCHED_OTHER", "flags": ["SCHED_FLAG_NOPE"]})"}) {
    bundle_.set("/process/scheduler", scheduler);
    EXPECT_TRUE(failed(Container(bundle_).run())) << scheduler;
  }
}

class IoPriority : public RuntimeTest {
 protected:
  std::string priority_with(const char* io_priority) {
    bundle_.set("/process/ioPriority", io_priority).args({"/bin/sleep", "100"});
    Container container(bundle_);
    EXPECT_TRUE(succeeded(container.run_detached()));
    return io_priority_of(container.pid());
  }
};

// Numbers of linux/ioprio.h.
TEST_F(IoPriority, IsThatOfTheConfig) {
  EXPECT_EQ(priority_with(R"({"class": "IOPRIO_CLASS_RT", "priority": 0})"), "1 0");
  EXPECT_EQ(priority_with(R"({"class": "IOPRIO_CLASS_BE", "priority": 7})"), "2 7");
  EXPECT_EQ(priority_with(R"({"class": "IOPRIO_CLASS_IDLE", "priority": 4})"), "3 4");
}

TEST_F(IoPriority, NeedsNoRightsOfTheProgram) {
  bundle_.set("/process/user", R"({"uid": 1000, "gid": 1000})").set("/linux/seccomp", kNoCalls);
  EXPECT_EQ(priority_with(R"({"class": "IOPRIO_CLASS_RT", "priority": 3})"), "1 3");
}

TEST_F(IoPriority, IsRefusedWithWrongValues) {
  for (const char* priority : {R"({"class": "IOPRIO_CLASS_NONE", "priority": 0})",
                               R"({"class": "IOPRIO_CLASS_BE", "priority": 8})",
                               R"({"class": "IOPRIO_CLASS_BE", "priority": -1})"}) {
    bundle_.set("/process/ioPriority", priority);
    EXPECT_TRUE(failed(Container(bundle_).run())) << priority;
  }
}

struct Policy {
  const char* name;
  int mode;              // of linux/mempolicy.h, with flags
  const char* policy;    // JSON
  const char* expected;  // as memory_policy_of has it
  friend std::ostream& operator<<(std::ostream& stream, const Policy& entry) {
    return stream << entry.name;
  }
};

/// Whether the kernel takes the mode for node 0.
bool kernel_knows(int mode) {
  const unsigned long node = 1;
  const bool none = mode == MPOL_DEFAULT || mode == MPOL_LOCAL;
  const bool known = ::syscall(SYS_set_mempolicy, mode, none ? nullptr : &node, none ? 0 : 65) == 0;
  ::syscall(SYS_set_mempolicy, MPOL_DEFAULT, nullptr, 0);
  return known;
}

class EachMemoryPolicy : public RuntimeTest, public ::testing::WithParamInterface<Policy> {};

TEST_P(EachMemoryPolicy, IsThatOfTheProgram) {
  if (!kernel_knows(GetParam().mode)) {
    GTEST_SKIP() << "needs a kernel with this memory policy";
  }
  bundle_.set("/linux/memoryPolicy", GetParam().policy)
      .set("/linux/seccomp", kNoCalls)
      .args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  EXPECT_EQ(memory_policy_of(container.pid()), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    All, EachMemoryPolicy,
    ::testing::Values(
        Policy{"default", MPOL_DEFAULT, R"({"mode": "MPOL_DEFAULT"})", "default"},
        Policy{"local", MPOL_LOCAL, R"({"mode": "MPOL_LOCAL", "nodes": ""})", "local"},
        Policy{"bind", MPOL_BIND, R"({"mode": "MPOL_BIND", "nodes": "0"})", "bind:0"},
        Policy{"interleave", MPOL_INTERLEAVE, R"({"mode": "MPOL_INTERLEAVE", "nodes": "0"})",
               "interleave:0"},
        Policy{"preferred", MPOL_PREFERRED, R"({"mode": "MPOL_PREFERRED", "nodes": "0"})",
               "prefer:0"},
        Policy{"preferred_many", MPOL_PREFERRED_MANY,
               R"({"mode": "MPOL_PREFERRED_MANY", "nodes": "0"})", "prefer (many):0"},
        Policy{"weighted_interleave", 6, R"({"mode": "MPOL_WEIGHTED_INTERLEAVE", "nodes": "0"})",
               "weighted interleave:0"},
        Policy{"static", MPOL_BIND | MPOL_F_STATIC_NODES,
               R"({"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_STATIC_NODES"]})",
               "bind=static:0"},
        Policy{"relative", MPOL_BIND | MPOL_F_RELATIVE_NODES,
               R"({"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_RELATIVE_NODES"]})",
               "bind=relative:0"}),
    [](const auto& policy) { return std::string(policy.param.name); });

class MemoryPolicy : public RuntimeTest {};

TEST_F(MemoryPolicy, IsRefusedWithWrongValues) {
  for (const char* policy :
       {R"({"nodes": "0"})", R"({"mode": "BIND", "nodes": "0"})",
        R"({"mode": "MPOL_BIND", "nodes": "x"})", R"({"mode": "MPOL_BIND", "nodes": ""})",
        R"({"mode": "MPOL_BIND", "nodes": "0", "flags": ["MPOL_F_NOPE"]})"}) {
    bundle_.set("/linux/memoryPolicy", policy);
    EXPECT_TRUE(failed(Container(bundle_).run())) << policy;
  }
}

class Personality : public RuntimeTest {
 protected:
  std::string machine_with(const char* personality) {
    bundle_.set("/linux/personality", personality)
        .set("/linux/seccomp", kNoCalls)
        .args({"/bin/uname", "-m"});
    return Container(bundle_).run().out;
  }
  /// What uname(2) calls this machine, and what for a 32-bit program.
  static std::string machine() {
    struct ::utsname name = {};
    ::uname(&name);
    return name.machine;
  }
  static std::string machine32() { return machine() == "x86_64" ? "i686\n" : "armv8l\n"; }
};

TEST_F(Personality, ShowsA32BitMachine) {
  EXPECT_EQ(machine_with(R"({"domain": "LINUX32"})"), machine32());
}

TEST_F(Personality, ShowsTheMachineItself) {
  EXPECT_EQ(machine_with(R"({"domain": "LINUX", "flags": []})"), machine() + "\n");
}

TEST_F(Personality, IsRefusedWithWrongValues) {
  for (const char* personality : {R"({})", R"({"domain": "BSD"})",
                                  R"({"domain": "LINUX32", "flags": ["ADDR_NO_RANDOMIZE"]})"}) {
    bundle_.set("/linux/personality", personality);
    EXPECT_TRUE(failed(Container(bundle_).run())) << personality;
  }
}

class MyrtExecutionMessages : public RuntimeTest {
 protected:
  // What `create` of the bundle says, after "create ID: ".
  void expect_create_to_say(const std::string& message) {
    Container container(bundle_);
    expect_message(container.create(), "create " + container.id() + ": " + message);
  }
};

TEST_F(MyrtExecutionMessages, SayThatTheCgroupHasNoRealTime) {
  if (!divides_real_time()) {
    GTEST_SKIP() << "needs cgroup v1 and a kernel with RT_GROUP_SCHED";
  }
  bundle_.set("/process/scheduler", R"({"policy": "SCHED_FIFO", "priority": 10})");
  expect_create_to_say(
      "process.scheduler: its cgroup has no real-time runtime "
      "(linux.resources.cpu.realtimeRuntime on cgroup v1): sched_setattr SCHED_FIFO priority 10: "
      "Operation not permitted");
}

TEST_F(MyrtExecutionMessages, SayWhichDeadlineTheKernelRefuses) {
  // More than there is in a second (kernel.sched_rt_runtime_us).
  bundle_.set("/process/scheduler", R"({"policy": "SCHED_DEADLINE", "runtime": 50000,
                                       "deadline": 50000, "period": 50000})");
  expect_create_to_say(
      "process.scheduler: sched_setattr SCHED_DEADLINE runtime 50000 deadline 50000 period 50000: "
      "Invalid argument");  // shorter than kernel.sched_deadline_period_min_us
}

TEST_F(MyrtExecutionMessages, SayWhichNodesAreMissing) {
  if (!kernel_knows(MPOL_BIND)) {
    GTEST_SKIP() << "needs a kernel with NUMA";
  }
  bundle_.set("/linux/memoryPolicy", R"({"mode": "MPOL_BIND", "nodes": "1000,1002-1003"})");
  expect_create_to_say(
      "linux.memoryPolicy: set_mempolicy MPOL_BIND nodes 1000,1002-1003: Invalid argument");
}

}  // namespace
}  // namespace myrt::test
