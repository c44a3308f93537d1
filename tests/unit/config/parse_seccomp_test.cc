#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/parse.h"
#include "section.h"

namespace myrt::config {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

std::vector<std::string> faults_of(std::string_view json) {
  return parse_section(parse_seccomp, json).faults;
}

constexpr std::string_view kActionList =
    "a seccomp action (SCMP_ACT_ALLOW, SCMP_ACT_ERRNO, SCMP_ACT_KILL, SCMP_ACT_KILL_PROCESS, "
    "SCMP_ACT_KILL_THREAD, SCMP_ACT_LOG, SCMP_ACT_NOTIFY, SCMP_ACT_TRACE, SCMP_ACT_TRAP)";

TEST(ParseSeccomp, ReadsAFilter) {
  const auto parsed = parse_section(parse_seccomp, R"({
      "defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 38,
      "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86"],
      "flags": ["SECCOMP_FILTER_FLAG_LOG"],
      "listenerPath": "/run/agent.sock", "listenerMetadata": "m",
      "syscalls": [
        {"names": ["read", "write"], "action": "SCMP_ACT_ALLOW", "args": null},
        {"names": ["clone3"], "action": "SCMP_ACT_ERRNO", "errnoRet": 0},
        {"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"},
        {"names": ["ptrace"], "action": "SCMP_ACT_TRACE", "errnoRet": 65535},
        {"names": ["clone"], "action": "SCMP_ACT_ALLOW",
         "args": [{"index": 5, "value": 18446744073709551615, "valueTwo": 1, "op": "SCMP_CMP_MASKED_EQ"},
                  {"index": 0, "value": 0, "op": "SCMP_CMP_NE"}]}]})");
  EXPECT_THAT(parsed.faults, IsEmpty());
  const auto rule = [](const char* name, SeccompAction action) {
    return SeccompRule{.names = {name}, .action = action, .errno_ret = std::nullopt, .args = {}};
  };
  SeccompRule clone3 = rule("clone3", SeccompAction::kErrno);
  clone3.errno_ret = 0;
  SeccompRule ptrace = rule("ptrace", SeccompAction::kTrace);
  ptrace.errno_ret = 65535;
  SeccompRule clone = rule("clone", SeccompAction::kAllow);
  clone.args = {{.index = 5,
                 .value = 18446744073709551615U,
                 .value_two = 1,
                 .op = SeccompOperator::kMaskedEqual},
                {.index = 0, .value = 0, .value_two = 0, .op = SeccompOperator::kNotEqual}};
  SeccompRule read = rule("read", SeccompAction::kAllow);
  read.names = {"read", "write"};
  EXPECT_EQ(
      parsed.value,
      (Seccomp{.default_action = SeccompAction::kErrno,
               .default_errno_ret = 38,
               .architectures = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86"},
               .flags = std::vector<std::string>{"SECCOMP_FILTER_FLAG_LOG"},
               .listener_path = "/run/agent.sock",
               .listener_metadata = "m",
               .syscalls = {read, clone3, rule("mkdir", SeccompAction::kNotify), ptrace, clone}}));
}

TEST(ParseSeccomp, KnowsEveryActionAsDefault) {
  struct Case {
    const char* name;
    SeccompAction action;
  };
  const Case cases[] = {{"SCMP_ACT_KILL", SeccompAction::kKillThread},
                        {"SCMP_ACT_KILL_THREAD", SeccompAction::kKillThread},
                        {"SCMP_ACT_KILL_PROCESS", SeccompAction::kKillProcess},
                        {"SCMP_ACT_TRAP", SeccompAction::kTrap},
                        {"SCMP_ACT_ERRNO", SeccompAction::kErrno},
                        {"SCMP_ACT_TRACE", SeccompAction::kTrace},
                        {"SCMP_ACT_ALLOW", SeccompAction::kAllow},
                        {"SCMP_ACT_LOG", SeccompAction::kLog}};
  for (const Case& c : cases) {
    const auto parsed =
        parse_section(parse_seccomp, R"({"defaultAction": ")" + std::string(c.name) + "\"}");
    EXPECT_THAT(parsed.faults, IsEmpty());
    EXPECT_EQ(parsed.value.value().default_action, c.action) << c.name;
  }
}

