// Id-mapped bind mounts: options idmap and ridmap, and the mappings of a mount (config.md
// "Mounts").

#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <string>

#include "support/fixture.h"
#include "support/mountinfo.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

/// A directory of the host that is seen at `point` as well, as long as this lives.
class HostBind {
 public:
  HostBind(const fs::path& from, const fs::path& point) : point_(point) {
    fs::create_directories(point);
    if (::mount(from.c_str(), point.c_str(), nullptr, MS_BIND, nullptr) != 0) {
      ADD_FAILURE() << "bind " << from << " to " << point << ": " << std::strerror(errno);
    }
  }
  HostBind(const HostBind&) = delete;
  HostBind& operator=(const HostBind&) = delete;
  ~HostBind() { ::umount2(point_.c_str(), MNT_DETACH); }

 private:
  fs::path point_;
};

std::string owner_of(const fs::path& path) {
  struct stat status{};
  ::lstat(path.c_str(), &status);
  return std::to_string(status.st_uid) + ":" + std::to_string(status.st_gid);
}

// Members of a mount.
constexpr const char* kPlain = "";
constexpr const char* kShifted = R"(
    "uidMappings": [{"containerID": 0, "hostID": 5000, "size": 1001}],
    "gidMappings": [{"containerID": 0, "hostID": 7000, "size": 2001}],)";

/// A directory `shared` of the host with a file of uid 0 and gid 0, and one of uid 1000 and gid
/// 2000.
class IdMappedMounts : public RuntimeTest {
 protected:
  void SetUp() override {
    RuntimeTest::SetUp();
    if (!can_be_id_mapped(workspace())) {
      GTEST_SKIP() << "needs a file system that can be id-mapped";
    }
    // Which the root of a user namespace could not make.
    for (const char* point : {"data", "again", "plain", "shifted"}) {
      bundle_.directory(point);
    }
    fs::create_directories(shared_ / "below");
    ::chmod(shared_.c_str(), 0777);
    write_file(shared_ / "of-root", "text\n");
    write_file(shared_ / "of-user", "text\n");
    EXPECT_EQ(::chown((shared_ / "of-user").c_str(), 1000, 2000), 0);
  }

  /// `source`, by default `shared`, at `destination`.
  void bind(const std::string& destination, const std::vector<std::string>& options,
            const std::string& members = kPlain, const fs::path& source = {}) {
    bundle_.set("/mounts/-", "{" + members + R"("destination": )" + json_quote(destination) +
                                 R"(, "source": )" + json_quote(source.empty() ? shared_ : source) +
                                 R"(, "options": )" + json_strings(options) + "}");
  }
  void use_user_namespace() {
    bundle_.set_namespace("user")
        .set("/linux/uidMappings", R"([{"containerID": 0, "hostID": 100000, "size": 65536}])")
        .set("/linux/gidMappings", R"([{"containerID": 0, "hostID": 200000, "size": 65536}])");
  }

  std::string output_of(const std::string& script) {
    bundle_.shell(script);
    const Outcome outcome = Container(bundle_).run();
    EXPECT_TRUE(succeeded(outcome));
    return outcome.out;
  }
  std::string owners() { return output_of("stat -c %u:%g /data/of-root /data/of-user"); }

  const fs::path shared_ = workspace() / "shared";
};

TEST_F(IdMappedMounts, ShowTheOwnersOfTheirMappings) {
  bind("/data", {"bind", "idmap"}, kShifted);
  EXPECT_EQ(owners(), "5000:7000\n6000:9000\n");
}

TEST_F(IdMappedMounts, TakeTheirMappingsWithoutTheOption) {
  bind("/data", {"bind"}, kShifted);
  EXPECT_EQ(owners(), "5000:7000\n6000:9000\n");
}

TEST_F(IdMappedMounts, MayHaveSeveralMappings) {
  bind("/data", {"bind", "idmap"}, R"(
      "uidMappings": [{"containerID": 1000, "hostID": 1, "size": 1},
                      {"containerID": 0, "hostID": 2, "size": 1}],
      "gidMappings": [{"containerID": 0, "hostID": 3, "size": 1},
                      {"containerID": 2000, "hostID": 4, "size": 1}],)");
  EXPECT_EQ(owners(), "2:3\n1:4\n");
}

TEST_F(IdMappedMounts, HaveNoOwnerForIdsThatAreNotMapped) {
  bind("/data", {"bind", "idmap"}, R"(
      "uidMappings": [{"containerID": 1000, "hostID": 0, "size": 1}],
      "gidMappings": [{"containerID": 2000, "hostID": 0, "size": 1}],)");
  EXPECT_EQ(owners(), "65534:65534\n0:0\n");
}

