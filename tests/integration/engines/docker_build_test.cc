// docker build with the classic builder, whose RUN steps are containers of the default runtime, and
// the ways by which a daemon learns of a runtime.

#include <filesystem>

#include "engines/docker.h"

namespace myrt::test {
namespace {

class DockerBuild : public Docker {
 protected:
  Outcome build(const std::string& dockerfile) {
    const std::filesystem::path context = workspace() / "context";
    std::filesystem::create_directories(context);
    write_file(context / "Dockerfile", dockerfile);
    return docker({"build", "--force-rm", "--network", "none", "--tag", "built", context});
  }
};

TEST_F(DockerBuild, RunsTheSteps) {
  EXPECT_TRUE(
      succeeded(build("FROM busybox\n"
                      "RUN mkdir /made && chmod 1777 /made\n"
                      "USER 1000\n"
                      "WORKDIR /made\n"
                      "RUN echo $(id -u) in $(pwd) > file\n")));
  EXPECT_EQ(run_once({"built", "cat", "file"}).out, "1000 in /made\n");
  EXPECT_TRUE(succeeded(docker({"image", "rm", "built"})));
}

TEST_F(DockerBuild, ExitsWithTheStatusOfTheStepThatFailed) {
  const Outcome outcome = build("FROM busybox\nRUN echo about to fail; exit 3\n");
  EXPECT_EQ(outcome.exit_code, 3) << outcome;
  EXPECT_TRUE(contains(outcome.out, "\nabout to fail\n")) << outcome;
}

TEST_F(DockerBuild, FailsWhenTheProgramOfAStepIsMissing) {
  const Outcome outcome = build("FROM busybox\nRUN [\"nonexist\"]\n");
  EXPECT_EQ(outcome.exit_code, 1) << outcome;
  EXPECT_TRUE(contains(outcome.err, R"(exec: "nonexist": executable file not found in $PATH)"))
      << outcome;
}

class DockerRuntimes : public Docker {};

TEST_F(DockerRuntimes, AreListedWithTheirPaths) {
  const Outcome info = docker({"info", "--format", "{{json .Runtimes}}"});
  EXPECT_EQ(json_string(info.out, "/tested/path"), test_run().runtime_path) << info;
  EXPECT_EQ(docker({"info", "--format", "{{.DefaultRuntime}}"}).out, "tested\n");
}

TEST_F(DockerRuntimes, AreKnownByTheirVersion) {
  const Outcome version = docker(
      {"version", "--format", "{{range .Server.Components}}{{.Name}} {{.Version}}\n{{end}}"});
  // "NAME version X", of which docker shows X.
  const std::string line =
      lines_of(run({.argv = {test_run().runtime_path, "--version"}}).out).at(0);
  EXPECT_TRUE(contains(version.out, "\ntested " + line.substr(line.rfind(' ') + 1) + "\n"))
      << version;
}

TEST_F(DockerRuntimes, AreChosenByName) {
  EXPECT_EQ(run_once({"--runtime", "tested", "busybox", "echo", "hi"}).out, "hi\n");
}

TEST_F(DockerRuntimes, AreCalledWithArgumentsOfTheDaemonsConfiguration) {
  const DockerContainer container(
      daemon(), {"--runtime", DockerDaemon::kWithArguments, "busybox", "sleep", "600"});
  EXPECT_EQ(container.exec({"echo", "hi"}).out, "hi\n");
  EXPECT_TRUE(succeeded(container.call({"pause"})));
  EXPECT_TRUE(succeeded(container.call({"unpause"})));
  EXPECT_TRUE(succeeded(container.call({"stop", "--time", "0"})));
}

TEST_F(DockerRuntimes, AreAddedOnTheDaemonsCommandLine) {
  const DockerDaemon other(
      workspace() / "other",
      {.settings = "", .arguments = {"--add-runtime", "added=" + test_run().runtime_path}});
  other.import(bundle_.rootfs(), "busybox");
  const Outcome outcome =
      other.call({"run", "--rm", "--runtime", "added", "busybox", "echo", "hi"});
  EXPECT_EQ(outcome.out, "hi\n") << outcome;
}

}  // namespace
}  // namespace myrt::test
