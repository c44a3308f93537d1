// Base of all fixtures: a workspace with one bundle, and the check that a test leaves nothing on
// the host.
//
//   class Hostname : public RuntimeTest {};
//
//   TEST_F(Hostname, IsSetInsideOnly) {
//     bundle_.set("/hostname", R"("inside")").shell("hostname");
//     const Outcome result = Container(bundle_).run();
//     EXPECT_TRUE(succeeded(result));
//     EXPECT_EQ(result.out, "inside\n");
//   }
//
// Suites whose name starts with `Myrt` hold what is particular to myrt (wording, own options) and
// do not run with another runtime. What another runtime does differently elsewhere stands, with the
// reason, in the table of differences.cc.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "support/bundle.h"
#include "support/container.h"
#include "support/facts.h"
#include "support/fd.h"
#include "support/files.h"
#include "support/host_snapshot.h"
#include "support/json.h"
#include "support/process.h"
#include "support/test_run.h"

namespace myrt::test {

class RuntimeTest : public ::testing::Test {
 protected:
  RuntimeTest();
  void SetUp() override;
  /// Compares the host with what it was before the test. Containers that the test did not delete
  /// are gone by then.
  void TearDown() override;

  const std::filesystem::path& workspace() const { return workspace_; }
  /// The runtime with these words after its global options.
  Outcome call(const std::vector<std::string>& arguments) const {
    return run(runtime_command(workspace_, arguments));
  }

 private:
  static std::filesystem::path make_workspace();

  const std::filesystem::path workspace_ = make_workspace();
  HostSnapshot before_;

 protected:
  Bundle bundle_{workspace_};
};

/// Exit status 0.
::testing::AssertionResult succeeded(const Outcome& outcome);

/// Exit status 1 and something on stderr that contains `part`, ignoring case.
::testing::AssertionResult failed(const Outcome& outcome, const std::string& part = "");

/// Exit status 1, nothing on stdout, and exactly this line on stderr (without its newline).
void expect_message(const Outcome& outcome, const std::string& line);

}  // namespace myrt::test
