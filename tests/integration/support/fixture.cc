#include "support/fixture.h"

#include <system_error>

namespace myrt::test {
namespace fs = std::filesystem;

fs::path RuntimeTest::make_workspace() {
  fs::path workspace = test_run().directory / unique_name();
  fs::create_directories(workspace / "state");
  fs::create_directories(workspace / "tmp");
  return workspace;
}

RuntimeTest::RuntimeTest() = default;

void RuntimeTest::SetUp() { before_ = HostSnapshot::take(workspace_); }

void RuntimeTest::TearDown() {
  std::string difference;
  // A moment's patience: the last process of a killed container may still be on its way out.
  const bool unchanged = eventually(
      [this, &difference] {
        reap_all();
        difference = before_.difference_to(HostSnapshot::take(workspace_));
        return difference.empty();
      },
      milliseconds(500));
  if (!unchanged) {
    ADD_FAILURE() << "the host is not as it was before the test:\n" << difference;
    clean_up_after_failure(workspace_);
  }
  std::error_code error;
  fs::remove_all(workspace_, error);
  EXPECT_FALSE(error) << "cannot remove " << workspace_ << ": " << error.message();
}

::testing::AssertionResult succeeded(const Outcome& outcome) {
  return (outcome.exit_code == 0 ? ::testing::AssertionSuccess() : ::testing::AssertionFailure())
         << outcome;
}

::testing::AssertionResult failed(const Outcome& outcome, const std::string& part) {
  const bool as_wanted =
      outcome.exit_code == 1 && !outcome.err.empty() && contains_ignoring_case(outcome.err, part);
  return (as_wanted ? ::testing::AssertionSuccess() : ::testing::AssertionFailure())
         << "wanted exit status 1 and stderr with \"" << part << "\", got " << outcome;
}

void expect_message(const Outcome& outcome, const std::string& line) {
  EXPECT_EQ(outcome.exit_code, 1) << outcome;
  EXPECT_EQ(outcome.out, "");
  EXPECT_EQ(outcome.err, line + "\n");
}

}  // namespace myrt::test
