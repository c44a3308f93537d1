// state, list, pid files and container ids: what engines read (runtime.md "State").

#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <regex>

#include "support/fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class State : public RuntimeTest {};
using MyrtState = State;

TEST_F(State, HasTheFieldsOfTheSpecification) {
  bundle_.set("/annotations", R"({"org.example.key": "a \"value\""})").args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.run_detached()));

  const std::string state = container.state();
  EXPECT_TRUE(std::regex_match(json_string(state, "/ociVersion").value_or(""),
                               std::regex(R"(1\.[0-9]+\.[0-9]+(-.*)?)")))
      << state;
  EXPECT_EQ(json_string(state, "/id"), container.id());
  EXPECT_EQ(json_string(state, "/status"), "running");
  EXPECT_TRUE(alive(container.pid()));
  EXPECT_EQ(json_string(state, "/bundle"), bundle_.path().string());
  EXPECT_EQ(json_string(state, "/annotations/org.example.key"), "a \"value\"");
}

TEST_F(State, HasTheFieldsThatEnginesReadBesides) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));

  const std::string state = container.state();
  EXPECT_EQ(json_string(state, "/rootfs"), bundle_.rootfs().string());
  EXPECT_TRUE(json_string(state, "/owner").has_value());
  // RFC 3339, as engines decode it.
  EXPECT_TRUE(
      std::regex_match(json_string(state, "/created").value_or(""),
                       std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))")))
      << state;
}

TEST_F(State, NamesTheBundleAbsolutelyWhateverTheCallerWrote) {
  Command command = runtime_command(workspace(), {"create", "--bundle", "bundle", unique_name()});
  command.cwd = workspace();
  const std::string id = command.argv.back();
  ASSERT_TRUE(succeeded(run(command)));

  EXPECT_EQ(json_string(call({"state", id}).out, "/bundle"), bundle_.path().string());
  EXPECT_TRUE(succeeded(call({"delete", "--force", id})));
}

TEST_F(State, ListsContainersInATable) {
  Container created(bundle_);
  Container running(bundle_);
  bundle_.args({"/bin/sleep", "100"});
  ASSERT_TRUE(succeeded(created.create()));
  ASSERT_TRUE(succeeded(running.run_detached()));

  const std::vector<std::string> lines = lines_of(call({"list"}).out);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_TRUE(
      std::regex_match(lines[0], std::regex(R"(ID +PID +STATUS +BUNDLE +CREATED +OWNER *)")))
      << lines[0];
  for (const auto& [container, status] : {std::pair{&created, "created"}, {&running, "running"}}) {
    const std::string wanted = container->id() + " +" + std::to_string(container->pid()) + " +" +
                               status + " +" + bundle_.path().string() + " +20.*";
    EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                            [&wanted](const std::string& line) {
                              return std::regex_match(line, std::regex(wanted));
                            }),
              1)
        << wanted;
  }
}

TEST_F(State, ListsContainersAsJson) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));

  const Outcome list = call({"list", "--format", "json"});
  EXPECT_EQ(json_size(list.out, ""), 1U) << list;
  EXPECT_EQ(json_string(list.out, "/0/id"), container.id());
  EXPECT_EQ(json_string(list.out, "/0/status"), "created");
  EXPECT_EQ(json_integer(list.out, "/0/pid"), container.pid());
  EXPECT_EQ(json_string(list.out, "/0/bundle"), bundle_.path().string());
}

TEST_F(State, ListsIdsAloneWhenQuiet) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_EQ(call({"list", "-q"}).out, container.id() + "\n");
  EXPECT_EQ(call({"list", "--quiet"}).out, container.id() + "\n");
}

TEST_F(State, AStrangeEntryInTheRootDirectoryHidesNoContainer) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  fs::create_directories(workspace() / "state/foreign");
  write_file(workspace() / "state/foreign/state.json", "not json");

  const Outcome list = call({"list", "-q"});
  EXPECT_TRUE(succeeded(list));
  EXPECT_TRUE(contains("\n" + list.out, "\n" + container.id() + "\n")) << list;
  fs::remove_all(workspace() / "state/foreign");
}