TEST_F(IdMappedMounts, KeepNewFilesWithTheOwnersOfTheSource) {
  bind("/data", {"bind", "idmap"}, kShifted);
  bundle_.set("/process/user", R"({"uid": 5500, "gid": 7600})");
  output_of("echo new > /data/new");
  EXPECT_EQ(owner_of(shared_ / "new"), "500:600");
}

TEST_F(IdMappedMounts, TakeTheMappingsOfTheUserNamespace) {
  use_user_namespace();
  bind("/data", {"bind", "idmap"});
  bind("/plain", {"bind"});
  EXPECT_EQ(owners(), "0:0\n1000:2000\n");
  EXPECT_EQ(output_of("stat -c %u:%g /plain/of-root"), "65534:65534\n");
}

TEST_F(IdMappedMounts, KeepNewFilesOfAUserNamespaceWithTheIdsInside) {
  use_user_namespace();
  bind("/data", {"bind", "idmap"});
  bundle_.set("/process/user", R"({"uid": 5, "gid": 6})");
  output_of("echo new > /data/new");
  EXPECT_EQ(owner_of(shared_ / "new"), "5:6");
}

TEST_F(IdMappedMounts, TakeTheMappingsOfAUserNamespaceThatIsJoined) {
  use_user_namespace();
  bundle_.args({"/bin/sleep", "100"});
  Container first(bundle_);
  ASSERT_TRUE(succeeded(first.run_detached()));
  Bundle other(workspace(), "other");
  other.directory("data")
      .set_namespace("user", "/proc/" + std::to_string(first.pid()) + "/ns/user")
      .mount("/data", "bind", shared_, {"bind", "idmap"})
      .shell("stat -c %u:%g /data/of-root /data/of-user");
  const Outcome outcome = Container(other).run();
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "0:0\n1000:2000\n");
}

TEST_F(IdMappedMounts, PreferTheirOwnMappingsToThoseOfTheUserNamespace) {
  use_user_namespace();
  bind("/data", {"bind", "idmap"}, R"(
      "uidMappings": [{"containerID": 0, "hostID": 100007, "size": 1001}],
      "gidMappings": [{"containerID": 0, "hostID": 200008, "size": 2001}],)");
  EXPECT_EQ(owners(), "7:8\n1007:2008\n");
}

TEST_F(IdMappedMounts, AreEachMappedForItself) {
  use_user_namespace();
  bind("/data", {"bind", "idmap"});
  bind("/again", {"bind", "idmap"});
  bind("/shifted", {"bind", "idmap"}, R"(
      "uidMappings": [{"containerID": 0, "hostID": 100007, "size": 1001}],
      "gidMappings": [{"containerID": 0, "hostID": 200008, "size": 2001}],)");
  EXPECT_EQ(output_of("stat -c %u:%g /data/of-root /again/of-root /shifted/of-root"),
            "0:0\n0:0\n7:8\n");
}

TEST_F(IdMappedMounts, LeaveWhatIsMountedBelowAsItIs) {
  const HostBind below(shared_, shared_ / "below");
  bind("/data", {"rbind", "idmap"}, kShifted);
  EXPECT_EQ(output_of("stat -c %u:%g /data/of-user /data/below/of-user"), "6000:9000\n1000:2000\n");
}

TEST_F(IdMappedMounts, MapTheWholeTreeWhenAsked) {
  const HostBind below(shared_, shared_ / "below");
  bind("/data", {"rbind", "ridmap"}, kShifted);
  EXPECT_EQ(output_of("stat -c %u:%g /data/of-user /data/below/of-user"), "6000:9000\n6000:9000\n");
}

TEST_F(IdMappedMounts, MayBeFiles) {
  bind("/file", {"bind", "idmap"}, kShifted, shared_ / "of-user");
  EXPECT_EQ(output_of("stat -c %u:%g /file; cat /file"), "6000:9000\ntext\n");
}

TEST_F(IdMappedMounts, MayBeReadOnly) {
  bind("/data", {"bind", "idmap", "ro", "noexec"}, kShifted);
  EXPECT_EQ(output_of("stat -c %u:%g /data/of-root; touch /data/new 2>&1 || true"),
            "5000:7000\ntouch: /data/new: Read-only file system\n");
}

