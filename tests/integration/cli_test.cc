// The command line around the containers: --version, --help, --log, spec, wrong usage.

#include <filesystem>
#include <regex>

#include "support/fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class CommandLine : public RuntimeTest {
 protected:
  // Without --root and the other options that `call` gives.
  Outcome plain(const std::vector<std::string>& arguments, const fs::path& cwd = "") const {
    Command command = runtime_command(workspace(), {});
    command.argv = {test_run().runtime_path};
    command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
    command.cwd = cwd;
    return run(command);
  }
};

TEST_F(CommandLine, SaysItsVersionAndThatOfTheSpecification) {
  const Outcome outcome = plain({"--version"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.err, "");
  EXPECT_TRUE(std::regex_search(outcome.out, std::regex("^[a-z]+ version [0-9]+\\.[0-9]+\\S*\n")))
      << outcome;
  EXPECT_TRUE(std::regex_search(outcome.out, std::regex("\nspec: 1\\.[0-9]+\\.[0-9]+"))) << outcome;
}

TEST_F(CommandLine, HasHelp) {
  const Outcome outcome = plain({"--help"});
  EXPECT_TRUE(succeeded(outcome));
  for (const char* command :
       {"create", "start", "run", "state", "kill", "delete", "list", "spec"}) {
    EXPECT_TRUE(contains(outcome.out, command)) << command;
  }
}

TEST_F(CommandLine, RefusesUnknownOptions) {
  EXPECT_TRUE(failed(call({"list", "--no-such-option"}), "no-such-option"));
  EXPECT_TRUE(failed(plain({"--no-such-option", "list"}), "no-such-option"));
}

TEST_F(CommandLine, RefusesMissingArguments) {
  for (const char* command : {"create", "start", "run", "state", "kill", "delete"}) {
    EXPECT_EQ(call({command}).exit_code, 1) << command;
  }
}

TEST_F(CommandLine, TakesValuesAfterAnEqualsSign) {
  const std::string id = unique_name();
  bundle_.shell("echo ran");
  const Outcome outcome = plain({"--root=" + (workspace() / "state").string(), "run",
                                 "--bundle=" + bundle_.path().string(), id});
  EXPECT_EQ(outcome.out, "ran\n") << outcome;
}

TEST_F(CommandLine, TakesShortOptions) {
  bundle_.args({"/bin/sleep", "100"});
  const std::string id = unique_name();
  EXPECT_TRUE(succeeded(call({"run", "-d", "-b", bundle_.path(), id})));
  EXPECT_EQ(json_string(call({"state", id}).out, "/status"), "running");
  EXPECT_TRUE(succeeded(call({"delete", "-f", id})));
}

class SpecCommand : public CommandLine {};

TEST_F(SpecCommand, WritesAConfigThatRuns) {
  const fs::path directory = workspace() / "new";
  fs::create_directories(directory);
  ASSERT_TRUE(succeeded(plain({"spec"}, directory)));

  const std::string config = read_file(directory / "config.json");
  EXPECT_TRUE(json_has(config, "/process/terminal"));
  EXPECT_EQ(json_string(config, "/process/args/0"), "sh");
  EXPECT_EQ(json_string(config, "/root/path"), "rootfs");
  EXPECT_EQ(json_size(config, "/process/capabilities/bounding"), 3U);

  bundle_.raw_config(config).set("/process/terminal", "false").shell("echo runs");
  EXPECT_EQ(Container(bundle_).run().out, "runs\n");
}

TEST_F(SpecCommand, DoesNotOverwrite) {
  const std::string before = bundle_.config();
  EXPECT_TRUE(failed(plain({"spec", "--bundle", bundle_.path()})));
  EXPECT_EQ(read_file(bundle_.path() / "config.json"), before);
}

class Log : public CommandLine {
 protected:
  // A create that fails, with these global options.
  Outcome failing(const std::vector<std::string>& options) {
    bundle_.args({"/bin/no-such-program"});
    std::vector<std::string> arguments = options;
    arguments.insert(arguments.end(), {"create", "--bundle", bundle_.path(), unique_name()});
    return call(arguments);
  }

  const fs::path file_ = workspace() / "log.json";
};

TEST_F(Log, OfJsonHasTheErrorOnOneLineAndStderrHasItToo) {
  const Outcome outcome = failing({"--log", file_, "--log-format", "json"});
  EXPECT_TRUE(failed(outcome, "no such file or directory"));

  const std::vector<std::string> lines = lines_of(read_file(file_));
  ASSERT_FALSE(lines.empty());
  EXPECT_EQ(json_string(lines.back(), "/level"), "error");
  EXPECT_TRUE(contains_ignoring_case(json_string(lines.back(), "/msg").value_or(""),
                                     "no such file or directory"));
  EXPECT_TRUE(
      std::regex_match(json_string(lines.back(), "/time").value_or(""),
                       std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d))")));
}

TEST_F(Log, IsAppendedTo) {
  write_file(file_, "an old line\n");
  failing({"--log=" + file_.string(), "--log-format=json"});
  const std::vector<std::string> lines = lines_of(read_file(file_));
  ASSERT_GE(lines.size(), 2U);
  EXPECT_EQ(lines[0], "an old line");
}

TEST_F(Log, OfTextHasTheError) {
  failing({"--log", file_});
  EXPECT_TRUE(contains_ignoring_case(read_file(file_), "no such file or directory"));
}

TEST_F(Log, HasNothingToSayAboutSuccess) {
  bundle_.shell("echo ran");
  const Outcome outcome = call(
      {"--log", file_, "--log-format", "json", "run", "--bundle", bundle_.path(), unique_name()});
  EXPECT_EQ(outcome.out, "ran\n") << outcome;
  EXPECT_EQ(read_file(file_), "");
}

TEST_F(Log, FormatsAreTextAndJson) { EXPECT_TRUE(failed(failing({"--log-format", "xml"}), "xml")); }

TEST_F(Log, FileThatCannotBeOpenedIsAnError) {
  EXPECT_TRUE(failed(failing({"--log", "/no/such/directory/log"}), "/no/such/directory/log"));
}

class MyrtFeatures : public RuntimeTest {};

TEST_F(MyrtFeatures, ArePrintedAnywhereWithoutAStateRoot) {
  const Outcome outcome = call({"features"});
  ASSERT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.err, "");
  EXPECT_EQ(json_string(outcome.out, "/ociVersionMin"), "1.0.0");
  EXPECT_EQ(json_string(outcome.out, "/ociVersionMax"), "1.3.0");
  EXPECT_EQ(json_size(outcome.out, "/hooks"), 6U);
  EXPECT_EQ(json_size(outcome.out, "/linux/capabilities"), 41U);
}

// An image label can become an annotation, and these name directories of the host.
TEST_F(MyrtFeatures, CallTheOverlayAnnotationsUnsafe) {
  EXPECT_EQ(json_string(call({"features"}).out, "/potentiallyUnsafeConfigAnnotations/0"),
            "org.myrt.");
}

}  // namespace
}  // namespace myrt::test
