// Bundles that umoci unpacks from an image directory (OCI image layout), run as they are. Skopeo
// converts images on the way.

#include <filesystem>

#include "engines/host_programs.h"
#include "support/fixture.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class UmociBundle : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    if (!is_installed("umoci") || !is_installed("skopeo")) {
      GTEST_SKIP() << "needs umoci and skopeo";
    }
    umoci({"init", "--layout", layout_});
    umoci({"new", "--image", image()});
    umoci({"insert", "--image", image(), bundle_.rootfs(), "/"});
  }

  // The image in the directory `layout_`.
  std::string image() const { return layout_.string() + ":latest"; }

  static void umoci(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "umoci");
    EXPECT_TRUE(succeeded(run({.argv = arguments})));
  }

  static void copy(const std::string& from, const std::string& to) {
    EXPECT_TRUE(succeeded(run({.argv = {"skopeo", "--insecure-policy", "copy", from, to}})));
  }

  // Sets what the image says of its containers: options of umoci-config(1).
  void configure(const std::vector<std::string>& options) const {
    std::vector<std::string> arguments{"config", "--image", image()};
    arguments.insert(arguments.end(), options.begin(), options.end());
    umoci(arguments);
  }

  // The program that the image starts.
  void shell(const std::string& script) const {
    configure({"--config.cmd", "sh", "--config.cmd", "-c", "--config.cmd", script});
  }

  // Unpacks an image and runs it. Umoci's config asks for a terminal.
  Outcome unpack_and_run(const std::string& image) const {
    umoci({"unpack", "--image", image, unpacked_});
    return run_on_terminal(
        runtime_command(workspace(), {"run", "--bundle", unpacked_, unique_name()}));
  }

  const fs::path unpacked_ = workspace() / "unpacked";

 private:
  const fs::path layout_ = workspace() / "image";
};

TEST_F(UmociBundle, RunsAsItIs) {
  shell("hostname; tty; exit 7");
  const Outcome outcome = unpack_and_run(image());
  EXPECT_EQ(outcome.exit_code, 7) << outcome;
  EXPECT_TRUE(contains(outcome.out, "umoci-default\r\n/dev/pts/0\r\n")) << outcome;
}

TEST_F(UmociBundle, RunsWithUserDirectoryAndEnvironmentOfTheImage) {
  shell("id; pwd; echo $WORD");
  configure({"--config.user", "user:tester", "--config.workingdir", "/home/user", "--config.env",
             "WORD=text"});
  const Outcome outcome = unpack_and_run(image());
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_TRUE(contains(outcome.out, "uid=1000(user) gid=2000(tester)\r\n/home/user\r\ntext\r\n"))
      << outcome;
}

TEST_F(UmociBundle, RunsAnImageThatSkopeoConverted) {
  shell("echo ran");
  const std::string archive = "docker-archive:" + (workspace() / "image.tar").string();
  copy("oci:" + image(), archive + ":image:latest");
  const std::string converted = (workspace() / "converted").string() + ":latest";
  copy(archive, "oci:" + converted);
  const Outcome outcome = unpack_and_run(converted);
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_TRUE(contains(outcome.out, "ran\r\n")) << outcome;
}

TEST_F(UmociBundle, HasTheVolumesOfTheImage) {
  shell("awk '$5 == \"/scratch\" {print \"mounted\"}' /proc/self/mountinfo");
  configure({"--config.volume", "/scratch"});
  const Outcome outcome = unpack_and_run(image());
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_TRUE(contains(outcome.out, "mounted\r\n")) << outcome;
}

// Labels become annotations: whoever made the image wrote them.
TEST_F(UmociBundle, CannotChangeItsRootByALabel) {
  shell("test -e " + workspace().string() + " && echo The host; echo ran");
  configure({"--config.label", "org.myrt.overlay.lowerdir=/"});
  const Outcome outcome = unpack_and_run(image());
  EXPECT_TRUE(
      json_has(read_file(unpacked_ / "config.json"), "/annotations/org.myrt.overlay.lowerdir"));
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_TRUE(contains(outcome.out, "ran\r\n")) << outcome;
  EXPECT_FALSE(contains(outcome.out, "The host")) << outcome;
}

}  // namespace
}  // namespace myrt::test