TEST_F(IdMappedMounts, MayBeReadOnlyAsATree) {
  const HostBind below(shared_, shared_ / "below");
  bind("/data", {"rbind", "ridmap", "rro"}, kShifted);
  EXPECT_EQ(output_of("stat -c %u:%g /data/below/of-root; touch /data/below/new 2>&1 || true"),
            "5000:7000\ntouch: /data/below/new: Read-only file system\n");
}

TEST_F(IdMappedMounts, HaveThePropagationAskedFor) {
  bind("/data", {"bind", "idmap", "shared"}, kShifted);
  const std::string table = output_of("cat /proc/self/mountinfo");
  const std::optional<MountEntry> mount = mount_at(parse_mountinfo(table), "/data");
  ASSERT_TRUE(mount.has_value());
  EXPECT_TRUE(contains(mount->propagation, "shared:")) << mount->propagation;
  EXPECT_TRUE(contains(mount->options, "idmapped")) << mount->options;
}

TEST_F(IdMappedMounts, MayComeFromADirectoryThatTheContainersRootCannotSearch) {
  use_user_namespace();
  fs::create_directories(workspace() / "closed");
  fs::rename(shared_, workspace() / "closed/shared");
  ::chmod((workspace() / "closed").c_str(), 0700);
  bind("/data", {"bind", "idmap"}, kPlain, workspace() / "closed/shared");
  EXPECT_EQ(owners(), "0:0\n1000:2000\n");
}

TEST_F(IdMappedMounts, MayHaveMountsOnThem) {
  use_user_namespace();
  bind("/data", {"bind", "idmap"});
  bundle_.mount("/data/made/here", "tmpfs", "tmpfs", {});
  EXPECT_EQ(output_of("stat -f -c %T /data/made/here"), "tmpfs\n");
  EXPECT_EQ(owner_of(shared_ / "made"), "0:0");
}

TEST_F(IdMappedMounts, OfAFileSystemThatCannotBeMappedAreRefused) {
  bind("/data", {"bind", "idmap"}, kShifted, "/proc");
  EXPECT_TRUE(failed(Container(bundle_).run(), "Invalid argument"));
}

TEST_F(IdMappedMounts, WithoutMappingsNeedAUserNamespace) {
  bind("/data", {"bind", "idmap"});
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

TEST_F(IdMappedMounts, NeedMappingsOfBothKinds) {
  bind("/data", {"bind", "idmap"},
       R"("uidMappings": [{"containerID": 0, "hostID": 5000, "size": 1}],)");
  EXPECT_TRUE(failed(Container(bundle_).run()));
}

class MyrtIdMappedMounts : public IdMappedMounts {
 protected:
  /// `run` fails with this line.
  void expect_run_message(const std::string& line) {
    Container container(bundle_);
    expect_message(container.run(), "run " + container.id() + ": " + line);
  }
};

TEST_F(MyrtIdMappedMounts, SayThatTheFileSystemCannotBeMapped) {
  bind("/data", {"bind", "idmap"}, kShifted, "/proc");
  expect_run_message(
      "mount /proc on /data: the source's file system cannot be id-mapped: "
      "mount_setattr (id mapping): Invalid argument");
}

TEST_F(MyrtIdMappedMounts, SayThatAFileSystemOfTheTreeCannotBeMapped) {
  bind("/data", {"rbind", "ridmap"}, kShifted, "/proc");
  expect_run_message(
      "mount /proc on /data: a file system of the source's tree cannot be id-mapped: "
      "mount_setattr (id mapping, recursive): Invalid argument");
}

TEST_F(MyrtIdMappedMounts, SayThatTheNamespaceCannotBeTaken) {
  bundle_.set_namespace("user", "/proc/self/ns/net");
  bind("/data", {"bind", "idmap"});
  expect_run_message("mount " + shared_.string() +
                     " on /data: the source's file system cannot be id-mapped: "
                     "mount_setattr (id mapping): Invalid argument");
}

TEST_F(MyrtIdMappedMounts, WorkOnAnOverlayRoot) {
  if (!has_filesystem("overlay")) {
    GTEST_SKIP() << "needs overlay in the kernel";
  }
  use_user_namespace();
  bind("/data", {"bind", "idmap"});
  bundle_.shell("stat -c %u:%g /data/of-user");
  const Outcome outcome = Container(bundle_).run({"--overlay", "rootfs"});
  EXPECT_TRUE(succeeded(outcome));
  EXPECT_EQ(outcome.out, "1000:2000\n");
}

}  // namespace
}  // namespace myrt::test
