#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "plan/parts.h"
#include "samples.h"

namespace myrt::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// Numbers of linux/capability.h.
constexpr std::uint64_t kChown = 1ULL << 0U;
constexpr std::uint64_t kKill = 1ULL << 5U;
constexpr std::uint64_t kNetRaw = 1ULL << 13U;
constexpr std::uint64_t kCheckpointRestore = 1ULL << 40U;
constexpr std::uint64_t kAll = 0x1ffffffffff;

CapabilitySets all_five(std::uint64_t set) {
  return {.bounding = set, .effective = set, .permitted = set, .inheritable = set, .ambient = set};
}

Noted<ProcessPlan> with_capabilities(const CapabilitySets& sets, std::uint64_t grantable) {
  Process process;
  process.capabilities = sets;
  return process_plan(process, grantable);
}

TEST(GrantableCapabilities, AreThoseOfTheRuntime) {
  host::HostFacts host = root_host();
  EXPECT_EQ(grantable_capabilities(host, false), 0x1ffffffffffU);
  host.capabilities = kChown | kKill;
  EXPECT_EQ(grantable_capabilities(host, false), kChown | kKill);
}

TEST(GrantableCapabilities, AreAllThatTheKernelKnowsInAUserNamespace) {
  host::HostFacts host = user_host();
  EXPECT_EQ(grantable_capabilities(host, true), 0x1ffffffffffU);
  host.last_capability = 37;
  EXPECT_EQ(grantable_capabilities(host, true), 0x3fffffffffU);
  host.last_capability = 63;
  EXPECT_EQ(grantable_capabilities(host, true), 0xffffffffffffffffU);
}

TEST(ProcessPlan, TakesTheProcessAsItIs) {
  Process process;
  process.args = {"sh", "-c", "true"};
  process.env = {"PATH=/sbin:/bin", "HOME=/root", "PATHS=/x"};
  process.cwd = "/work";
  process.user = {.uid = 1000, .gid = 1001, .umask = 0077, .additional_gids = {1001, 5, 5}};
  process.rlimits = {{.resource = 7, .soft = 10, .hard = 20}};
  process.no_new_privileges = true;
  process.oom_score_adj = -500;

  const ProcessPlan plan = process_plan(process, kAll).value;

  EXPECT_THAT(plan.args, ElementsAre("sh", "-c", "true"));
  EXPECT_THAT(plan.env, ElementsAre("PATH=/sbin:/bin", "HOME=/root", "PATHS=/x"));
  EXPECT_EQ(plan.cwd, "/work");
  EXPECT_EQ(plan.uid, 1000U);
  EXPECT_EQ(plan.gid, 1001U);
  EXPECT_EQ(plan.umask, 0077U);
  EXPECT_THAT(plan.groups, ElementsAre(1001, 5, 5));
  EXPECT_THAT(plan.rlimits, ElementsAre(Rlimit{.resource = 7, .soft = 10, .hard = 20}));
  EXPECT_TRUE(plan.no_new_privileges);
  EXPECT_EQ(plan.oom_score_adj, -500);
}

TEST(ProcessPlan, SearchesThePathOfTheConfig) {
  Process process;
  process.env = {"XPATH=/x", "PATH=/sbin:/bin"};
  EXPECT_EQ(process_plan(process, kAll).value.search_path, "/sbin:/bin");
  process.env = {"PATH="};
  EXPECT_EQ(process_plan(process, kAll).value.search_path, "");
}

TEST(ProcessPlan, SearchesAsExecvpWithoutPath) {
  EXPECT_EQ(process_plan(Process{}, kAll).value.search_path, "/bin:/usr/bin");
}

TEST(ProcessPlan, TellsWhetherHomeIsMissing) {
  Process process;
  EXPECT_TRUE(process_plan(process, kAll).value.home_missing);
  process.env = {"HOMES=/x"};
  EXPECT_TRUE(process_plan(process, kAll).value.home_missing);
  process.env = {"HOME="};
  EXPECT_FALSE(process_plan(process, kAll).value.home_missing);
}

