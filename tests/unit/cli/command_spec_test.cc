#include <filesystem>

#include <gtest/gtest.h>

#include <myrt/spec.h>

#include "../sys/support.h"
#include "cli/commands.h"

namespace myrt::cli {
namespace {

TEST(SpecCommand, WritesAConfigThatCanBeRead) {
  const sys::TemporaryDirectory bundle;

  const Result<int> status =
      execute({}, {.bundle = bundle.path(), .file = "config.json", .rootless = false});

  ASSERT_TRUE(status.has_value()) << status.error().text();
  EXPECT_EQ(*status, 0);
  const Result<Spec> spec = parse_spec(sys::text_of(bundle / "config.json"), "config.json");
  EXPECT_TRUE(spec.has_value()) << spec.error().text();
}

TEST(SpecCommand, WritesOverNothing) {
  const sys::TemporaryDirectory bundle;
  sys::write_text(bundle / "mine.json", "mine");

  const Result<int> status =
      execute({}, {.bundle = bundle.path(), .file = "mine.json", .rootless = false});

  ASSERT_FALSE(status.has_value());
  EXPECT_EQ(status.error().text(), (bundle / "mine.json") + ": File exists");
  EXPECT_EQ(sys::text_of(bundle / "mine.json"), "mine");
}

}  // namespace
}  // namespace myrt::cli
