// Every field of linux.resources, set by create and by update, as the kernel's files show it. The
// fields are in the tables of resource_*_test.cc. A runtime that writes a file more or less than
// the table says is found out: all settings of all cgroups are compared with those of a container
// without limits.

#include <gmock/gmock.h>

#include "support/resources.h"

namespace myrt::test {
namespace {

std::vector<std::string> expected_lines(const Field& field) {
  std::vector<std::string> lines;
  for (const std::string& line : *field.expected()) {
    lines.push_back(with_disk(line));
  }
  return lines;
}

}  // namespace

TEST_P(ResourceField, IsInTheKernelsFiles) {
  const Field& field = GetParam();
  if (const std::string lack = lacking(); !lack.empty()) {
    GTEST_SKIP() << "needs " << lack;
  }
  sleeper().set("/linux/resources", with_disk(field.resources));
  Container container(bundle_);
  const Outcome outcome = container.create();
  if (!field.expected().has_value()) {
    EXPECT_TRUE(failed(outcome));
    return;
  }
  ASSERT_TRUE(succeeded(outcome));
  EXPECT_THAT(changed(unlimited(), settings_of(container.pid())),
              ::testing::ElementsAreArray(expected_lines(field)));
}

TEST_P(ResourceField, ComesWithUpdate) {
  const Field& field = GetParam();
  if (const std::string lack = lacking(); !lack.empty()) {
    GTEST_SKIP() << "needs " << lack;
  }
  sleeper();
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const Outcome outcome = update_by(container, with_disk(field.resources));
  if (!field.expected().has_value()) {
    EXPECT_TRUE(failed(outcome));
    EXPECT_THAT(changed(unlimited(), settings_of(container.pid())), ::testing::IsEmpty());
    return;
  }
  ASSERT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "");
  EXPECT_THAT(changed(unlimited(), settings_of(container.pid())),
              ::testing::ElementsAreArray(expected_lines(field)));
}

}  // namespace myrt::test
