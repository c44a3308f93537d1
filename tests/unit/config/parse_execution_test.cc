#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/parse.h"
#include "section.h"

namespace myrt::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Numbers of linux/sched.h, linux/ioprio.h, linux/mempolicy.h and sys/personality.h.

constexpr const char* kPolicies =
    "(SCHED_BATCH, SCHED_DEADLINE, SCHED_FIFO, SCHED_IDLE, SCHED_OTHER, SCHED_RR)";

std::vector<std::string> scheduler_faults(std::string_view json) {
  return parse_section(parse_scheduler, json).faults;
}

Scheduler scheduler_of(std::string_view json) {
  const auto parsed = parse_section(parse_scheduler, json);
  EXPECT_THAT(parsed.faults, IsEmpty()) << json;
  return parsed.value.value_or(Scheduler{});
}

TEST(ParseScheduler, ReadsEveryPolicy) {
  EXPECT_EQ(scheduler_of(R"({"policy": "SCHED_OTHER", "nice": -20})"),
            (Scheduler{.policy = 0, .nice = -20}));
  EXPECT_EQ(scheduler_of(R"({"policy": "SCHED_BATCH", "nice": 19})"),
            (Scheduler{.policy = 3, .nice = 19}));
  EXPECT_EQ(scheduler_of(R"({"policy": "SCHED_IDLE"})"), Scheduler{.policy = 5});
  EXPECT_EQ(scheduler_of(R"({"policy": "SCHED_FIFO", "priority": 1})"),
            (Scheduler{.policy = 1, .priority = 1}));
  EXPECT_EQ(scheduler_of(R"({"policy": "SCHED_RR", "priority": 99})"),
            (Scheduler{.policy = 2, .priority = 99}));
  EXPECT_EQ(
      scheduler_of(R"({"policy": "SCHED_DEADLINE", "runtime": 1024, "deadline": 1024,
                             "period": 9223372036854775807})"),
      (Scheduler{.policy = 6, .runtime = 1024, .deadline = 1024, .period = 9223372036854775807}));
}

TEST(ParseScheduler, ReadsEveryFlag) {
  EXPECT_EQ(scheduler_of(R"({"policy": "SCHED_IDLE", "flags": [
                "SCHED_FLAG_RESET_ON_FORK", "SCHED_FLAG_RECLAIM", "SCHED_FLAG_DL_OVERRUN",
                "SCHED_FLAG_KEEP_POLICY", "SCHED_FLAG_KEEP_PARAMS", "SCHED_FLAG_UTIL_CLAMP_MIN",
                "SCHED_FLAG_UTIL_CLAMP_MAX"]})")
                .flags,
            0x7fU);
  EXPECT_EQ(scheduler_of(R"({"policy": "SCHED_IDLE", "flags": []})").flags, 0U);
}

TEST(ParseScheduler, IsNothingWhenAbsent) {
  EXPECT_EQ(
      parse_section([](const Value& in) { return parse_scheduler(in["scheduler"]); }, "{}").value,
      std::nullopt);
}

TEST(ParseScheduler, TakesThePeriodForTheDeadlineWhenAbsent) {
  EXPECT_EQ(
      scheduler_of(R"({"policy": "SCHED_DEADLINE", "runtime": 5000, "deadline": 6000})").period,
      0U);
}

TEST(ParseScheduler, TakesAZeroForAFieldThatIsLeftOut) {
  EXPECT_EQ(scheduler_of(R"({"policy": "SCHED_IDLE", "nice": 0, "priority": 0, "runtime": 0,
                             "deadline": 0, "period": 0})"),
            Scheduler{.policy = 5});
}

TEST(ParseScheduler, RefusesPoliciesThatLinuxHasNot) {
  EXPECT_THAT(
      scheduler_faults("{}"),
      ElementsAre(std::string("/policy: want a scheduling policy ") + kPolicies + ", got nothing"));
  EXPECT_THAT(scheduler_faults(R"({"policy": "FIFO"})"),
              ElementsAre(std::string("/policy: want a scheduling policy ") + kPolicies +
                          ", got \"FIFO\""));
  EXPECT_THAT(scheduler_faults(R"({"policy": "SCHED_ISO"})"),
              ElementsAre("/policy: SCHED_ISO is not supported: Linux has the name only"));
}

