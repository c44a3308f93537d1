// The integration tests: behaviour of an OCI runtime, seen from outside, on bundles that the tests
// build.
//
//   myrt_integration --runtime PATH [--expected-skips FILE] [GoogleTest options]
//
// --runtime         the binary under test; without it $MYRT_RUNTIME. runc and crun work as well.
// --expected-skips  lines of `Suite.Test  reason`; a test that skips and does not stand there is a
// failure.
//
// The tests run in a mount namespace of their own, whose mounts are shared as systemd sets them up:
// a mount that a runtime forgets to keep in the container shows up in the test's mount table, and
// nobody else's mounts do.

#include <sched.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <iostream>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include "support/bundle.h"
#include "support/differences.h"
#include "support/files.h"
#include "support/guard.h"
#include "support/probe.h"
#include "support/process.h"
#include "support/programs.h"
#include "support/spy.h"
#include "support/test_run.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

int complain(const std::string& sentence) {
  std::cerr << "myrt_integration: " << sentence << "\n";
  return 2;
}

// The path of the runtime as it was given, or nothing after a complaint about the command line.
std::optional<std::string> runtime_option(int argc, char** argv) {
  const char* from_environment = std::getenv("MYRT_RUNTIME");
  std::string path = from_environment != nullptr ? from_environment : "";
  for (int index = 1; index < argc; ++index) {
    const std::string option = argv[index];
    if (option != "--runtime" || index + 1 == argc) {
      complain("unknown option or missing value: " + option);
      return std::nullopt;
    }
    path = argv[++index];
  }
  return path;
}

// A suite of what is particular to myrt, with parameters ("All/MyrtSuite") or without.
bool is_own_suite(const std::string& name) {
  return name.starts_with("Myrt") || contains(name, "/Myrt");
}

// Takes out what the runtime under test is not asked for, and says so.
void exclude_tests(const std::string& runtime) {
  std::string filter = GTEST_FLAG_GET(filter);
  if (runtime == "myrt") {
    return;
  }
  filter += filter.find('-') == std::string::npos ? "-" : ":";
  filter += "Myrt*:*/Myrt*";
  for (const Difference& difference : differences()) {
    if (difference.runtime == runtime) {
      filter += ":" + std::string(difference.test);
      std::cout << "not asked of " << runtime << ": " << difference.test << "  "
                << difference.reason << "\n";
    }
  }
  int own = 0;
  const ::testing::UnitTest& all = *::testing::UnitTest::GetInstance();
  for (int suite = 0; suite < all.total_test_suite_count(); ++suite) {
    if (is_own_suite(all.GetTestSuite(suite)->name())) {
      own += all.GetTestSuite(suite)->total_test_count();
    }
  }
  std::cout << "not asked of " << runtime << ": " << own << " tests in suites Myrt*\n";
  GTEST_FLAG_SET(filter, filter);
}

// An empty string, or what went wrong.
std::string prepare_host(const fs::path& directory) {
  if (::unshare(CLONE_NEWNS) != 0 || ::mount("", "/", "", MS_REC | MS_PRIVATE, nullptr) != 0 ||
      ::mount("", "/", "", MS_REC | MS_SHARED, nullptr) != 0 ||
      ::mount("tmpfs", directory.c_str(), "tmpfs", 0, "mode=755") != 0) {
    return std::string("cannot make a private mount namespace: ") + std::strerror(errno);
  }
  // Containers whose runtime has exited become children of this process.
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
  ::umask(0022);
  return make_template_root(directory / "template");
}

int run_tests(const std::string& path) {
  if (::geteuid() != 0) {
    return complain("the tests make containers and need root");
  }
  std::error_code error;
  const fs::path runtime = fs::canonical(path, error);
  if (path.empty() || error) {
    return complain("no runtime: give --runtime PATH or $MYRT_RUNTIME (got \"" + path + "\")");
  }
  const Outcome version = run({.argv = {runtime, "--version"}});
  if (version.exit_code != 0) {
    return complain(runtime.string() + " --version failed: " + version.err);
  }
  std::string directory = (fs::temp_directory_path() / "myrt-integration.XXXXXX").string();
  if (::mkdtemp(directory.data()) == nullptr) {
    return complain("cannot make a directory " + directory + ": " + std::strerror(errno));
  }
  set_test_run({.runtime_path = runtime,
                .runtime_name = version.out.substr(0, version.out.find(' ')),
                .directory = directory,
                .prefix = "myrt-it-" + std::to_string(::getpid())});
  const int result = run_guarded([&directory, &version] {
    if (const std::string problem = prepare_host(directory); !problem.empty()) {
      return complain(problem);
    }
    std::cout << "runtime: " << test_run().runtime_path << ", " << lines_of(version.out).at(0)
              << std::endl;
    exclude_tests(test_run().runtime_name);
    return RUN_ALL_TESTS();
  });
  ::rmdir(directory.c_str());
  return result;
}

}  // namespace
}  // namespace myrt::test

int main(int argc, char** argv) {
  if (myrt::test::is_probe(argc, argv)) {
    return myrt::test::probe_main(argc, argv);
  }
  if (myrt::test::is_program(argc, argv)) {
    return myrt::test::program_main(argv);
  }
  if (myrt::test::is_spy(argc, argv)) {
    return myrt::test::spy_main(argc, argv);
  }
  ::testing::InitGoogleTest(&argc, argv);
  if (GTEST_FLAG_GET(list_tests)) {
    return RUN_ALL_TESTS();
  }
  const std::optional<std::string> path = myrt::test::runtime_option(argc, argv);
  return path.has_value() ? myrt::test::run_tests(*path) : 2;
}
