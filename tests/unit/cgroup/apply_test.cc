#include "cgroup/apply.h"

#include <cerrno>

#include <gtest/gtest.h>

#include "temporary_directory.h"

namespace myrt::cgroup {
namespace {

Result<void> apply(const TemporaryDirectory& directory, const std::vector<FileWrite>& writes) {
  return apply_writes(directory.path(), writes);
}

TEST(ApplyWrites, WritesEachValueToItsFile) {
  const TemporaryDirectory directory;
  directory.write("pids.max", "");
  directory.write("cpu.weight", "");

  ASSERT_TRUE(apply(directory, {{.file = "pids.max", .value = "42", .field = ""},
                                {.file = "cpu.weight", .value = "100", .field = ""}})
                  .has_value());

  EXPECT_EQ(directory.read("pids.max"), "42");
  EXPECT_EQ(directory.read("cpu.weight"), "100");
}

TEST(ApplyWrites, WritesToOneFileInTurn) {
  const TemporaryDirectory directory;
  directory.write("devices.allow", "");

  ASSERT_TRUE(apply(directory, {{.file = "devices.allow", .value = "c 1:3 rwm,", .field = ""},
                                {.file = "devices.allow", .value = "c 1:5 rwm,", .field = ""}})
                  .has_value());

  EXPECT_EQ(directory.read("devices.allow"), "c 1:3 rwm,c 1:5 rwm,");
}

TEST(ApplyWrites, OptionalFileMayBeMissing) {
  const TemporaryDirectory directory;

  EXPECT_TRUE(
      apply(directory, {{.file = "memory.swap.max", .value = "max", .field = "", .optional = true}})
          .has_value());
  EXPECT_FALSE(directory.has("memory.swap.max"));
}

TEST(ApplyWrites, MissingFileNamesTheFieldButNotErrnosWords) {
  // podman takes "no such file or directory" for a missing program.
  const TemporaryDirectory directory;

  const Result<void> applied =
      apply(directory, {{.file = "cpu.idle", .value = "1", .field = "/linux/resources/cpu/idle"}});

  EXPECT_EQ(applied.error().text(), "/linux/resources/cpu/idle: " + directory.path("cpu.idle") +
                                        " is missing: this kernel does not offer it");
}

TEST(ApplyWrites, AlternativeTakesThePlaceOfAMissingFile) {
  const TemporaryDirectory directory;
  directory.write("io.weight", "");

  ASSERT_TRUE(apply(directory, {{.file = "io.bfq.weight",
                                 .value = "500",
                                 .field = "",
                                 .alternative = FileValue{.file = "io.weight", .value = "4950"}}})
                  .has_value());

  EXPECT_EQ(directory.read("io.weight"), "4950");
}

TEST(ApplyWrites, AlternativeIsLeftAloneWhenTheFileIsThere) {
  const TemporaryDirectory directory;
  directory.write("io.bfq.weight", "");
  directory.write("io.weight", "100");

  ASSERT_TRUE(apply(directory, {{.file = "io.bfq.weight",
                                 .value = "500",
                                 .field = "",
                                 .alternative = FileValue{.file = "io.weight", .value = "4950"}}})
                  .has_value());

  EXPECT_EQ(directory.read("io.weight"), "100");
}

TEST(ApplyWrites, LimitBelowWhatIsInUseIsRefusedWhenThatIsToBeChecked) {
  const TemporaryDirectory directory;
  directory.write("memory.max", "max");
  directory.write("memory.current", "4096\n");
  directory.write("memory.peak", "8192\n");

  const Result<void> applied = apply(directory, {{.file = "memory.max",
                                                  .value = "4095",
                                                  .field = "/linux/resources/memory/limit",
                                                  .usage_file = "memory.current"}});

  EXPECT_EQ(applied.error().code(), EBUSY);
  EXPECT_EQ(applied.error().text(),
            "/linux/resources/memory/limit: write \"4095\" to " + directory.path("memory.max") +
                " (4096 bytes in use, at most 8192 so far): Device or resource busy");
  EXPECT_EQ(directory.read("memory.max"), "max");
}

TEST(ApplyWrites, LimitAboveWhatIsInUsePassesTheCheck) {
  const TemporaryDirectory directory;
  directory.write("memory.max", "");
  directory.write("memory.current", "4096\n");

  EXPECT_TRUE(
      apply(directory,
            {{.file = "memory.max", .value = "4096", .field = "", .usage_file = "memory.current"}})
          .has_value());
}

}  // namespace
}  // namespace myrt::cgroup