TEST(ParseSeccomp, TellsAbsentFlagsFromNone) {
  EXPECT_EQ(parse_section(parse_seccomp, R"({"defaultAction": "SCMP_ACT_ALLOW"})").value->flags,
            std::nullopt);
  EXPECT_EQ(parse_section(parse_seccomp, R"({"defaultAction": "SCMP_ACT_ALLOW", "flags": []})")
                .value->flags,
            std::vector<std::string>{});
}

TEST(ParseSeccomp, TakesAnEmptySectionForNoFilter) {
  for (const std::string_view json :
       {"null", "{}", R"({"defaultAction": ""})",
        R"({"defaultAction": "", "syscalls": null, "architectures": []})"}) {
    const auto parsed = parse_section([](const Value& in) { return parse_seccomp(in["seccomp"]); },
                                      R"({"seccomp": )" + std::string(json) + "}");
    EXPECT_THAT(parsed.faults, IsEmpty());
    EXPECT_EQ(parsed.value, std::nullopt) << json;
  }
}

TEST(ParseSeccomp, LooksAtTheRestOfAnEmptySection) {
  EXPECT_THAT(faults_of(R"({"defaultAction": "", "architectures": true, "defaultErrnoRet": -1})"),
              ElementsAre("/defaultErrnoRet: want an integer from 0 to 4095, got -1",
                          "/architectures: want an array of strings, got a boolean"));
}

TEST(ParseSeccomp, WantsADefaultActionForRules) {
  EXPECT_THAT(faults_of(R"({"syscalls": []})"),
              ElementsAre("/defaultAction: want " + std::string(kActionList) + ", got nothing"));
  EXPECT_THAT(faults_of(R"({"defaultAction": "ALLOW"})"),
              ElementsAre("/defaultAction: want " + std::string(kActionList) + ", got \"ALLOW\""));
}

TEST(ParseSeccomp, RefusesAnErrnoWithActionsThatTakeNone) {
  EXPECT_THAT(
      faults_of(R"({"defaultAction": "SCMP_ACT_ALLOW", "defaultErrnoRet": 1, "syscalls": [
      {"names": ["a"], "action": "SCMP_ACT_LOG", "errnoRet": 1},
      {"names": ["a"], "action": "SCMP_ACT_ERRNO", "errnoRet": 4096},
      {"names": ["a"], "action": "SCMP_ACT_TRACE", "errnoRet": 65536},
      {"names": ["a"], "action": "SCMP_ACT_ERRNO", "errnoRet": -1}]})"),
      ElementsAre("/defaultErrnoRet: want it with SCMP_ACT_ERRNO or SCMP_ACT_TRACE only",
                  "/syscalls/0/errnoRet: want it with SCMP_ACT_ERRNO or SCMP_ACT_TRACE only",
                  "/syscalls/1/errnoRet: want an integer from 0 to 4095, got 4096",
                  "/syscalls/2/errnoRet: want an integer from 0 to 65535, got 65536",
                  "/syscalls/3/errnoRet: want an integer from 0 to 4095, got -1"));
}

TEST(ParseSeccomp, RefusesWrongRules) {
  EXPECT_THAT(
      faults_of(R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": [], "action": "SCMP_ACT_LOG"}, {"action": "SCMP_ACT_LOG"}, {"names": [""], "action": "SCMP_ACT_LOG"},
      {"names": "a", "action": "SCMP_ACT_FOO"}, {"names": ["a"]}, {"name": "a", "action": "SCMP_ACT_LOG"}, 7]})"),
      ElementsAre("/syscalls/0/names: want at least one system call, got an empty array",
                  "/syscalls/1/names: want an array of strings, got nothing",
                  "/syscalls/2/names/0: want the name of a system call, got \"\"",
                  "/syscalls/3/names: want an array of strings, got a string",
                  "/syscalls/3/action: want " + std::string(kActionList) + ", got \"SCMP_ACT_FOO\"",
                  "/syscalls/4/action: want " + std::string(kActionList) + ", got nothing",
                  "/syscalls/5/names: want an array of strings, got nothing",
                  "/syscalls/6: want an object, got a number"));
}