TEST(ParseScheduler, TellsWhatIsWrongBesideAnUnknownPolicy) {
  EXPECT_THAT(scheduler_faults(R"({"policy": "SCHED_ISO", "nice": 20, "priority": true,
                                   "runtime": -1, "deadline": "1", "period": 1.5})"),
              ElementsAre("/policy: SCHED_ISO is not supported: Linux has the name only",
                          "/nice: want an integer from -20 to 19, got 20",
                          "/priority: want an integer from 0 to 99, got true",
                          "/runtime: want an integer from 0 to 9223372036854775807, got -1",
                          "/deadline: want an integer from 0 to 9223372036854775807, got \"1\"",
                          "/period: want an integer from 0 to 9223372036854775807, got 1.5"));
}

TEST(ParseScheduler, RefusesUnknownFlags) {
  EXPECT_THAT(scheduler_faults(R"({"policy": "SCHED_IDLE", "flags": ["SCHED_RESET_ON_FORK", 1]})"),
              ElementsAre("/flags/0: want a scheduling flag (SCHED_FLAG_DL_OVERRUN, "
                          "SCHED_FLAG_KEEP_PARAMS, SCHED_FLAG_KEEP_POLICY, SCHED_FLAG_RECLAIM, "
                          "SCHED_FLAG_RESET_ON_FORK, SCHED_FLAG_UTIL_CLAMP_MAX, "
                          "SCHED_FLAG_UTIL_CLAMP_MIN), got \"SCHED_RESET_ON_FORK\"",
                          "/flags/1: want a scheduling flag (SCHED_FLAG_DL_OVERRUN, "
                          "SCHED_FLAG_KEEP_PARAMS, SCHED_FLAG_KEEP_POLICY, SCHED_FLAG_RECLAIM, "
                          "SCHED_FLAG_RESET_ON_FORK, SCHED_FLAG_UTIL_CLAMP_MAX, "
                          "SCHED_FLAG_UTIL_CLAMP_MIN), got 1"));
}

TEST(ParseScheduler, HoldsTheNiceValueToItsRangeAndPolicies) {
  EXPECT_THAT(scheduler_faults(R"({"policy": "SCHED_OTHER", "nice": 20})"),
              ElementsAre("/nice: want an integer from -20 to 19, got 20"));
  EXPECT_THAT(scheduler_faults(R"({"policy": "SCHED_BATCH", "nice": -21})"),
              ElementsAre("/nice: want an integer from -20 to 19, got -21"));
  EXPECT_THAT(
      scheduler_faults(R"({"policy": "SCHED_IDLE", "nice": 5})"),
      ElementsAre("/nice: want 0 or nothing, as it is for SCHED_OTHER and SCHED_BATCH alone, "
                  "got 5"));
}

TEST(ParseScheduler, HoldsThePriorityToItsRangeAndPolicies) {
  EXPECT_THAT(scheduler_faults(R"({"policy": "SCHED_FIFO", "priority": 100})"),
              ElementsAre("/priority: want an integer from 1 to 99, got 100"));
  EXPECT_THAT(scheduler_faults(R"({"policy": "SCHED_RR", "priority": 0})"),
              ElementsAre("/priority: want an integer from 1 to 99, got 0"));
  EXPECT_THAT(scheduler_faults(R"({"policy": "SCHED_RR"})"),
              ElementsAre("/priority: want an integer from 1 to 99, got nothing"));
  EXPECT_THAT(
      scheduler_faults(R"({"policy": "SCHED_OTHER", "priority": 1})"),
      ElementsAre("/priority: want 0 or nothing, as it is for SCHED_FIFO and SCHED_RR alone, "
                  "got 1"));
}

TEST(ParseScheduler, WantsTheTimesOfADeadlineInTheirOrder) {
  EXPECT_THAT(scheduler_faults(R"({"policy": "SCHED_DEADLINE"})"),
              ElementsAre("/runtime: want an integer from 1024 to 9223372036854775807, got nothing",
                          "/deadline: want an integer from 0 to 9223372036854775807, got nothing"));
  EXPECT_THAT(scheduler_faults(R"({"policy": "SCHED_DEADLINE", "runtime": 1023, "deadline": 5000,
                           "period": 9223372036854775808})"),
              ElementsAre("/runtime: want an integer from 1024 to 9223372036854775807, got 1023",
                          "/period: want an integer from 0 to 9223372036854775807, got "
                          "9223372036854775808"));
  EXPECT_THAT(scheduler_faults(
                  R"({"policy": "SCHED_DEADLINE", "runtime": 3000, "deadline": 2000,
                      "period": 1000})"),
              ElementsAre("/deadline: want at least the runtime 3000, got 2000",
                          "/period: want 0 or at least the deadline 2000, got 1000"));
}

