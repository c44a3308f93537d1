#include "support/test_run.h"

#include <utility>

namespace myrt::test {
namespace {

TestRun& instance() {
  static TestRun run;
  return run;
}

}  // namespace

const TestRun& test_run() { return instance(); }

void set_test_run(TestRun run) { instance() = std::move(run); }

std::string unique_name() {
  static int number = 0;
  ++number;
  return test_run().prefix + "-" + std::to_string(number);
}

}  // namespace myrt::test
