#include <sys/resource.h>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/parse.h"
#include "section.h"

namespace myrt::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

/// A process with `fields` besides the required ones.
Parsed<Process> parse_with(std::string_view fields) {
  return parse_section(
      parse_process,
      R"({"user": {"uid": 0, "gid": 0}, "args": ["sh"], "cwd": "/", )" + std::string(fields) + "}");
}

TEST(ParseProcess, ReadsEveryField) {
  const auto parsed = parse_section(parse_process, R"({
      "terminal": true,
      "consoleSize": {"height": 25, "width": 80},
      "user": {"uid": 1000, "gid": 1001, "umask": 18, "additionalGids": [1001, 5, 5]},
      "args": ["sh", "-c", ""],
      "env": ["A=1", "B="],
      "cwd": "/home",
      "capabilities": {"bounding": ["CAP_CHOWN", "CAP_KILL"], "effective": ["CAP_KILL"],
                       "permitted": ["CAP_KILL"], "inheritable": ["CAP_CHECKPOINT_RESTORE"],
                       "ambient": ["CAP_CHOWN"]},
      "rlimits": [{"type": "RLIMIT_NOFILE", "soft": 1024, "hard": 4096},
                  {"type": "RLIMIT_CORE", "soft": 0, "hard": 18446744073709551615}],
      "noNewPrivileges": true,
      "oomScoreAdj": -1000,
      "apparmorProfile": "", "selinuxLabel": "", "scheduler": null,
      "ioPriority": null, "execCPUAffinity": null})");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_THAT(parsed.warnings, IsEmpty());
  EXPECT_EQ(
      parsed.value,
      (Process{.terminal = true,
               .console_size = ConsoleSize{.height = 25, .width = 80},
               .user = {.uid = 1000, .gid = 1001, .umask = 022, .additional_gids = {1001, 5, 5}},
               .args = {"sh", "-c", ""},
               .env = {"A=1", "B="},
               .cwd = "/home",
               .capabilities = {.bounding = 0x21,
                                .effective = 0x20,
                                .permitted = 0x20,
                                .inheritable = 1UL << 40U,
                                .ambient = 0x1},
               .rlimits = {{.resource = RLIMIT_NOFILE, .soft = 1024, .hard = 4096},
                           {.resource = RLIMIT_CORE, .soft = 0, .hard = 18446744073709551615U}},
               .no_new_privileges = true,
               .oom_score_adj = -1000}));
}

TEST(ParseProcess, WantsTheRequiredFields) {
  EXPECT_THAT(parse_section(parse_process, "{}").faults,
              ElementsAre("/user: want an object, got nothing",
                          "/args: want an array of strings, got nothing",
                          "/cwd: want an absolute path, got nothing"));
  EXPECT_THAT(parse_section(parse_process, R"({"user": {}, "args": [], "cwd": ""})").faults,
              ElementsAre("/user/uid: want an integer from 0 to 4294967294, got nothing",
                          "/user/gid: want an integer from 0 to 4294967294, got nothing",
                          "/args: want at least one string, got an empty array",
                          "/cwd: want an absolute path, got \"\""));
}

TEST(ParseProcess, RefusesValuesOfOtherTypes) {
  EXPECT_THAT(parse_section(parse_process, R"({
      "terminal": "true", "consoleSize": [25, 80], "user": {"uid": "1000", "gid": 1.5, "umask": "022"},
      "args": "sh", "env": ["A=1", 5], "cwd": 7, "capabilities": ["CAP_KILL"], "rlimits": {},
      "noNewPrivileges": 1, "oomScoreAdj": "0"})")
                  .faults,
              ElementsAre("/terminal: want true or false, got \"true\"",
                          "/consoleSize: want an object, got an array",
                          "/user/uid: want an integer from 0 to 4294967294, got \"1000\"",
                          "/user/gid: want an integer from 0 to 4294967294, got 1.5",
                          "/user/umask: want an integer from 0 to 511, got \"022\"",
                          "/args: want an array of strings, got a string",
                          "/env/1: want NAME=value, got 5", "/cwd: want an absolute path, got 7",
                          "/capabilities: want an object, got an array",
                          "/rlimits: want an array of objects, got an object",
                          "/noNewPrivileges: want true or false, got 1",
                          "/oomScoreAdj: want an integer from -1000 to 1000, got \"0\""));
}