// An engine that reads it takes nothing else for a time (RFC 3339).
TEST_F(MyrtState, ListHasATimeForAnEntryThatCannotBeRead) {
  std::filesystem::create_directories(workspace() / "state/wreck");
  const Outcome listed = run(runtime_command(workspace(), {"list", "--format", "json"}));
  ASSERT_TRUE(succeeded(listed));
  EXPECT_EQ(json_string(listed.out, "/0/id"), "wreck");
  EXPECT_TRUE(std::regex_match(json_string(listed.out, "/0/created").value_or(""),
                               std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z)")));
  std::filesystem::remove(workspace() / "state/wreck");
}

TEST_F(State, ListOfNothingIsAnEmptyArray) {
  const Outcome list = call({"list", "--format", "json"});
  EXPECT_TRUE(succeeded(list));
  EXPECT_EQ(list.out, "[]\n");
}

class PidFile : public RuntimeTest {
 protected:
  const fs::path file_ = workspace() / "pid";
};

TEST_F(PidFile, HoldsThePidAndNothingElse) {
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create({"--pid-file", file_})));
  EXPECT_EQ(read_file(file_),
            std::to_string(container.pid()));  // no newline: engines parse the whole file
}

TEST_F(PidFile, ReplacesASymlinkAndDoesNotFollowIt) {
  write_file(workspace() / "precious", "keep me");
  fs::create_symlink(workspace() / "precious", file_);
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create({"--pid-file", file_})));

  EXPECT_EQ(read_file(workspace() / "precious"), "keep me");
  EXPECT_FALSE(fs::is_symlink(file_));
  EXPECT_EQ(read_file(file_), std::to_string(container.pid()));
}

TEST_F(PidFile, IsNotWrittenWhenCreateFails) {
  bundle_.args({"/bin/no-such-program"});
  EXPECT_TRUE(failed(run(Container(bundle_).create_command({"--pid-file", file_}))));
  EXPECT_FALSE(fs::exists(file_));
}

TEST_F(PidFile, InADirectoryThatIsMissingFailsTheCreate) {
  EXPECT_TRUE(failed(run(Container(bundle_).create_command({"--pid-file", workspace() / "no/pid"})),
                     "no such file or directory"));
}

TEST_F(PidFile, IsRelativeToTheCallersDirectory) {
  Container container(bundle_);
  Command command = container.create_command({"--pid-file", "relative.pid"});
  command.cwd = workspace();
  ASSERT_TRUE(succeeded(container.create(command)));
  EXPECT_EQ(read_file(workspace() / "relative.pid"), std::to_string(container.pid()));
}

class Id : public RuntimeTest {};

TEST_F(Id, MayHaveLettersDigitsAndSomePunctuation) {
  for (const std::string start : {"a", "Z", "0", "_", "+"}) {
    const std::string id = start + "aZ0_.+-" + unique_name();
    Container container(bundle_, id);
    EXPECT_TRUE(succeeded(container.create())) << id;
    EXPECT_EQ(json_string(container.state(), "/id"), id);
  }
}

TEST_F(Id, OfOtherFormIsRefused) {
  for (const std::string id :
       {".", "..", "a/b", "../a", "a b", "a:b", "a@b", "a\nb", "\xc3\xa9", "a\\b", "a*", "a\"b"}) {
    EXPECT_TRUE(failed(run(Container(bundle_, id).create_command()))) << "id \"" << id << "\"";
    EXPECT_NE(call({"state", id}).exit_code, 0) << "id \"" << id << "\"";
  }
  EXPECT_TRUE(
      failed(run(runtime_command(workspace(), {"create", "--bundle", bundle_.path(), ""}))));
}

TEST_F(Id, MayHaveTwoHundredAndFiftyFiveBytesAndNoMore) {
  std::string id = unique_name();
  id.append(255 - id.size(), 'x');
  EXPECT_TRUE(succeeded(Container(bundle_, id).run()));
  EXPECT_TRUE(failed(run(Container(bundle_, id + "x").create_command())));
}

TEST_F(Id, IsRequiredAndUnique) {
  EXPECT_NE(call({"create", "--bundle", bundle_.path()}).exit_code, 0);
  EXPECT_NE(call({"create", "--bundle", bundle_.path(), unique_name(), unique_name()}).exit_code,
            0);
}

}  // namespace
}  // namespace myrt::test
