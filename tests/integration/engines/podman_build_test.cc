// `podman build` with OCI isolation: each RUN step is a container that buildah makes, with a
// config, an environment and leaking descriptors of its own kind.

#include "engines/podman.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class PodmanBuild : public Podman {
 protected:
  void SetUp() override {
    Podman::SetUp();
    fs::create_directories(context_);
  }

  void TearDown() override {
    if (!IsSkipped()) {
      // The steps, and what was built before.
      EXPECT_TRUE(succeeded(podman({"image", "prune", "--force"})));
    }
    Podman::TearDown();
  }

  Outcome build(const std::string& file, const std::vector<std::string>& options = {}) const {
    write_file(context_ / "Containerfile", "FROM busybox\n" + file);
    std::vector<std::string> words{"build", "--isolation", "oci",   "--network",
                                   "none",  "--no-cache",  "--tag", "built"};
    words.insert(words.end(), options.begin(), options.end());
    words.push_back(context_);
    return podman(words);
  }

  const fs::path context_ = workspace() / "context";
};

TEST_F(PodmanBuild, RunsTheSteps) {
  write_file(context_ / "input", "text\n");
  EXPECT_TRUE(
      succeeded(build("COPY input /input\n"
                      "RUN tr a-z A-Z < /input > /output\n"
                      "CMD [\"cat\", \"/output\"]\n")));
  EXPECT_EQ(run_once({"built"}).out, "TEXT\n");
}

TEST_F(PodmanBuild, GivesAStepItsUserDirectoryAndEnvironment) {
  const Outcome outcome = build(
      "USER user\nWORKDIR /home/user\nENV WORD=text\n"
      "RUN echo $(id -u) $(pwd) $WORD > /tmp/seen\n"
      "CMD [\"cat\", \"/tmp/seen\"]\n");
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(run_once({"built"}).out, "1000 /home/user text\n");
}

TEST_F(PodmanBuild, FailsWithAStepThatFails) {
  const Outcome outcome = build("RUN exit 3\nRUN true\n");
  EXPECT_EQ(outcome.exit_code, 3) << outcome;
  EXPECT_TRUE(contains(outcome.err, "while running runtime: exit status 3")) << outcome;
  EXPECT_FALSE(contains(outcome.out, "STEP 3/3")) << outcome;
}

TEST_F(PodmanBuild, FailsWhenTheProgramOfAStepIsMissing) {
  const Outcome outcome = build("RUN [\"/nonexist\"]\n");
  EXPECT_NE(outcome.exit_code, 0) << outcome;
  EXPECT_TRUE(contains_ignoring_case(outcome.err, "no such file or directory")) << outcome;
}

TEST_F(PodmanBuild, TakesMuchOutputOfAStep) {
  const Outcome outcome = build("RUN yes | head -n 100000\n");
  EXPECT_TRUE(succeeded(outcome));
  std::string lines;
  for (int line = 0; line < 100'000; ++line) {
    lines += "y\n";
  }
  EXPECT_TRUE(contains(outcome.out, lines));
}

TEST_F(PodmanBuild, HandsSecretsOver) {
  write_file(workspace() / "word", "sesame\n");
  const Outcome outcome = build(
      "RUN --mount=type=secret,id=word --mount=type=tmpfs,target=/scratch "
      "cat /run/secrets/word > /scratch/word && test $(cat /scratch/word) = sesame\n"
      "RUN test ! -e /run/secrets/word && test ! -e /scratch/word\n",
      {"--secret", "id=word,src=" + (workspace() / "word").string()});
  EXPECT_TRUE(succeeded(outcome));
}

TEST_F(PodmanBuild, LimitsTheSteps) {
  const Outcome outcome =
      build(std::string("RUN test $(cat /sys/fs/cgroup/") +
                (cgroup_v2() ? "memory.max" : "memory/memory.limit_in_bytes") + ") = 67108864\n",
            {"--memory", "64m", "--cgroup-parent", PodmanStore::cgroup_parent()});
  EXPECT_TRUE(succeeded(outcome));
}

}  // namespace
}  // namespace myrt::test
