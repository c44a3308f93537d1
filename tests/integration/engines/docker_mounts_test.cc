// docker's volumes, binds and tmpfs, and the read-only root.

#include <filesystem>

#include "engines/docker.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class DockerMounts : public Docker {
 protected:
  DockerMounts() { fs::create_directories(shared_); }

  const fs::path shared_ = workspace() / "shared";
};

TEST_F(DockerMounts, ABindIsTheHostsDirectory) {
  EXPECT_TRUE(succeeded(run_once(
      {"--volume", shared_.string() + ":/data", "busybox", "sh", "-c", "echo text > /data/file"})));
  EXPECT_EQ(read_file(shared_ / "file"), "text\n");
}

TEST_F(DockerMounts, ABindCanBeReadOnly) {
  const Outcome outcome =
      run_once({"--volume", shared_.string() + ":/data:ro", "busybox", "touch", "/data/file"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "Read-only file system")) << outcome;
}

TEST_F(DockerMounts, ABindPassesMountsOfTheHostOn) {
  const DockerContainer container(
      daemon(), {"--volume", shared_.string() + ":/data:rslave", "busybox", "sleep", "600"});
  const HostMount later(shared_ / "later", 0);
  write_file(shared_ / "later/file", "text\n");
  EXPECT_EQ(container.exec({"cat", "/data/later/file"}).out, "text\n");
}

TEST_F(DockerMounts, AVolumeOutlivesItsContainer) {
  const std::string volume = unique_name();
  EXPECT_TRUE(succeeded(
      run_once({"--volume", volume + ":/data", "busybox", "sh", "-c", "echo text > /data/file"})));
  EXPECT_EQ(run_once({"--volume", volume + ":/data", "busybox", "cat", "/data/file"}).out,
            "text\n");
  EXPECT_TRUE(succeeded(docker({"volume", "rm", volume})));
}

TEST_F(DockerMounts, AVolumeBeginsWithWhatTheImageHas) {
  const std::string volume = unique_name();
  EXPECT_EQ(run_once({"--volume", volume + ":/etc", "busybox", "ls", "/etc/passwd"}).out,
            "/etc/passwd\n");
  EXPECT_TRUE(succeeded(docker({"volume", "rm", volume})));
}

TEST_F(DockerMounts, VolumesAreSharedByContainers) {
  const DockerContainer first(daemon(), {"--volume", "/data", "busybox", "sleep", "600"});
  EXPECT_TRUE(succeeded(
      run_once({"--volumes-from", first.name(), "busybox", "sh", "-c", "echo text > /data/file"})));
  EXPECT_EQ(first.exec({"cat", "/data/file"}).out, "text\n");
}

TEST_F(DockerMounts, ATmpfsHasItsOptions) {
  const Outcome outcome = run_once({"--tmpfs", "/scratch:size=1m,mode=1777", "busybox", "sh", "-c",
                                    "stat -c %a /scratch; df -k /scratch | awk 'END {print $2}'"});
  EXPECT_EQ(outcome.out, "1777\n1024\n") << outcome;
}

TEST_F(DockerMounts, SharedMemoryHasTheSizeAskedFor) {
  const Outcome outcome = run_once(
      {"--shm-size", "2m", "busybox", "sh", "-c", "df -k /dev/shm | awk 'END {print $2}'"});
  EXPECT_EQ(outcome.out, "2048\n") << outcome;
}

TEST_F(DockerMounts, TheRootCanBeReadOnly) {
  const Outcome outcome = run_once({"--read-only", "--tmpfs", "/scratch", "busybox", "sh", "-c",
                                    "touch /scratch/file && touch /file"});
  EXPECT_EQ(outcome.exit_code, 1);
  EXPECT_TRUE(contains(outcome.err, "/file: Read-only file system")) << outcome;
}

}  // namespace
}  // namespace myrt::test