TEST(ParseScheduler, RefusesTimesOfOtherPolicies) {
  constexpr const char* kWanted = ": want 0 or nothing, as it is for SCHED_DEADLINE alone, got 1";
  EXPECT_THAT(scheduler_faults(R"({"policy": "SCHED_FIFO", "priority": 1, "runtime": 1,
                                   "deadline": 1, "period": 1})"),
              ElementsAre(std::string("/runtime") + kWanted, std::string("/deadline") + kWanted,
                          std::string("/period") + kWanted));
}

TEST(ParseIoPriority, ReadsEveryClass) {
  EXPECT_EQ(
      parse_section(parse_io_priority, R"({"class": "IOPRIO_CLASS_RT", "priority": 0})").value,
      (IoPriority{.io_class = 1, .priority = 0}));
  EXPECT_EQ(
      parse_section(parse_io_priority, R"({"class": "IOPRIO_CLASS_BE", "priority": 7})").value,
      (IoPriority{.io_class = 2, .priority = 7}));
  EXPECT_EQ(
      parse_section(parse_io_priority, R"({"class": "IOPRIO_CLASS_IDLE", "priority": 4})").value,
      (IoPriority{.io_class = 3, .priority = 4}));
}

TEST(ParseIoPriority, RefusesOtherClassesAndPriorities) {
  EXPECT_THAT(
      parse_section(parse_io_priority, R"({"class": "IOPRIO_CLASS_NONE", "priority": 8})").faults,
      ElementsAre("/class: want an I/O scheduling class (IOPRIO_CLASS_BE, IOPRIO_CLASS_IDLE, "
                  "IOPRIO_CLASS_RT), got \"IOPRIO_CLASS_NONE\"",
                  "/priority: want an integer from 0 to 7, got 8"));
  EXPECT_THAT(
      parse_section(parse_io_priority, "{}").faults,
      ElementsAre("/class: want an I/O scheduling class (IOPRIO_CLASS_BE, IOPRIO_CLASS_IDLE, "
                  "IOPRIO_CLASS_RT), got nothing",
                  "/priority: want an integer from 0 to 7, got nothing"));
}

TEST(ParseExecCpuAffinity, ReadsBothLists) {
  EXPECT_EQ(parse_section(parse_exec_cpu_affinity, R"({"initial": "7", "final": "0-3,64"})").value,
            (ExecCpuAffinity{.initial = {0x80}, .final = {0xf, 0x1}}));
}

TEST(ParseExecCpuAffinity, TakesEmptyListsForNone) {
  EXPECT_EQ(parse_section(parse_exec_cpu_affinity, R"({"initial": "", "final": null})").value,
            ExecCpuAffinity{});
  EXPECT_EQ(parse_section(parse_exec_cpu_affinity, "{}").value, ExecCpuAffinity{});
}

TEST(ParseExecCpuAffinity, RefusesWhatIsNoList) {
  EXPECT_THAT(
      parse_section(parse_exec_cpu_affinity, R"({"initial": "0-", "final": "8192"})").faults,
      ElementsAre("/initial: want a list of CPUs from 0 to 8191, such as \"0-3,7\", got \"0-\"",
                  "/final: want a list of CPUs from 0 to 8191, such as \"0-3,7\", got \"8192\""));
  EXPECT_THAT(parse_section(parse_exec_cpu_affinity, R"({"initial": 0})").faults,
              ElementsAre("/initial: want a string, got 0"));
}

std::vector<std::string> memory_policy_faults(std::string_view json) {
  return parse_section(parse_memory_policy, json).faults;
}

TEST(ParseMemoryPolicy, ReadsEveryMode) {
  struct Mode {
    const char* name;
    int number;
    const char* nodes;
  };
  for (const Mode& mode : std::initializer_list<Mode>{{"MPOL_DEFAULT", 0, ""},
                                                      {"MPOL_PREFERRED", 1, "1"},
                                                      {"MPOL_BIND", 2, "1"},
                                                      {"MPOL_INTERLEAVE", 3, "1"},
                                                      {"MPOL_LOCAL", 4, ""},
                                                      {"MPOL_PREFERRED_MANY", 5, "1"},
                                                      {"MPOL_WEIGHTED_INTERLEAVE", 6, "1"}}) {
    const auto parsed = parse_section(
        parse_memory_policy,
        base::concat({R"({"mode": ")", mode.name, R"(", "nodes": ")", mode.nodes, "\"}"}));
    EXPECT_THAT(parsed.faults, IsEmpty()) << mode.name;
    EXPECT_EQ(parsed.value,
              (MemoryPolicy{.mode = mode.number,
                            .nodes = *mode.nodes == '\0' ? NumberSet{} : NumberSet{0x2}}))
        << mode.name;
  }
}

