#include "container/exec_process.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace myrt::container {
namespace {

using testing::ElementsAre;

// Numbers of linux/capability.h.
constexpr std::uint64_t kKill = 1ULL << 5U;
constexpr std::uint64_t kNetRaw = 1ULL << 13U;

Process container_process() {
  return {.terminal = true,
          .console_size = ConsoleSize{.height = 25, .width = 80},
          .user = {.uid = 1000, .gid = 1001, .umask = 027, .additional_gids = {5}},
          .args = {"server"},
          .env = {"PATH=/bin", "A=1", "AB=2"},
          .cwd = "/srv",
          .capabilities = {.bounding = kKill, .effective = kKill, .permitted = kKill},
          .rlimits = {{.resource = 7, .soft = 10, .hard = 20}},
          .no_new_privileges = true,
          .apparmor_profile = "container's",
          .oom_score_adj = 100,
          .scheduler = Scheduler{.policy = 3, .nice = 5},
          .io_priority = IoPriority{.io_class = 2, .priority = 7},
          .exec_cpu_affinity = ExecCpuAffinity{.initial = {1}, .final = {2}}};
}

Process changed(const ExecChanges& changes) {
  Result<Process> process = changed_process(container_process(), changes);
  EXPECT_TRUE(process.has_value()) << process.error().text();
  return process.value_or(Process{});
}

std::string refusal(ExecChanges changes) {
  changes.args = {"sh"};
  const Result<Process> process = changed_process(container_process(), changes);
  return process.has_value() ? "" : process.error().text();
}

TEST(ChangedProcess, IsTheContainersWithAnotherProgram) {
  const Process process = changed({.args = {"ls", "-l"}});

  Process expected = container_process();
  expected.args = {"ls", "-l"};
  expected.terminal = false;
  expected.console_size.reset();
  EXPECT_EQ(process, expected);
}

TEST(ChangedProcess, ReplacesVariablesWhereTheyStandAndAddsOthers) {
  const Process process = changed({.args = {"sh"}, .env = {"A=x=y", "NEW=", "NEW=2"}});

  EXPECT_THAT(process.env, ElementsAre("PATH=/bin", "A=x=y", "AB=2", "NEW=2"));
}

TEST(ChangedProcess, KeepsTheGroupWhenOnlyAUserIsGiven) {
  const Process process = changed({.args = {"id"}, .user = ExecUser{.uid = 7, .gid = {}}});

  EXPECT_EQ(process.user.uid, 7U);
  EXPECT_EQ(process.user.gid, 1001U);
}

TEST(ChangedProcess, TakesUserAndGroups) {
  const Process process =
      changed({.args = {"id"}, .user = ExecUser{.uid = 7, .gid = 0}, .additional_gids = {8, 9}});

  EXPECT_EQ(process.user.uid, 7U);
  EXPECT_EQ(process.user.gid, 0U);
  EXPECT_THAT(process.user.additional_gids, ElementsAre(5U, 8U, 9U));
}

// CVE-2022-29162.
TEST(ChangedProcess, AddsCapabilitiesThatAreNotInherited) {
  const Process process = changed({.args = {"sh"}, .capabilities = {"cap_net_raw"}});

  EXPECT_EQ(process.capabilities.bounding, kKill | kNetRaw);
  EXPECT_EQ(process.capabilities.effective, kKill | kNetRaw);
  EXPECT_EQ(process.capabilities.permitted, kKill | kNetRaw);
  EXPECT_EQ(process.capabilities.inheritable, 0U);
  EXPECT_EQ(process.capabilities.ambient, 0U);
}

TEST(ChangedProcess, TakesAnotherWorkingDirectory) {
  EXPECT_EQ(changed({.args = {"sh"}, .cwd = "/tmp"}).cwd, "/tmp");
}

TEST(ChangedProcess, TakesAnotherAppArmorProfile) {
  EXPECT_EQ(changed({.args = {"sh"}, .apparmor_profile = "other"}).apparmor_profile, "other");
  EXPECT_EQ(changed({.args = {"sh"}}).apparmor_profile, "container's");
}

TEST(ChangedProcess, TakesAnotherSelinuxLabel) {
  Process container = container_process();
  container.selinux_label = "a:b:c:s0";
  ExecChanges changes{.args = {"sh"}};
  EXPECT_EQ(changed_process(container, changes)->selinux_label, "a:b:c:s0");
  changes.selinux_label = "a:b:d:s0";
  EXPECT_EQ(changed_process(container, changes)->selinux_label, "a:b:d:s0");
}

TEST(ChangedProcess, DoesNotLoseNoNewPrivileges) {
  EXPECT_TRUE(changed({.args = {"sh"}, .no_new_privileges = false}).no_new_privileges);
}

TEST(ChangedProcess, RefusesWhatCannotMeanAnything) {
  EXPECT_EQ(refusal({.env = {"A"}}), "--env: want NAME=value, got \"A\"");
  EXPECT_EQ(refusal({.env = {"=A"}}), "--env: want NAME=value, got \"=A\"");
  EXPECT_EQ(refusal({.cwd = "tmp"}), "--cwd: want an absolute path, got \"tmp\"");
  EXPECT_EQ(refusal({.additional_gids = {4294967295}}),
            "--additional-gids: want 0 to 4294967294, got 4294967295");
  EXPECT_EQ(refusal({.capabilities = {"NET_RAW"}}), "--cap: unknown capability \"NET_RAW\"");
  const Result<Process> nothing = changed_process(container_process(), {});
  ASSERT_FALSE(nothing.has_value());
  EXPECT_EQ(nothing.error().text(), "want a program, or --process");
}

TEST(CompletedProcess, KeepsTheSelinuxLabelOfTheContainerUnlessTheFileHasOne) {
  Process container = container_process();
  container.selinux_label = "a:b:c:s0";
  EXPECT_EQ(completed_process(container, {}).selinux_label, "a:b:c:s0");
  EXPECT_EQ(completed_process(container, {.process = {.selinux_label = "a:b:d:s0"}}).selinux_label,
            "a:b:d:s0");
}

TEST(CompletedProcess, TakesTheFileAsItIs) {
  const Process process = {.user = {.uid = 1},
                           .args = {"x"},
                           .cwd = "/",
                           .apparmor_profile = "its own",
                           .oom_score_adj = 5,
                           .scheduler = Scheduler{},
                           .io_priority = IoPriority{.io_class = 3},
                           .exec_cpu_affinity = ExecCpuAffinity{}};

  EXPECT_EQ(completed_process(container_process(), {.process = process,
                                                    .has_capabilities = true,
                                                    .has_rlimits = true,
                                                    .has_no_new_privileges = true}),
            process);
}

TEST(CompletedProcess, TakesFromTheContainerWhatTheFileLacks) {
  const Process process =
      completed_process(container_process(), {.process = {.args = {"x"}, .cwd = "/"}});

  EXPECT_EQ(process.capabilities, container_process().capabilities);
  EXPECT_EQ(process.rlimits, container_process().rlimits);
  EXPECT_TRUE(process.no_new_privileges);
  EXPECT_EQ(process.apparmor_profile, "container's");
  EXPECT_EQ(process.oom_score_adj, 100);
  EXPECT_EQ(process.scheduler, container_process().scheduler);
  EXPECT_EQ(process.io_priority, container_process().io_priority);
  EXPECT_EQ(process.exec_cpu_affinity, container_process().exec_cpu_affinity);
  EXPECT_THAT(process.env, ElementsAre());
}

TEST(ParseExecUser, TakesNumbersAlone) {
  EXPECT_EQ(parse_exec_user("1000").value(), (ExecUser{.uid = 1000, .gid = {}}));
  EXPECT_EQ(parse_exec_user("0:4294967294").value(), (ExecUser{.uid = 0, .gid = 4294967294}));
}

// CVE-2026-30892, and numbers that would mean something else to the kernel.
TEST(ParseExecUser, RefusesWhatIsNoId) {
  for (const char* text : {"", ":", "1:", ":1", "1x", " 1", "1 ", "0x10", "-1", "+1", "1:2:3",
                           "4294967295", "4294967296", "root", "1:wheel"}) {
    EXPECT_FALSE(parse_exec_user(text).has_value()) << text;
  }
  EXPECT_EQ(parse_exec_user("root").error().text(),
            "want UID[:GID] in decimal, each at most 4294967294, got \"root\"");
}

}  // namespace
}  // namespace myrt::container
