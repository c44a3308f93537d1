#include "cli/arguments.h"

#include <array>

#include <gtest/gtest.h>

namespace myrt::cli {
namespace {

using Words = std::vector<std::string>;

TEST(NormalizedArguments, LeaveOutTheProgram) {
  const std::array<const char*, 4> argv = {"myrt", "--root", "/r", "list"};

  EXPECT_EQ(normalized_arguments(4, argv.data()), (Words{"--root", "/r", "list"}));
  EXPECT_EQ(normalized_arguments(1, argv.data()), Words{});
  EXPECT_EQ(normalized_arguments(0, argv.data()), Words{});
}

TEST(NormalizedArguments, GiveContainerdsOptionItsSecondDash) {
  const std::array<const char*, 4> argv = {"myrt", "run", "-no-subreaper", "c1"};

  EXPECT_EQ(normalized_arguments(4, argv.data()), (Words{"run", "--no-subreaper", "c1"}));
}

TEST(NormalizedArguments, TouchNothingElse) {
  const std::array<const char*, 5> argv = {"myrt", "-no-pivot", "-no-subreaper=true", "", "-n"};

  EXPECT_EQ(normalized_arguments(5, argv.data()),
            (Words{"-no-pivot", "-no-subreaper=true", "", "-n"}));
}

TEST(NormalizedArguments, GiveAnEmptyValueAnArgumentOfItsOwn) {
  const std::array<const char*, 5> argv = {"myrt", "--log=", "--root=a=", "--=", "x="};

  EXPECT_EQ(normalized_arguments(5, argv.data()), (Words{"--log", "", "--root=a=", "--=", "x="}));
}

TEST(NormalizedArguments, TouchNothingAfterTwoDashes) {
  const std::array<const char*, 5> argv = {"myrt", "-no-subreaper", "--", "-no-subreaper", "--x="};

  EXPECT_EQ(normalized_arguments(5, argv.data()),
            (Words{"--no-subreaper", "--", "-no-subreaper", "--x="}));
}

TEST(MissingValueText, HasTheWordsThatEnginesLookFor) {
  EXPECT_EQ(missing_value_text("--root: 1 required TEXT missing"),
            "flag needs an argument: --root");
  EXPECT_EQ(missing_value_text("--preserve-fds: 1 required INT missing"),
            "flag needs an argument: --preserve-fds");
}

TEST(MissingValueText, PassesOtherTextsThrough) {
  EXPECT_EQ(missing_value_text("ID is required"), "ID is required");
  EXPECT_EQ(missing_value_text("--root: 1 required TEXT"), "--root: 1 required TEXT");
  EXPECT_EQ(missing_value_text(""), "");
}

}  // namespace
}  // namespace myrt::cli
