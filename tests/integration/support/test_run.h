// What is the same for all tests of one run of the program; main sets it before the first test.
#pragma once

#include <filesystem>
#include <string>

namespace myrt::test {

struct TestRun {
  std::string runtime_path;         ///< the binary under test, absolute
  std::string runtime_name;         ///< first word of its --version: myrt, runc or crun
  std::filesystem::path directory;  ///< private tmpfs of this run
  std::string prefix;  ///< starts every container id and cgroup name of this run, and no other's
};

const TestRun& test_run();
void set_test_run(TestRun run);

inline bool runtime_is(const std::string& name) { return test_run().runtime_name == name; }

/// A name that nothing else on the machine has: the prefix of the run and a number.
std::string unique_name();

}  // namespace myrt::test
