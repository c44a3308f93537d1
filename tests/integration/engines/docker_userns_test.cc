// A daemon that maps the users of all its containers (--userns-remap): root inside is an ordinary
// user of the host, who cannot search the daemon's directories.

#include <sys/mount.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <optional>

#include "engines/docker.h"

namespace myrt::test {
namespace {

/// A file of the host with other content, in the mount namespace of the tests only.
class ReplacedFile {
 public:
  ReplacedFile(const std::filesystem::path& path, const std::filesystem::path& by) : path_(path) {
    EXPECT_EQ(::mount(by.c_str(), path.c_str(), nullptr, MS_BIND, nullptr), 0)
        << "bind " << by << " to " << path << ": " << std::strerror(errno);
  }
  ReplacedFile(const ReplacedFile&) = delete;
  ReplacedFile& operator=(const ReplacedFile&) = delete;
  ~ReplacedFile() { ::umount2(path_.c_str(), MNT_DETACH); }

 private:
  const std::filesystem::path path_;
};

class DockerUserns : public Docker {
 protected:
  void SetUp() override {
    Docker::SetUp();
    if (IsSkipped()) {
      return;
    }
    write_file(ranges_, "daemon:200000:65536\n");
    users_.emplace("/etc/subuid", ranges_);
    groups_.emplace("/etc/subgid", ranges_);
    mapping_.emplace(workspace() / "mapping",
                     DockerDaemon::Options{.settings = DockerDaemon::tested_runtime(),
                                           .arguments = {"--userns-remap", "daemon"}});
    mapping_->import(bundle_.rootfs(), "busybox");
  }

  void TearDown() override {
    mapping_.reset();
    groups_.reset();
    users_.reset();
    Docker::TearDown();
  }

  const DockerDaemon& mapping() const { return *mapping_; }

  // What tells of the mapping inside, and that output is the container's own in spite of it.
  const std::vector<std::string> script_{
      "sh", "-c", "id -u; tr -s ' ' < /proc/self/uid_map; echo text > /dev/stderr"};

 private:
  const std::filesystem::path ranges_ = workspace() / "ranges";
  std::optional<ReplacedFile> users_;
  std::optional<ReplacedFile> groups_;
  std::optional<DockerDaemon> mapping_;
};

TEST_F(DockerUserns, MapsTheUsersOfAContainer) {
  std::vector<std::string> arguments{"run", "--rm", "busybox"};
  arguments.insert(arguments.end(), script_.begin(), script_.end());
  const Outcome outcome = mapping().call(arguments);
  EXPECT_EQ(outcome.out, "0\n 0 200000 65536\n") << outcome;
  EXPECT_EQ(outcome.err, "text\n") << outcome;
}

TEST_F(DockerUserns, MapsTheUsersOfExec) {
  const DockerContainer container(mapping(), kSleeping);
  const Outcome outcome = container.exec(script_);
  EXPECT_EQ(outcome.out, "0\n 0 200000 65536\n") << outcome;
  EXPECT_EQ(outcome.err, "text\n") << outcome;
}

TEST_F(DockerUserns, IsLeftOutForAContainerOfTheHostsUsers) {
  EXPECT_EQ(
      mapping()
          .call({"run", "--rm", "--userns", "host", "busybox", "readlink", "/proc/self/ns/user"})
          .out,
      std::filesystem::read_symlink("/proc/self/ns/user").string() + "\n");
}

}  // namespace
}  // namespace myrt::test
