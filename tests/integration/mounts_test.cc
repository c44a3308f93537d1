// mounts: order, places, sources and errors (config.md "Mounts"). Options are in
// mount_options_test.cc.

#include <sys/stat.h>

#include <filesystem>

#include "support/fixture.h"
#include "support/mountinfo.h"

namespace myrt::test {
namespace {

namespace fs = std::filesystem;

class Mounts : public RuntimeTest {
 protected:
  // A directory beside the bundle, with a file `name` that holds its own name.
  fs::path source(const std::string& name) {
    const fs::path directory = workspace() / name;
    fs::create_directories(directory);
    write_file(directory / name, name + "\n");
    return directory;
  }

  std::string output_of(const std::string& script) {
    bundle_.shell(script);
    const Outcome outcome = Container(bundle_).run();
    EXPECT_TRUE(succeeded(outcome));
    return outcome.out;
  }
};

TEST_F(Mounts, AreMadeInTheListedOrder) {
  bundle_.mount("/mnt", "tmpfs", "tmpfs", {})
      .mount("/mnt/inner", "bind", source("one"), {"bind"})
      .mount("/late/inner", "bind", source("one"), {"bind"})
      .mount("/late", "tmpfs", "tmpfs", {});
  EXPECT_EQ(output_of("cat /mnt/inner/one; ls -A /late"), "one\n");
}

TEST_F(Mounts, TheLaterOfTwoAtOnePlaceIsSeen) {
  bundle_.mount("/mnt", "bind", source("one"), {"bind"})
      .mount("/mnt", "bind", source("two"), {"bind"});
  EXPECT_EQ(output_of("ls /mnt"), "two\n");
}

TEST_F(Mounts, MissingDirectoriesAreMade) {
  bundle_.mount("/new/deep/place", "tmpfs", "tmpfs", {});
  EXPECT_EQ(
      output_of("stat -c %a /new /new/deep; grep -c ' /new/deep/place ' /proc/self/mountinfo"),
      "755\n755\n1\n");
}

TEST_F(Mounts, AMissingFileIsMadeForABoundFile) {
  bundle_.mount("/new/file", "bind", source("one") / "one", {"bind", "ro"});
  EXPECT_EQ(output_of("cat /new/file"), "one\n");
  EXPECT_EQ(read_file(bundle_.rootfs() / "new/file"), "") << "the root itself has an empty file";
}

TEST_F(Mounts, ABoundFileCoversAnExistingOne) {
  bundle_.mount("/etc/passwd", "bind", source("one") / "one", {"bind"});
  EXPECT_EQ(output_of("cat /etc/passwd"), "one\n");
}

TEST_F(Mounts, ARelativeSourceIsRelativeToTheBundle) {
  fs::create_directories(bundle_.path() / "data");
  write_file(bundle_.path() / "data/file", "from the bundle\n");
  bundle_.mount("/mnt", "bind", "data", {"bind"});
  EXPECT_EQ(output_of("cat /mnt/file"), "from the bundle\n");
}

TEST_F(Mounts, ARelativeDestinationIsRelativeToTheRootDirectory) {
  bundle_.mount("mnt", "bind", source("one"), {"bind"});
  EXPECT_EQ(output_of("cat /mnt/one"), "one\n");
}

TEST_F(Mounts, AWritableBindWritesToItsSource) {
  const fs::path directory = source("one");
  bundle_.mount("/mnt", "bind", directory, {"rbind", "rw"});
  output_of("echo written > /mnt/new");
  EXPECT_EQ(read_file(directory / "new"), "written\n");
}

TEST_F(Mounts, ARecursiveBindBringsTheMountsBelow) {
  const fs::path directory = source("one");
  const HostMount below(directory / "below", 0);
  write_file(directory / "below/file", "below\n");
  bundle_.mount("/plain", "bind", directory, {"bind"}).mount("/all", "bind", directory, {"rbind"});
  EXPECT_EQ(output_of("ls /plain/below; cat /all/below/file"), "below\n");
}

TEST_F(Mounts, AbsoluteLinksStayInsideTheRoot) {
  const fs::path outside = workspace() / "outside";
  fs::create_directories(outside);
  bundle_.symlink(outside, "link").mount("/link/made", "tmpfs", "tmpfs", {});
  EXPECT_EQ(output_of("grep -c /outside/made /proc/self/mountinfo"), "1\n");
  EXPECT_FALSE(fs::exists(outside / "made"));
}

TEST_F(Mounts, LinksWithDotsStayInsideTheRoot) {
  const fs::path outside = workspace() / "outside";
  fs::create_directories(outside);
  bundle_.symlink("../../../../../../../../../.." + outside.string(), "link")
      .mount("/link/made", "tmpfs", "tmpfs", {});
  EXPECT_EQ(output_of("grep -c /outside/made /proc/self/mountinfo"), "1\n");
  EXPECT_FALSE(fs::exists(outside / "made"));
}

// Such as /etc/resolv.conf of images that expect systemd-resolved.
TEST_F(Mounts, AFileIsMadeBehindALinkThatLeadsNowhere) {
  bundle_.symlink("../run/resolve/stub.conf", "etc/resolv.conf")
      .mount("/etc/resolv.conf", "bind", source("one") / "one", {"bind", "ro"});
  EXPECT_EQ(output_of("cat /etc/resolv.conf /run/resolve/stub.conf"), "one\none\n");
}

TEST_F(Mounts, ALinkAtTheEndIsFollowedInsideTheRoot) {
  bundle_.directory("target")
      .symlink("/target", "link")
      .mount("/link", "bind", source("one"), {"bind"});
  EXPECT_EQ(output_of("cat /target/one"), "one\n");
}

TEST_F(Mounts, DotsInTheDestinationStayInsideTheRoot) {
  bundle_.mount("/../../mnt/../mnt", "bind", source("one"), {"bind"});
  EXPECT_EQ(output_of("cat /mnt/one"), "one\n");
}

TEST_F(Mounts, AMissingSourceIsNamed) {
  bundle_.mount("/mnt", "bind", "/no-such-source", {"bind"});
  const Outcome outcome = Container(bundle_).run();
  EXPECT_TRUE(failed(outcome, "no such file or directory"));
  EXPECT_TRUE(contains(outcome.err, "/no-such-source"));
}

TEST_F(Mounts, AnUnknownFileSystemIsAnError) {
  bundle_.mount("/mnt", "nosuchfs", "none", {});
  EXPECT_TRUE(failed(Container(bundle_).run(), "no such device"));
}

TEST_F(Mounts, TheTypeBindAloneIsAnUnknownFileSystem) {
  bundle_.mount("/mnt", "bind", source("one"), {});
  EXPECT_TRUE(failed(Container(bundle_).run(), "no such device"));
}

TEST_F(Mounts, AFileOntoADirectoryIsAnError) {
  bundle_.mount("/tmp", "bind", source("one") / "one", {"bind"});
  EXPECT_TRUE(failed(Container(bundle_).run(), "not a directory"));
}

TEST_F(Mounts, ADirectoryOntoAFileIsAnError) {
  bundle_.mount("/etc/passwd", "bind", source("one"), {"bind"});
  EXPECT_TRUE(failed(Container(bundle_).run(), "not a directory"));
}

TEST_F(Mounts, ADestinationBelowAFileIsAnError) {
  bundle_.mount("/etc/passwd/below", "tmpfs", "tmpfs", {});
  EXPECT_TRUE(failed(Container(bundle_).run(), "not a directory"));
}

TEST_F(Mounts, ProcOnALinkIsRefused) {
  fs::remove(bundle_.rootfs() / "proc");
  bundle_.directory("elsewhere").symlink("/elsewhere", "proc");
  EXPECT_TRUE(failed(Container(bundle_).run(), "proc"));
}

TEST_F(Mounts, BelowProcAreRefused) {
  bundle_.mount("/proc/sys/net", "bind", source("one"), {"bind"});
  EXPECT_TRUE(failed(Container(bundle_).run(), "/proc"));
}

TEST_F(Mounts, BelowProcAreRefusedThroughALink) {
  bundle_.symlink("/proc", "link").mount("/link/self", "bind", source("one"), {"bind"});
  EXPECT_TRUE(failed(Container(bundle_).run(), "proc"));
}

TEST_F(Mounts, OverSomeFilesOfProcAreAllowed) {
  bundle_.mount("/proc/uptime", "bind", source("one") / "one", {"bind"});
  EXPECT_EQ(output_of("cat /proc/uptime"), "one\n");
}

TEST_F(Mounts, OfTmpfsTakeTheirDataOptions) {
  bundle_.mount("/mnt", "tmpfs", "tmpfs", {"nosuid", "mode=0710", "size=64k"});
  EXPECT_EQ(output_of("stat -c %a /mnt; df -k /mnt | awk 'NR==2 {print $2}'"), "710\n64\n");
}

TEST_F(Mounts, OfTmpfsTakeTheModeOfTheDirectory) {
  bundle_.directory("shared", 01777).mount("/shared", "tmpfs", "tmpfs", {"nosuid"});
  EXPECT_EQ(output_of("stat -c %a /shared"), "1777\n");
}

TEST_F(Mounts, OfTmpfsWithBadDataFail) {
  bundle_.mount("/mnt", "tmpfs", "tmpfs", {"size=many"});
  EXPECT_TRUE(failed(Container(bundle_).run(), "invalid argument"));
}

TEST_F(Mounts, OfTmpfsCopyTheDirectoryUpWhenAsked) {
  bundle_.file("data/dir/file", "old\n", 0640)
      .symlink("dir/file", "data/link")
      .mount("/data", "tmpfs", "tmpfs", {"tmpcopyup"});
  EXPECT_EQ(output_of("stat -c %a /data/dir/file; cat /data/link; echo new > /data/dir/file"),
            "640\nold\n");
  EXPECT_EQ(read_file(bundle_.rootfs() / "data/dir/file"), "old\n");
}

TEST_F(Mounts, OfOverlayJoinTheirLayers) {
  if (!has_filesystem("overlay")) {
    GTEST_SKIP() << "needs overlay in the kernel";
  }
  const std::string upper = workspace() / "upper";
  fs::create_directories(upper);
  fs::create_directories(workspace() / "work");
  bundle_.mount("/mnt", "overlay", "overlay",
                {"lowerdir=" + source("one").string() + ":" + source("two").string(),
                 "upperdir=" + upper, "workdir=" + (workspace() / "work").string()});
  EXPECT_EQ(output_of("ls /mnt; rm /mnt/one; echo new > /mnt/new"), "one\ntwo\n");
  EXPECT_EQ(read_file(workspace() / "one/one"), "one\n") << "lower layers do not change";
  EXPECT_EQ(read_file(workspace() / "upper/new"), "new\n");
  struct stat whiteout{};
  ASSERT_EQ(::lstat((workspace() / "upper/one").c_str(), &whiteout), 0);
  EXPECT_TRUE(S_ISCHR(whiteout.st_mode));
  EXPECT_EQ(whiteout.st_rdev, 0U);
}

// As engines name them. One string of fsconfig(2) has at most 255 bytes.
TEST_F(Mounts, OfOverlayTakeLongPaths) {
  if (!has_filesystem("overlay")) {
    GTEST_SKIP() << "needs overlay in the kernel";
  }
  const std::string one = std::string(199, 'a') + "1";
  const std::string two = std::string(199, 'a') + "2";
  const std::string upper = workspace() / std::string(250, 'u');
  const std::string work = workspace() / std::string(250, 'w');
  fs::create_directories(upper);
  fs::create_directories(work);
  bundle_.mount("/mnt", "overlay", "overlay",
                {"lowerdir=" + source(one).string() + ":" + source(two).string(),
                 "upperdir=" + upper, "workdir=" + work});
  EXPECT_EQ(output_of("ls /mnt; echo new > /mnt/new"), one + "\n" + two + "\n");
  EXPECT_EQ(read_file(upper + "/new"), "new\n");
}

TEST_F(Mounts, OfOverlayTakeManyLayers) {
  if (!has_filesystem("overlay")) {
    GTEST_SKIP() << "needs overlay in the kernel";
  }
  std::string lower;
  for (char layer = 'a'; layer <= 'z'; ++layer) {
    lower += (lower.empty() ? "lowerdir=" : ":") + source({layer}).string();
  }
  bundle_.mount("/mnt", "overlay", "overlay", {lower});
  EXPECT_EQ(output_of("ls /mnt | wc -l"), "26\n");
}

TEST_F(Mounts, AreInvisibleOnTheHostWhileTheContainerRuns) {
  const std::string before = read_file("/proc/self/mountinfo");
  bundle_.mount("/mnt", "tmpfs", "tmpfs", {}).args({"/bin/sleep", "100"});
  Container container(bundle_);
  ASSERT_TRUE(succeeded(container.create()));
  EXPECT_EQ(read_file("/proc/self/mountinfo"), before);
  ASSERT_TRUE(succeeded(container.start()));
  EXPECT_EQ(read_file("/proc/self/mountinfo"), before);
  EXPECT_TRUE(
      contains(read_file("/proc/" + std::to_string(container.pid()) + "/mountinfo"), " /mnt "));
}

TEST_F(Mounts, OfTheHostAreGoneInside) {
  const std::vector<MountEntry> mounts = parse_mountinfo(output_of("cat /proc/self/mountinfo"));
  ASSERT_TRUE(mount_at(mounts, "/").has_value());
  EXPECT_EQ(mounts.front().root,
            bundle_.rootfs().string().substr(test_run().directory.string().size()));
  for (const MountEntry& mount : mounts) {
    EXPECT_FALSE(mount.type.starts_with("cgroup")) << mount.point;
    EXPECT_FALSE(contains(mount.point, workspace())) << mount.point;
  }
}

TEST_F(Mounts, CanBeMadeWithoutPivotRoot) {
  bundle_.mount("/mnt", "bind", source("one"), {"bind"})
      .shell("cat /mnt/one; ls -d /template /bin 2>/dev/null");
  const Outcome outcome = Container(bundle_).run({"--no-pivot"});
  EXPECT_EQ(outcome.out, "one\n/bin\n") << outcome;
}

}  // namespace
}  // namespace myrt::test