TEST(ParseProcess, RefusesIdsThatTheKernelTakesForNoChange) {
  for (const std::string_view id :
       {"-1", "4294967295", "4294967296", "18446744073709551615", "18446744073709551616"}) {
    const std::string json = R"({"args": ["sh"], "cwd": "/", "user": {"uid": )" + std::string(id) +
                             R"(, "gid": 0, "additionalGids": [)" + std::string(id) + "]}}";
    const std::string wanted = ": want an integer from 0 to 4294967294, got " + std::string(id);
    EXPECT_THAT(parse_section(parse_process, json).faults,
                ElementsAre("/user/uid" + wanted, "/user/additionalGids/0" + wanted));
  }
}

TEST(ParseProcess, TakesTheGreatestId) {
  const auto parsed = parse_section(
      parse_process,
      R"({"args": ["sh"], "cwd": "/", "user": {"uid": 4294967294, "gid": 4294967294}})");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_EQ(parsed.value.user.uid, 4294967294U);
}

TEST(ParseProcess, RefusesAUmaskThatIsNone) {
  EXPECT_THAT(
      parse_section(parse_process,
                    R"({"args": ["sh"], "cwd": "/", "user": {"uid": 0, "gid": 0, "umask": 512}})")
          .faults,
      ElementsAre("/user/umask: want an integer from 0 to 511, got 512"));
}

TEST(ParseProcess, RefusesARelativeWorkingDirectory) {
  EXPECT_THAT(parse_section(parse_process,
                            R"({"user": {"uid": 0, "gid": 0}, "args": ["sh"], "cwd": "tmp"})")
                  .faults,
              ElementsAre("/cwd: want an absolute path, got \"tmp\""));
}

TEST(ParseProcess, RefusesEnvironmentEntriesWithoutAName) {
  EXPECT_THAT(
      parse_with(R"("env": ["A=1", "B", "", "=C", "=", "D="])").faults,
      ElementsAre("/env/1: want NAME=value, got \"B\"", "/env/2: want NAME=value, got \"\"",
                  "/env/3: want NAME=value, got \"=C\"", "/env/4: want NAME=value, got \"=\""));
}

TEST(ParseProcess, TakesTheLastOfEqualVariablesAtTheFirstOnesPlace) {
  const auto parsed = parse_with(R"("env": ["A=1", "B=2", "A=3=4", "AB=5", "A=6"])");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_THAT(parsed.value.env, ElementsAre("A=6", "B=2", "AB=5"));
}

TEST(ParseProcess, LeavesTheEnvironmentEmptyWhenThereIsNone) {
  const auto parsed = parse_with(R"("env": null)");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_THAT(parsed.value.env, IsEmpty());
}

TEST(ParseProcess, WarnsOfUnknownCapabilitiesAndGoesOn) {
  const auto parsed = parse_with(R"("capabilities": {"bounding": ["CAP_FOO", "CAP_KILL", "cap_kill",
                                                                  "Permission Denied"]})");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_EQ(parsed.value.capabilities.bounding, 0x20U);
  EXPECT_THAT(
      parsed.warnings,
      ElementsAre("/capabilities/bounding/0: left out, as there is no capability CAP_FOO",
                  "/capabilities/bounding/2: left out, as there is no capability of this name",
                  "/capabilities/bounding/3: left out, as there is no capability of this name"));
}

TEST(ParseProcess, RefusesCapabilitiesThatAreNoNames) {
  EXPECT_THAT(
      parse_with(R"("capabilities": {"ambient": [5, null], "effective": "CAP_KILL"})").faults,
      ElementsAre("/capabilities/effective: want an array of strings, got a string",
                  "/capabilities/ambient/0: want a capability's name, got 5",
                  "/capabilities/ambient/1: want a capability's name, got null"));
}

TEST(ParseProcess, HasNoCapabilitiesWhenThereAreNone) {
  EXPECT_EQ(parse_with(R"("capabilities": null)").value.capabilities, CapabilitySets{});
}

