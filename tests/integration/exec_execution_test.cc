// How the kernel runs what `exec` does: as the container's own process, or as its own file says,
// and process.execCPUAffinity, which is for exec alone.

#include <sched.h>
#include <signal.h>

#include "support/exec.h"
#include "support/execution.h"

namespace myrt::test {
namespace {

constexpr const char* kStat[] = {"/bin/cat", "/proc/self/stat"};

/// A process object for `exec --process` with `fields`, that runs `program` (a JSON array).
std::string process_with(const std::string& fields, const std::string& program) {
  return R"({"user": {"uid": 0, "gid": 0}, "cwd": "/", "args": )" + program + ", " + fields + "}";
}

class ExecScheduler : public ExecTest {
 protected:
  std::string schedule() { return schedule_in(exec({kStat[0], kStat[1]}).out); }
};

TEST_F(ExecScheduler, IsThatOfTheContainer) {
  bundle_.set("/process/scheduler", R"({"policy": "SCHED_BATCH", "nice": -3})");
  start();
  EXPECT_EQ(schedule(), "3 0 -3");
}

TEST_F(ExecScheduler, MayBeRealTimeAndNotInherited) {
  bundle_.set("/process/scheduler", R"({"policy": "SCHED_FIFO", "priority": 4,
                                       "flags": ["SCHED_FLAG_RESET_ON_FORK"]})");
  allow_real_time(bundle_);
  start();
  EXPECT_EQ(schedule(), "1 4 0");
  EXPECT_EQ(schedule_in(output_of("echo $(cat /proc/self/stat)")), "0 0 0");
}

TEST_F(ExecScheduler, MayBeADeadline) {
  bundle_.set("/process/scheduler",
              R"({"policy": "SCHED_DEADLINE", "runtime": 20000000, "deadline": 100000000})");
  start();
  EXPECT_EQ(schedule(), "6 0 0");
}

TEST_F(ExecScheduler, OfAFileComesFirst) {
  bundle_.set("/process/scheduler", R"({"policy": "SCHED_IDLE"})");
  start();
  const std::string program = R"(["/bin/cat", "/proc/self/stat"])";
  EXPECT_EQ(
      schedule_in(
          exec_process(process_with(R"("scheduler": {"policy": "SCHED_BATCH"})", program)).out),
      "3 0 0");
  EXPECT_EQ(schedule_in(exec_process(process_with(R"("env": [])", program)).out), "5 0 0");
}

class ExecIoPriority : public ExecTest {};

TEST_F(ExecIoPriority, IsThatOfTheContainer) {
  bundle_.set("/process/ioPriority", R"({"class": "IOPRIO_CLASS_RT", "priority": 5})");
  start();
  EXPECT_EQ(io_priority_of(exec_detached({"/bin/sleep", "100"})), "1 5");
}

class ExecMemoryPolicy : public ExecTest {};

TEST_F(ExecMemoryPolicy, IsThatOfTheContainer) {
  if (memory_policy_of(::getpid()).empty()) {
    GTEST_SKIP() << "needs a kernel with NUMA";
  }
  bundle_.set("/linux/memoryPolicy", R"({"mode": "MPOL_BIND", "nodes": "0"})");
  start();
  EXPECT_EQ(memory_policy_of(exec_detached({"/bin/sleep", "100"})), "bind:0");
}

class ExecPersonality : public ExecTest {};

TEST_F(ExecPersonality, IsThatOfTheContainer) {
  bundle_.set("/linux/personality", R"({"domain": "LINUX32"})");
  start();
  const std::string machine = output_of("uname -m");
  EXPECT_TRUE(machine == "i686\n" || machine == "armv8l\n") << machine;
}

class ExecAffinity : public ExecTest {
 protected:
  void SetUp() override {
    ExecTest::SetUp();
    cpu_set_t cpus;
    if (::sched_getaffinity(0, sizeof(cpus), &cpus) != 0 || !CPU_ISSET(0, &cpus) ||
        !CPU_ISSET(1, &cpus)) {
      GTEST_SKIP() << "needs CPUs 0 and 1";
    }
  }
};

TEST_F(ExecAffinity, OfTheConfigIsForExecAlone) {
  bundle_.set("/process/execCPUAffinity", R"({"initial": "0-1", "final": "1"})");
  start();
  EXPECT_EQ(status_field("Cpus_allowed_list"), "1");
  const std::string own = read_file("/proc/" + std::to_string(container().pid()) + "/status");
  EXPECT_EQ(field_of(own, "Cpus_allowed_list"),
            field_of(read_file("/proc/self/status"), "Cpus_allowed_list"));
}

TEST_F(ExecAffinity, OfAFileComesFirst) {
  bundle_.set("/process/execCPUAffinity", R"({"final": "1"})");
  start();
  const std::string program = R"(["/bin/grep", "Cpus_allowed_list", "/proc/self/status"])";
  EXPECT_EQ(
      exec_process(process_with(R"("execCPUAffinity": {"initial": "1", "final": "0"})", program))
          .out,
      "Cpus_allowed_list:\t0\n");
  EXPECT_EQ(exec_process(process_with(R"("env": [])", program)).out, "Cpus_allowed_list:\t1\n");
}

// Applied later, it would name no CPU that the cpuset has, and fail.
TEST_F(ExecAffinity, BeforeItEntersTheCgroupMayLieOutsideOfThatsCpus) {
  bundle_.set("/linux/resources/cpu", R"({"cpus": "1"})")
      .set("/process/execCPUAffinity", R"({"initial": "0"})");
  start();
  EXPECT_EQ(status_field("Cpus_allowed_list"), "1");
}

TEST_F(ExecAffinity, OfTheRuntimeIsItsOwnAgain) {
  bundle_.set("/process/execCPUAffinity", R"({"initial": "1"})");
  start();
  Process runtime(exec_command({}, {"/bin/sh", "-c", "echo up; exec sleep 100"}));
  ASSERT_TRUE(eventually([&runtime] { return runtime.out() == "up\n"; }));
  const std::string status = read_file("/proc/" + std::to_string(runtime.pid()) + "/status");
  EXPECT_EQ(field_of(status, "Cpus_allowed_list"),
            field_of(read_file("/proc/self/status"), "Cpus_allowed_list"));
  runtime.signal(SIGTERM);  // passed on to the program
  EXPECT_EQ(runtime.wait().exit_code, 128 + SIGTERM);
}

TEST_F(ExecAffinity, MayNameMoreThan1024Cpus) {
  bundle_.set("/process/execCPUAffinity", R"({"initial": "0,1024-8191", "final": "1,2000"})");
  start();
  EXPECT_EQ(status_field("Cpus_allowed_list"), "1");
}

TEST_F(ExecAffinity, IsRefusedWithWrongLists) {
  start();
  for (const char* affinity : {R"({"initial": "a"})", R"({"initial": "1-0"})", R"({"final": "0-"})",
                               R"({"final": "99999999"})"}) {
    EXPECT_TRUE(not_executed(exec_process(
        process_with(R"("execCPUAffinity": )" + std::string(affinity), R"(["/bin/true"])"))))
        << affinity;
  }
}

class MyrtExecAffinity : public ExecAffinity {};

TEST_F(MyrtExecAffinity, SaysWhichListHasNoCpuOfTheMachine) {
  start();
  const auto message = [this](const char* affinity) {
    return exec_process(
        process_with(R"("execCPUAffinity": )" + std::string(affinity), R"(["/bin/true"])"));
  };
  const std::string prefix = "exec " + container().id() + ": process.execCPUAffinity.";
  expect_exec_message(message(R"({"initial": "8190-8191"})"),
                      prefix + "initial: sched_setaffinity 8190-8191: Invalid argument");
  expect_exec_message(message(R"({"initial": "0", "final": "8191"})"),
                      prefix + "final: sched_setaffinity 8191: Invalid argument");
}

}  // namespace
}  // namespace myrt::test
