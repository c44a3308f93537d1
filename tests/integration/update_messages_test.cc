// update: what it says when it refuses, whole.

#include <filesystem>

#include "support/fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class MyrtUpdateMessages : public RuntimeTest {
 protected:
  MyrtUpdateMessages() { bundle_.args({"/bin/sleep", "100"}); }

  static Outcome update(const Container& container, const std::vector<std::string>& options) {
    std::vector<std::string> words = {"update"};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(container.id());
    return container.call(words);
  }
  static void expect_update_to_say(const Container& container,
                                   const std::vector<std::string>& options,
                                   const std::string& message) {
    expect_message(update(container, options), "update " + container.id() + ": " + message);
  }
};

TEST_F(MyrtUpdateMessages, NamesTheOptionAndWhatIsWanted) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  expect_update_to_say(container, {"--memory", "64X"},
                       "--memory: want bytes, as 67108864, 64M or 1.5g, or -1, got \"64X\"");
  expect_update_to_say(container, {"--cpu-idle", "2"},
                       "--cpu-idle: want a number from 0 to 1, got \"2\"");
  expect_update_to_say(container, {"--resources", "-", "--memory", "64M"},
                       "--resources: cannot be combined with --memory");
  expect_update_to_say(container, {"--resources", "/nope"},
                       "--resources: open /nope: No such file or directory");
}

TEST_F(MyrtUpdateMessages, NamesThePlaceInTheJson) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  Command command = runtime_command(workspace(), {"update", "--resources", "-", container.id()});
  command.stdin_text = "{\"pids\":\n {\"limit\": \"many\"}}";
  expect_message(run(command),
                 "update " + container.id() +
                     ": --resources: stdin:2:12: /pids/limit: want an integer from -1 to "
                     "9223372036854775807, got \"many\"");
  const fs::path file = workspace() / "resources.json";
  write_file(file, "[]");
  expect_update_to_say(container, {"--resources", file},
                       "--resources: " + file.string() + ":1:1: want an object, got an array");
}

TEST_F(MyrtUpdateMessages, NeverIgnoresResctrl) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  expect_update_to_say(container, {"--l3-cache-schema", "L3:0=f"},
                       "--l3-cache-schema: no resctrl file system is mounted");
  expect_update_to_say(container, {"--mem-bw-schema", "MB:0=20"},
                       "--mem-bw-schema: no resctrl file system is mounted");
}

TEST_F(MyrtUpdateMessages, SaysWhichStateItNeeds) {
  bundle_.args({"/bin/true"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  container.wait_exit();
  expect_update_to_say(container, {"--memory", "64M"}, "container not running");
}

TEST_F(MyrtUpdateMessages, NeedsACgroup) {
  bundle_.erase("/linux/resources");
  const std::string id = unique_name();
  ASSERT_TRUE(succeeded(
      call({"--cgroup-manager", "disabled", "run", "--detach", "--bundle", bundle_.path(), id})));
  expect_message(call({"update", "--memory", "64M", id}),
                 "update " + id +
                     ": cannot update a container without cgroups: they were disabled when it was "
                     "created, or its creator may make none");
  EXPECT_TRUE(succeeded(call({"delete", "--force", id})));
}

TEST_F(MyrtUpdateMessages, SaysWhatIsInUseWhenTheLimitIsBelowIt) {
  if (cgroup_v2()) {
    GTEST_SKIP() << "needs cgroup v1: v2 takes any limit, and kills until it holds";
  }
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));
  const Outcome outcome = update(container, {"--memory", "1"});
  EXPECT_TRUE(failed(outcome, "/linux/resources/memory/limit: write \"1\" to "));
  EXPECT_TRUE(contains(outcome.err, " bytes in use, at most ")) << outcome;
}

}  // namespace
}  // namespace myrt::test