TEST(ParseSeccomp, RefusesWrongArguments) {
  EXPECT_THAT(
      faults_of(R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["a"], "action": "SCMP_ACT_LOG", "args": [
        {"index": 6, "value": -1, "op": "SCMP_CMP_XX"}, {"value": "1", "valueTwo": 1.5}]}]})"),
      ElementsAre(
          "/syscalls/0/args/0/index: want an integer from 0 to 5, got 6",
          "/syscalls/0/args/0/value: want an integer from 0 to 18446744073709551615, got -1",
          "/syscalls/0/args/0/op: want a seccomp operator (SCMP_CMP_EQ, SCMP_CMP_GE, "
          "SCMP_CMP_GT, SCMP_CMP_LE, SCMP_CMP_LT, SCMP_CMP_MASKED_EQ, SCMP_CMP_NE), got "
          "\"SCMP_CMP_XX\"",
          "/syscalls/0/args/1/index: want an integer from 0 to 5, got nothing",
          "/syscalls/0/args/1/value: want an integer from 0 to 18446744073709551615, got "
          "\"1\"",
          "/syscalls/0/args/1/valueTwo: want an integer from 0 to 18446744073709551615, "
          "got 1.5",
          "/syscalls/0/args/1/op: want a seccomp operator (SCMP_CMP_EQ, SCMP_CMP_GE, "
          "SCMP_CMP_GT, SCMP_CMP_LE, SCMP_CMP_LT, SCMP_CMP_MASKED_EQ, SCMP_CMP_NE), got "
          "nothing"));
}

TEST(ParseSeccomp, RefusesUnknownArchitecturesAndFlags) {
  EXPECT_THAT(
      faults_of(R"({"defaultAction": "SCMP_ACT_ALLOW", "architectures": ["SCMP_ARCH_X86_64", "x86"],
                    "flags": ["SECCOMP_FILTER_FLAG_FOO", 1]})"),
      ElementsAre(
          "/architectures/1: want a seccomp architecture, got \"x86\"",
          "/flags/0: want a seccomp flag (SECCOMP_FILTER_FLAG_LOG, SECCOMP_FILTER_FLAG_SPEC_ALLOW, "
          "SECCOMP_FILTER_FLAG_TSYNC, SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV), got "
          "\"SECCOMP_FILTER_FLAG_FOO\"",
          "/flags/1: want a seccomp flag (SECCOMP_FILTER_FLAG_LOG, SECCOMP_FILTER_FLAG_SPEC_ALLOW, "
          "SECCOMP_FILTER_FLAG_TSYNC, SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV), got 1"));
}

TEST(ParseSeccomp, WantsAListenerForNotifications) {
  EXPECT_THAT(faults_of(R"({"defaultAction": "SCMP_ACT_ALLOW",
                    "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}]})"),
              ElementsAre("/listenerPath: want a path, as SCMP_ACT_NOTIFY is used, got nothing"));
  EXPECT_THAT(faults_of(R"({"defaultAction": "SCMP_ACT_ALLOW", "listenerPath": "",
                    "syscalls": [{"names": ["mkdir"], "action": "SCMP_ACT_NOTIFY"}]})"),
              ElementsAre("/listenerPath: want a path, as SCMP_ACT_NOTIFY is used, got \"\""));
}

TEST(ParseSeccomp, RefusesNotificationsThatWouldStopTheRuntime) {
  EXPECT_THAT(
      faults_of(R"({"defaultAction": "SCMP_ACT_NOTIFY", "listenerPath": "/s",
                    "syscalls": [{"names": ["read", "write"], "action": "SCMP_ACT_NOTIFY"}]})"),
      ElementsAre("/defaultAction: want another action as default, got \"SCMP_ACT_NOTIFY\"",
                  "/syscalls/0/action: want another action for write, got \"SCMP_ACT_NOTIFY\""));
}

TEST(ParseSeccomp, RefusesMetadataForNobody) {
  EXPECT_THAT(faults_of(R"({"defaultAction": "SCMP_ACT_ALLOW", "listenerMetadata": "m"})"),
              ElementsAre("/listenerMetadata: want it with listenerPath only"));
}

}  // namespace
}  // namespace myrt::config
