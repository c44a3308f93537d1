// Mounts of `podman run`: binds, volumes, tmpfs, a read-only root, secrets, devices.

#include <sys/stat.h>
#include <unistd.h>

#include "engines/podman.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class PodmanMounts : public Podman {
 protected:
  void SetUp() override {
    Podman::SetUp();
    fs::create_directories(shared_);
  }

  // `--volume` of the directory `shared_` at /data.
  std::string volume(const std::string& options = "rw") const {
    return "--volume=" + shared_.string() + ":/data:" + options;
  }

  uid_t owner_of_shared() const {
    struct stat status{};
    ::stat(shared_.c_str(), &status);
    return status.st_uid;
  }

  const fs::path shared_ = workspace() / "shared";
};

TEST_F(PodmanMounts, MakesTheRootReadOnly) {
  const Outcome outcome =
      run_once({"--read-only", "busybox", "sh", "-c", "touch /tmp/x && touch /x"});
  EXPECT_EQ(outcome.exit_code, 1) << outcome;
  EXPECT_TRUE(contains(outcome.err, "/x: Read-only file system")) << outcome;
}

TEST_F(PodmanMounts, MountsATmpfs) {
  const Outcome outcome = run_once({"--tmpfs", "/scratch:size=1m,mode=1777", "busybox", "sh", "-c",
                                    "stat -c %a /scratch; df -k /scratch | awk 'END {print $2}'"});
  EXPECT_EQ(outcome.out, "1777\n1024\n") << outcome;
}

TEST_F(PodmanMounts, CopiesWhatWasThereIntoATmpfs) {
  const Outcome outcome = run_once({"--mount", "type=tmpfs,destination=/etc", "busybox", "sh", "-c",
                                    "head -n 1 /etc/passwd; touch /etc/new"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "root:x:0:0:root:/root:/bin/sh\n");
}

TEST_F(PodmanMounts, BindsADirectoryOfTheHost) {
  EXPECT_TRUE(succeeded(run_once({volume(), "busybox", "sh", "-c", "echo text > /data/file"})));
  EXPECT_EQ(read_file(shared_ / "file"), "text\n");

  const Outcome refused = run_once({volume("ro"), "busybox", "touch", "/data/other"});
  EXPECT_EQ(refused.exit_code, 1) << refused;
  EXPECT_FALSE(fs::exists(shared_ / "other"));
}

TEST_F(PodmanMounts, BindsAFileOfTheHost) {
  write_file(shared_ / "file", "text\n");
  EXPECT_EQ(run_once({"--volume", (shared_ / "file").string() + ":/some/where:ro", "busybox", "cat",
                      "/some/where"})
                .out,
            "text\n");
}

TEST_F(PodmanMounts, SeeLaterMountsOfTheHostWhenAsked) {
  const HostMount host(shared_, 0);
  const PodmanContainer container(store(), {volume("rslave"), "busybox", "sleep", "600"});
  const HostMount later(shared_ / "later", 0);
  write_file(shared_ / "later/file", "text\n");
  EXPECT_EQ(container.exec({"cat", "/data/later/file"}).out, "text\n");
}

TEST_F(PodmanMounts, GivesADirectoryToTheUserOfTheContainer) {
  EXPECT_TRUE(
      succeeded(run_once({volume("U"), "--user", "1000", "busybox", "touch", "/data/file"})));
  EXPECT_EQ(owner_of_shared(), 1000U);
}

TEST_F(PodmanMounts, GivesADirectoryToTheMappedUserOfTheContainer) {
  EXPECT_TRUE(succeeded(run_once({volume("U"), "--uidmap", "0:100000:65536", "--gidmap",
                                  "0:100000:65536", "busybox", "touch", "/data/file"})));
  EXPECT_EQ(owner_of_shared(), 100000U);
}

TEST_F(PodmanMounts, ShowAnIdMappedDirectory) {
  if (!can_be_id_mapped(shared_)) {
    GTEST_SKIP() << "needs a file system that can be id-mapped";
  }
  const Outcome outcome =
      run_once({volume("idmap"), "--uidmap", "0:100000:65536", "--gidmap", "0:200000:65536",
                "busybox", "sh", "-c", "stat -c %u:%g /data; touch /data/file"});
  EXPECT_EQ(outcome.out, "0:0\n") << outcome;
  struct stat status{};
  ASSERT_EQ(::stat((shared_ / "file").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 0U);
  EXPECT_EQ(status.st_gid, 0U);
}

TEST_F(PodmanMounts, KeepAVolumeFromOneContainerToTheNext) {
  EXPECT_TRUE(succeeded(
      run_once({"--volume", "kept:/data", "busybox", "sh", "-c", "echo text > /data/file"})));
  EXPECT_EQ(run_once({"--volume", "kept:/data:ro", "busybox", "cat", "/data/file"}).out, "text\n");
  EXPECT_TRUE(succeeded(podman({"volume", "rm", "kept"})));
}

TEST_F(PodmanMounts, FillANewVolumeFromTheImage) {
  EXPECT_EQ(run_once({"--volume", "/home", "busybox", "ls", "/home"}).out, "user\n");
}

TEST_F(PodmanMounts, ShareTheVolumesOfAnotherContainer) {
  const PodmanContainer other(store(), {"--volume", "/data", "busybox", "sleep", "600"});
  EXPECT_TRUE(succeeded(other.exec({"sh", "-c", "echo text > /data/file"})));
  EXPECT_EQ(run_once({"--volumes-from", other.name(), "busybox", "cat", "/data/file"}).out,
            "text\n");
}

TEST_F(PodmanMounts, ShowAnotherImage) {
  const Outcome outcome = run_once({"--mount", "type=image,source=busybox,destination=/image",
                                    "busybox", "head", "-n", "1", "/image/etc/passwd"});
  EXPECT_EQ(outcome.out, "root:x:0:0:root:/root:/bin/sh\n") << outcome;
}

TEST_F(PodmanMounts, HandSecretsOver) {
  write_file(workspace() / "word", "sesame");
  EXPECT_TRUE(succeeded(podman({"secret", "create", "word", workspace() / "word"})));
  const Outcome outcome =
      run_once({"--secret", "word,mode=0400", "--secret", "word,type=env,target=WORD", "busybox",
                "sh", "-c", "stat -c %a /run/secrets/word; cat /run/secrets/word; echo $WORD"});
  EXPECT_EQ(outcome.out, "400\nsesamesesame\n") << outcome;
  EXPECT_TRUE(succeeded(podman({"secret", "rm", "word"})));
}

// The kernel's log, which is not among the devices that every container has.
TEST_F(PodmanMounts, AddADeviceWithTheRightsThatAreGiven) {
  const Outcome outcome = run_once({"--device", "/dev/kmsg:/dev/log:w", "busybox", "sh", "-c",
                                    "stat -c '%t %T' /dev/log; : > /dev/log; : < /dev/log"});
  EXPECT_EQ(outcome.exit_code, 1) << outcome;
  EXPECT_EQ(outcome.out, "1 b\n");
  EXPECT_TRUE(contains(outcome.err, "can't open /dev/log: Operation not permitted")) << outcome;
}

}  // namespace
}  // namespace myrt::test