TEST(ParseProcess, RefusesWrongResourceLimits) {
  EXPECT_THAT(
      parse_with(R"("rlimits": [
      {"type": "RLIMIT_NOFILE", "soft": 1, "hard": 2}, {"type": "RLIMIT_FOO", "soft": 1, "hard": 1},
      {"type": "RLIMIT_NOFILE", "soft": 1, "hard": 2}, {"type": "RLIMIT_CPU", "soft": 3, "hard": 2},
      {"type": "RLIMIT_AS", "soft": -1, "hard": "x"}, {"type": "NPROC"}])")
          .faults,
      ElementsAre("/rlimits/1/type: want the name of a resource limit, got \"RLIMIT_FOO\"",
                  "/rlimits/2/type: want each resource once, got \"RLIMIT_NOFILE\"",
                  "/rlimits/3/soft: want at most the hard limit 2, got 3",
                  "/rlimits/4/soft: want an integer from 0 to 18446744073709551615, got -1",
                  "/rlimits/4/hard: want an integer from 0 to 18446744073709551615, got \"x\"",
                  "/rlimits/5/type: want the name of a resource limit, got \"NPROC\"",
                  "/rlimits/5/soft: want an integer from 0 to 18446744073709551615, got nothing",
                  "/rlimits/5/hard: want an integer from 0 to 18446744073709551615, got nothing"));
}

TEST(ParseProcess, HoldsTheOomScoreToItsRange) {
  EXPECT_THAT(parse_with(R"("oomScoreAdj": 1001)").faults,
              ElementsAre("/oomScoreAdj: want an integer from -1000 to 1000, got 1001"));
  EXPECT_THAT(parse_with(R"("oomScoreAdj": -1001)").faults,
              ElementsAre("/oomScoreAdj: want an integer from -1000 to 1000, got -1001"));
  EXPECT_EQ(parse_with(R"("oomScoreAdj": 0)").value.oom_score_adj, 0);
  EXPECT_EQ(parse_with(R"("oomScoreAdj": null)").value.oom_score_adj, std::nullopt);
}

TEST(ParseProcess, HoldsTheConsoleSizeToWhatATerminalHas) {
  EXPECT_THAT(parse_with(R"("consoleSize": {"height": 65536})").faults,
              ElementsAre("/consoleSize/height: want an integer from 0 to 65535, got 65536",
                          "/consoleSize/width: want an integer from 0 to 65535, got nothing"));
  EXPECT_THAT(parse_with(R"("consoleSize": {"height": 25, "width": 80}, "terminal": false)").faults,
              IsEmpty());
}

TEST(ParseProcess, ReadsTheAppArmorProfile) {
  EXPECT_EQ(parse_with(R"("apparmorProfile": "docker-default")").value.apparmor_profile,
            "docker-default");
}

TEST(ParseProcess, ReadsHowTheKernelRunsIt) {
  const auto parsed = parse_with(R"("scheduler": {"policy": "SCHED_IDLE"},
                                    "ioPriority": {"class": "IOPRIO_CLASS_BE", "priority": 7},
                                    "execCPUAffinity": {"initial": "0", "final": "1"})");
  EXPECT_THAT(parsed.faults, IsEmpty());
  EXPECT_EQ(parsed.value.scheduler, Scheduler{.policy = 5});  // SCHED_IDLE, linux/sched.h
  EXPECT_EQ(parsed.value.io_priority, (IoPriority{.io_class = 2, .priority = 7}));
  EXPECT_EQ(parsed.value.exec_cpu_affinity, (ExecCpuAffinity{.initial = {1}, .final = {2}}));
}

TEST(ParseProcess, ReadsTheSelinuxLabel) {
  EXPECT_EQ(
      parse_with(R"("selinuxLabel": "system_u:system_r:container_t:s0:c1,c2")").value.selinux_label,
      "system_u:system_r:container_t:s0:c1,c2");
  EXPECT_THAT(parse_with(R"("selinuxLabel": 5)").faults,
              ElementsAre("/selinuxLabel: want a string, got 5"));
}

}  // namespace
}  // namespace myrt::config