TEST(ProcessPlan, HasUmask022ByDefault) {
  EXPECT_EQ(process_plan(Process{}, kAll).value.umask, 0022U);
}

TEST(ProcessPlan, TakesTheConsoleSizeOnlyWithATerminal) {
  Process process;
  process.console_size = ConsoleSize{.height = 24, .width = 80};
  EXPECT_EQ(process_plan(process, kAll).value.console_size, std::nullopt);
  process.terminal = true;
  EXPECT_EQ(process_plan(process, kAll).value.console_size,
            (ConsoleSize{.height = 24, .width = 80}));
  process.console_size = ConsoleSize{.height = 0, .width = 80};
  EXPECT_EQ(process_plan(process, kAll).value.console_size, std::nullopt);
}

TEST(ProcessCapabilities, AreNoneWhenTheConfigHasNone) {
  const auto plan = with_capabilities({}, kAll);
  EXPECT_EQ(plan.value.capabilities, CapabilitySets{});
  EXPECT_THAT(plan.warnings, IsEmpty());
}

TEST(ProcessCapabilities, AreThoseOfTheConfig) {
  const auto plan = with_capabilities(all_five(kChown | kKill), kAll);
  EXPECT_EQ(plan.value.capabilities, all_five(kChown | kKill));
  EXPECT_THAT(plan.warnings, IsEmpty());
}

TEST(ProcessCapabilities, LeaveOutWhatCannotBeGranted) {
  const auto plan = with_capabilities(all_five(kChown | kNetRaw | kCheckpointRestore), kChown);
  EXPECT_EQ(plan.value.capabilities, all_five(kChown));
  EXPECT_THAT(plan.warnings,
              ElementsAre("/process/capabilities: the runtime cannot grant: CAP_NET_RAW, "
                          "CAP_CHECKPOINT_RESTORE"));
}

TEST(ProcessCapabilities, WithoutANameAreTold) {
  const auto plan = with_capabilities({.bounding = 1ULL << 63U}, kAll);
  EXPECT_THAT(plan.warnings, ElementsAre("/process/capabilities: the runtime cannot grant: 63"));
}

TEST(ProcessCapabilities, AreEffectiveOnlyWhenPermitted) {
  const auto plan = with_capabilities(
      {.bounding = kChown, .effective = kChown | kKill, .permitted = kChown}, kAll);
  EXPECT_EQ(plan.value.capabilities.effective, kChown);
  EXPECT_THAT(plan.warnings,
              ElementsAre("/process/capabilities/effective: left out, not in the permitted set: "
                          "CAP_KILL"));
}

TEST(ProcessCapabilities, AreInheritableOnlyWhenInTheBoundingSet) {
  const auto plan = with_capabilities({.bounding = kChown, .inheritable = kChown | kKill}, kAll);
  EXPECT_EQ(plan.value.capabilities.inheritable, kChown);
  EXPECT_THAT(plan.warnings,
              ElementsAre("/process/capabilities/inheritable: left out, not in the bounding set: "
                          "CAP_KILL"));
}

TEST(ProcessCapabilities, AreAmbientOnlyWhenPermittedAndInheritable) {
  const auto plan = with_capabilities({.bounding = kAll,
                                       .permitted = kChown | kKill,
                                       .inheritable = kChown | kNetRaw,
                                       .ambient = kChown | kKill | kNetRaw},
                                      kAll);
  EXPECT_EQ(plan.value.capabilities.ambient, kChown);
  EXPECT_THAT(plan.warnings,
              ElementsAre("/process/capabilities/ambient: left out, not both permitted and "
                          "inheritable: CAP_KILL, CAP_NET_RAW"));
}

}  // namespace
}  // namespace myrt::plan
