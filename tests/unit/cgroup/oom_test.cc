#include "cgroup/oom.h"

#include <gtest/gtest.h>

#include "temporary_directory.h"

namespace myrt::cgroup {
namespace {

TEST(ParseOomKills, FindsTheCounterOfBothVersions) {
  EXPECT_EQ(parse_oom_kills("oom_kill_disable 0\nunder_oom 0\noom_kill 3\n"), 3U);
  EXPECT_EQ(parse_oom_kills("low 0\nhigh 0\nmax 350\noom 1\noom_kill 2\noom_group_kill 9\n"), 2U);
}

TEST(ParseOomKills, IsZeroBeforeLinux413) {
  EXPECT_EQ(parse_oom_kills("oom_kill_disable 0\nunder_oom 0\n"), 0U);
  EXPECT_EQ(parse_oom_kills(""), 0U);
}

TEST(ParseMemoryLimit, TakesANumberOfBytes) {
  EXPECT_EQ(parse_memory_limit("1048576\n"), 1048576U);
  EXPECT_EQ(parse_memory_limit("0\n"), 0U);
}

TEST(ParseMemoryLimit, KnowsWhatIsNoLimit) {
  EXPECT_EQ(parse_memory_limit("max\n"), std::nullopt);
  EXPECT_EQ(parse_memory_limit("9223372036854771712\n"), std::nullopt);  // v1, pages of 4 KiB
  EXPECT_EQ(parse_memory_limit("9223372036854710272\n"), std::nullopt);  // v1, pages of 64 KiB
  EXPECT_EQ(parse_memory_limit(""), std::nullopt);
}

TEST(ParseAtLimit, IsWhetherMemoryWasShortThere) {
  EXPECT_TRUE(parse_at_limit("low 0\nhigh 0\nmax 350\noom 1\noom_kill 2\noom_group_kill 0\n"));
  EXPECT_FALSE(parse_at_limit("low 0\nhigh 0\nmax 350\noom 0\noom_kill 2\noom_group_kill 0\n"));
  EXPECT_FALSE(parse_at_limit(""));
}

TEST(OutOfMemoryText, NamesTheLimitAndItsFile) {
  EXPECT_EQ(out_of_memory_text(
                {.killed = 1, .limit = 1048576, .limit_file = "memory.max", .at_limit = true}),
            "out of memory: the kernel has killed 1 process of the container, whose memory limit "
            "is 1048576 bytes (memory.max)");
}

TEST(OutOfMemoryText, CountsProcesses) {
  EXPECT_EQ(out_of_memory_text(
                {.killed = 2, .limit = 1048576, .limit_file = "memory.max", .at_limit = true}),
            "out of memory: the kernel has killed 2 processes of the container, whose memory limit "
            "is 1048576 bytes (memory.max)");
}

TEST(OutOfMemoryText, SaysWhenTheLimitIsSomebodyElses) {
  const std::string expected =
      "out of memory: the kernel has killed 1 process of the container, beyond a limit that is not "
      "its own";
  EXPECT_EQ(out_of_memory_text(
                {.killed = 1, .limit = std::nullopt, .limit_file = "memory.max", .at_limit = true}),
            expected);
  EXPECT_EQ(out_of_memory_text(
                {.killed = 1, .limit = 1048576, .limit_file = "memory.max", .at_limit = false}),
            expected);
}

TEST(OutOfMemoryOf, AContainerWithoutMemoryCgroupIsNothing) {
  EXPECT_EQ(out_of_memory({}).value(), OutOfMemory{});
  EXPECT_EQ(out_of_memory(std::vector<std::string>{"/nobody/here"}).value(), OutOfMemory{});
}

TEST(OutOfMemoryOf, WhatIsNoCgroupIsAnError) {
  const TemporaryDirectory directory;
  directory.write("memory.events", "oom_kill 1\n");

  EXPECT_EQ(out_of_memory(std::vector<std::string>{directory.path()}).error().text(),
            directory.path() + " is not a cgroup: Not a directory");
}

TEST(OutOfMemoryWatchOf, AContainerWithoutMemoryCgroupTellsNothing) {
  OutOfMemoryWatch watch = OutOfMemoryWatch::open({}).value();

  EXPECT_EQ(watch.fd(), -1);
  EXPECT_EQ(watch.take().value(), 0U);
}

}  // namespace
}  // namespace myrt::cgroup