TEST(ParseMemoryPolicy, ReadsEveryFlag) {
  EXPECT_EQ(parse_section(parse_memory_policy, R"({"mode": "MPOL_BIND", "nodes": "0-1,3", "flags":
                ["MPOL_F_NUMA_BALANCING", "MPOL_F_STATIC_NODES"]})")
                .value,
            (MemoryPolicy{.mode = 2, .flags = 0xa000, .nodes = {0xb}}));
  EXPECT_EQ(parse_section(parse_memory_policy, R"({"mode": "MPOL_BIND", "nodes": "0", "flags":
                ["MPOL_F_RELATIVE_NODES"]})")
                .value->flags,
            0x4000);
}

TEST(ParseMemoryPolicy, WantsNodesWhereTheModeDoes) {
  for (const char* mode :
       {"MPOL_BIND", "MPOL_INTERLEAVE", "MPOL_PREFERRED_MANY", "MPOL_WEIGHTED_INTERLEAVE"}) {
    EXPECT_THAT(memory_policy_faults(base::concat({R"({"mode": ")", mode, "\"}"})),
                ElementsAre("/nodes: want at least one memory node with this mode, got nothing"));
    EXPECT_THAT(memory_policy_faults(base::concat({R"({"mode": ")", mode, R"(", "nodes": ""})"})),
                ElementsAre("/nodes: want at least one memory node with this mode, got \"\""));
  }
  EXPECT_THAT(memory_policy_faults(R"({"mode": "MPOL_PREFERRED"})"), IsEmpty());
}

TEST(ParseMemoryPolicy, WantsNoNodesWhereTheModeHasNone) {
  for (const char* mode : {"MPOL_DEFAULT", "MPOL_LOCAL"}) {
    EXPECT_THAT(memory_policy_faults(base::concat({R"({"mode": ")", mode, "\"}"})), IsEmpty());
    EXPECT_THAT(memory_policy_faults(base::concat({R"({"mode": ")", mode, R"(", "nodes": "0"})"})),
                ElementsAre("/nodes: want no nodes with this mode, got \"0\""));
  }
}

TEST(ParseMemoryPolicy, RefusesWrongValues) {
  EXPECT_THAT(
      memory_policy_faults(R"({"mode": "BIND", "nodes": "1024", "flags": ["MPOL_F_NODE"]})"),
      ElementsAre("/mode: want a memory policy (MPOL_BIND, MPOL_DEFAULT, MPOL_INTERLEAVE, "
                  "MPOL_LOCAL, MPOL_PREFERRED, MPOL_PREFERRED_MANY, MPOL_WEIGHTED_INTERLEAVE), "
                  "got \"BIND\"",
                  "/flags/0: want a memory policy's flag (MPOL_F_NUMA_BALANCING, "
                  "MPOL_F_RELATIVE_NODES, MPOL_F_STATIC_NODES), got \"MPOL_F_NODE\"",
                  "/nodes: want a list of memory nodes from 0 to 1023, such as \"0-3,7\", got "
                  "\"1024\""));
  EXPECT_THAT(memory_policy_faults(R"({"mode": "MPOL_BIND", "nodes": "0", "flags":
                  ["MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES"]})"),
              ElementsAre("/flags: want MPOL_F_RELATIVE_NODES or MPOL_F_STATIC_NODES, got both"));
}

TEST(ParsePersonality, ReadsBothDomains) {
  EXPECT_EQ(parse_section(parse_personality, R"({"domain": "LINUX"})").value, 0UL);
  EXPECT_EQ(parse_section(parse_personality, R"({"domain": "LINUX32", "flags": []})").value, 8UL);
}

TEST(ParsePersonality, RefusesOtherDomainsAndAllFlags) {
  EXPECT_THAT(
      parse_section(parse_personality, R"({"domain": "BSD", "flags": ["ADDR_NO_RANDOMIZE"]})")
          .faults,
      ElementsAre(
          "/flags/0: \"ADDR_NO_RANDOMIZE\" is not supported: the specification has no flags",
          "/domain: want an execution domain (LINUX, LINUX32), got \"BSD\""));
  EXPECT_THAT(parse_section(parse_personality, R"({"flags": [1]})").faults,
              ElementsAre("/flags/0: want a string, got 1",
                          "/domain: want an execution domain (LINUX, LINUX32), got nothing"));
}

}  // namespace
}  // namespace myrt::config
