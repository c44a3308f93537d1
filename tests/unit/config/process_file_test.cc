#include "config/process_file.h"

#include <gtest/gtest.h>

namespace myrt::config {
namespace {

constexpr std::string_view kMinimal =
    R"({"user": {"uid": 1, "gid": 2}, "args": ["ls"], "cwd": "/"})";

TEST(ParseProcessFile, ReadsAProcessWithoutWhatTheContainerHas) {
  const Result<ProcessFile> file = parse_process_file(kMinimal, "p.json");

  ASSERT_TRUE(file.has_value()) << file.error().text();
  EXPECT_EQ(file->process.user.uid, 1U);
  EXPECT_EQ(file->process.args, std::vector<std::string>{"ls"});
  EXPECT_FALSE(file->has_capabilities);
  EXPECT_FALSE(file->has_rlimits);
  EXPECT_FALSE(file->has_no_new_privileges);
}

TEST(ParseProcessFile, TellsWhatIsThereFromWhatIsEmpty) {
  const Result<ProcessFile> file = parse_process_file(
      R"({"user": {"uid": 0, "gid": 0}, "args": ["ls"], "cwd": "/",
          "capabilities": {}, "rlimits": [], "noNewPrivileges": false})",
      "p.json");

  ASSERT_TRUE(file.has_value()) << file.error().text();
  EXPECT_TRUE(file->has_capabilities);
  EXPECT_TRUE(file->has_rlimits);
  EXPECT_TRUE(file->has_no_new_privileges);
}

TEST(ParseProcessFile, TellsAllFaultsWithTheirPlace) {
  const Result<ProcessFile> file = parse_process_file(
      "{\"args\": [],\n \"cwd\": \"x\", \"user\": {\"uid\": 0, \"gid\": 0}}", "p.json");

  ASSERT_FALSE(file.has_value());
  EXPECT_EQ(file.error().text(),
            "p.json:1:10: /args: want at least one string, got an empty array; "
            "p.json:2:9: /cwd: want an absolute path, got \"x\"");
}

TEST(ParseProcessFile, KeepsWarnings) {
  const Result<ProcessFile> file = parse_process_file(
      R"({"user": {"uid": 0, "gid": 0}, "args": ["ls"], "cwd": "/",
          "capabilities": {"bounding": ["CAP_NOT_THERE"]}})",
      "p.json");

  ASSERT_TRUE(file.has_value()) << file.error().text();
  ASSERT_EQ(file->warnings.size(), 1U);
  EXPECT_EQ(file->warnings[0],
            "/capabilities/bounding/0: left out, as there is no capability CAP_NOT_THERE");
}

TEST(ParseProcessFile, RefusesWhatIsNoObject) {
  EXPECT_EQ(parse_process_file("[]", "p.json").error().text(),
            "p.json:1:1: want an object, got an array");
  EXPECT_FALSE(parse_process_file("", "p.json").has_value());
}

}  // namespace
}  // namespace myrt::config
